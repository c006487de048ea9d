"""How long from an acknowledgement until a new snapshot of the shard holds the event."""
import bisect
import json
import subprocess
import threading
import time

from measure import Figure, percentile, say
from setting import PARTITIONS

RATE = 1000  # events a second
SETTLE_SECONDS = 1.0
MILLI_OF_NANO = 1e-6


def pace(pipe, path):
    """Ten lines every hundredth of a second."""
    step = RATE // 100
    begin = time.monotonic()
    with open(path, "rb") as file:
        for tick, lines in enumerate(iter(lambda: [file.readline() for _ in range(step)], [b""] * step)):
            time.sleep(max(0.0, begin + tick / 100 - time.monotonic()))
            pipe.write(b"".join(lines))
            pipe.flush()
    pipe.close()


def acknowledged(s, topic):
    """(steady ns, partition, position) of each acknowledgement, as a reader of the pipe sees it."""
    command = [s.program("ledger-emit"), "send", "--brokers", s.brokers, "--topic", topic, "-"]
    seen = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as sender:
        pacer = threading.Thread(target=pace, args=(sender.stdin, s.lines["paced"]))
        pacer.start()
        for line in sender.stdout:
            seen.append((time.monotonic_ns(), line))
        pacer.join()
    positions = ((at, json.loads(line)["position"].split(":")) for at, line in seen)
    return [(at, int(partition), int(position)) for at, (partition, position) in positions]


def stop(child):
    child.terminate()
    child.wait()


def watched(s, views, topic):
    """Acknowledgements, and for each shard when it showed which position."""
    follow = subprocess.Popen([s.program("ledger-projector"), "run", "--brokers", s.brokers, "--topic", topic, "--views", views],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watchers = [subprocess.Popen([s.program("bench_visible"), shard], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                for shard in s.shards(views)]
    try:
        time.sleep(SETTLE_SECONDS)
        acks = acknowledged(s, topic)
        time.sleep(SETTLE_SECONDS)
    finally:
        stop(follow)
    shown = [[tuple(map(int, line.split())) for line in watcher.communicate()[0].splitlines()] for watcher in watchers]
    return acks, shown


def latency(s):
    topic = s.grown_topic
    views = s.copy_of_views("views-followed")
    s.fold(views, topic)
    acks, shown = watched(s, views, topic)
    positions = [[position for _, position in shard] for shard in shown]
    waits, unseen = [], 0
    for at, partition, position in acks:
        index = bisect.bisect_left(positions[partition], position)
        if index == len(positions[partition]):
            unseen += 1
            continue
        waits.append(max(0.0, (shown[partition][index][0] - at) * MILLI_OF_NANO))
    if unseen or not waits:
        raise RuntimeError(f"{unseen} of {len(acks)} events were not visible a second after the last acknowledgement")
    say(f"{len(acks):,} acknowledgements, {sum(map(len, shown)):,} snapshots")
    line = "ledger-emit send - (1,000 lines a second) beside ledger-projector run"
    what = f"acknowledged to in a new snapshot, {len(waits):,} events, {PARTITIONS} shards looked at every 0.5 ms"
    return [Figure("visible_p50", what, "ms", line, [percentile(waits, 0.5)], target="value <= 15"),
            Figure("visible_p99", what, "ms", line, [percentile(waits, 0.99)], target="value <= 50")]
