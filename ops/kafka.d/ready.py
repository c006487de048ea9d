"""ready.py HOST:PORT SECONDS PID: waits until a Kafka broker is ready, that is until its metadata names a leader for
every partition and the watermarks of every partition answer. A broker without topics gets one to try it on
(`ledger-ready`, one partition). Speaks the Kafka protocol itself: Metadata 1, CreateTopics 2, ListOffsets 1.

Exit: 0 ready, 1 not ready in time or the process PID is gone (stderr says what did not answer)."""

import os
import socket
import struct
import sys
import time

METADATA, LIST_OFFSETS, CREATE_TOPICS = 3, 2, 19
PROBE_TOPIC = "ledger-ready"
LATEST = -1


def text(value):
    raw = value.encode()
    return struct.pack(">h", len(raw)) + raw


class Reader:
    def __init__(self, raw):
        self.raw, self.at = raw, 0

    def take(self, form):
        values = struct.unpack_from(">" + form, self.raw, self.at)
        self.at += struct.calcsize(">" + form)
        return values[0] if len(values) == 1 else values

    def text(self):
        size = self.take("h")
        if size < 0:
            return None
        self.at += size
        return self.raw[self.at - size:self.at].decode()

    def array(self, one):
        return [one() for _ in range(self.take("i"))]


class Broker:
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=3)

    def call(self, api, version, body):
        request = struct.pack(">hhi", api, version, 1) + text("ledger-ready") + body
        self.socket.sendall(struct.pack(">i", len(request)) + request)
        reader = Reader(self.read(struct.unpack(">i", self.read(4))[0]))
        reader.take("i")  # correlation id
        return reader

    def read(self, size):
        raw = b""
        while len(raw) < size:
            more = self.socket.recv(size - len(raw))
            if not more:
                raise OSError("connection closed")
            raw += more
        return raw

    def partitions(self):
        """[(topic, partition, error, leader)] of all topics."""
        answer = self.call(METADATA, 1, struct.pack(">i", -1))
        if not answer.array(lambda: (answer.take("i"), answer.text(), answer.take("i"), answer.text())):
            raise OSError("metadata lists no broker")
        answer.take("i")  # controller

        def partition():
            error, number, leader = answer.take("hii")
            for _ in ("replicas", "in-sync replicas"):
                answer.array(lambda: answer.take("i"))
            return number, error, leader

        def topic():
            error, name, _ = answer.take("h"), answer.text(), answer.take("b")
            return [(name, number, error or wrong, leader) for number, wrong, leader in answer.array(partition)]

        return [each for found in answer.array(topic) for each in found]

    def create_probe(self):
        one = text(PROBE_TOPIC) + struct.pack(">ihii", 1, 1, 0, 0)
        answer = self.call(CREATE_TOPICS, 2, struct.pack(">i", 1) + one + struct.pack(">ib", 3000, 0))
        answer.take("i")  # throttle time
        answer.array(lambda: (answer.text(), answer.take("h"), answer.text()))

    def watermark_error(self, topic, partition):
        body = struct.pack(">ii", -1, 1) + text(topic) + struct.pack(">iiq", 1, partition, LATEST)
        answer = self.call(LIST_OFFSETS, 1, body)
        one = answer.array(lambda: (answer.text(), answer.array(lambda: answer.take("ihqq"))))
        return one[0][1][0][1]


def not_ready(host, port):
    """None when the broker is ready, else what did not answer."""
    try:
        broker = Broker(host, port)
        partitions = broker.partitions()
        if not partitions:
            broker.create_probe()
            return "no partition yet"
        for topic, partition, error, leader in partitions:
            if error or leader < 0:
                return f"metadata of {topic}/{partition}: error {error}, leader {leader}"
            error = broker.watermark_error(topic, partition)
            if error:
                return f"watermarks of {topic}/{partition}: error {error}"
        return None
    except (OSError, struct.error) as error:
        return f"{host}:{port}: {error}"


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    deadline = time.monotonic() + float(sys.argv[2])
    while True:
        why = not_ready(host, int(port))
        if why is None:
            return 0
        running = os.path.exists(f"/proc/{sys.argv[3]}")
        if not running or time.monotonic() > deadline:
            print(f"ops/kafka: {why if running else 'the broker process ended'}", file=sys.stderr)
            return 1
        time.sleep(0.05)


sys.exit(main())
