"""What figures stand on, made when first asked for: workload, broker, topics, views."""
import functools
import itertools
import json
import os
import shutil
import subprocess

from measure import run, say, write_seconds

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BUILD = os.path.join(ROOT, "build", "release")
PARTITIONS = 2
NEVER = "1000000000"  # --bulk-from, for the live path alone


class Setting:
    def __init__(self, work, events, repetitions, paced_seconds):
        self.work = work
        self.events = events
        self.repetitions = repetitions
        self.paced_seconds = paced_seconds
        self.further = events // 5
        self.peaks = {}  # program -> MiB
        self.broker_dir = None
        self.bytes_sent = 0  # keys and values, as last consumed

    def path(self, name):
        return os.path.join(self.work, name)

    def program(self, name):
        return os.path.join(BUILD, "tests" if name.startswith("bench_") else "bin", name)

    def run(self, name, *arguments, stdin=None, out_path=None, label=None):
        """Runs a program of the project and remembers how much memory it took."""
        ended = run([self.program(name), *arguments], stdin=stdin, out_path=out_path)
        label = label or f"{name} {arguments[0]}"
        self.peaks[label] = max(self.peaks.get(label, 0), ended.peak_mib)
        return ended

    @functools.cached_property
    def brokers(self):
        self.broker_dir = self.path("kafka")
        say("starting Apache Kafka")
        return subprocess.run([os.path.join(ROOT, "ops", "kafka"), "start", self.broker_dir], check=True,
                              capture_output=True, text=True).stdout.strip()

    def stop(self):
        if self.broker_dir:
            subprocess.run([os.path.join(ROOT, "ops", "kafka"), "kill", self.broker_dir], check=False)

    @functools.cached_property
    def lines(self):
        """Files of one stream: base (N events), more (N/5), paced (for latency)."""
        paced = self.paced_seconds * 1000
        sizes = {"base": self.events, "more": self.further, "paced": paced}
        say(f"generating {sum(sizes.values()):,} events")
        run([self.program("ledger-generate"), "--workload", "w", "--events", str(sum(sizes.values()))],
            out_path=self.path("all.ndjson"))
        with open(self.path("all.ndjson"), "rb") as source:
            for name, count in sizes.items():
                with open(self.path(f"{name}.ndjson"), "wb") as file:
                    file.writelines(itertools.islice(source, count))
        os.unlink(self.path("all.ndjson"))
        return {name: self.path(f"{name}.ndjson") for name in sizes}

    def make_topic(self, name):
        self.run("ledger-emit", "init", "--brokers", self.brokers, "--topic", name, "--partitions", str(PARTITIONS))

    def send(self, name, lines):
        return self.run("ledger-emit", "send", "--brokers", self.brokers, "--topic", name, lines,
                        out_path=self.path("acks"))

    @functools.cached_property
    def topic(self):
        say("sending the workload")
        self.make_topic("w")
        self.send("w", self.lines["base"])
        return "w"

    def fold(self, views, topic, *options):
        """run --until-end."""
        return self.run("ledger-projector", "run", "--until-end", "--brokers", self.brokers, "--topic", topic,
                        "--views", views, *options)

    def consume_raw(self, topic):
        """Events a second of librdkafka alone."""
        read = json.loads(self.run("bench_raw_kafka", "consume", self.brokers, topic, str(PARTITIONS)).out)
        self.bytes_sent = read["bytes"]
        return read["events"] / read["seconds"]

    @functools.cached_property
    def views(self):
        """Views of the base, never changed but by rebuild."""
        views = self.path("views")
        if not os.path.exists(views):
            say("building the views")
            self.fold(views, self.topic)
        return views

    @functools.cached_property
    def grown_topic(self):
        """The topic with N/5 further events; the views do not have them."""
        assert self.views
        self.send(self.topic, self.lines["more"])
        return self.topic

    def copy_of_views(self, name):
        shutil.rmtree(self.path(name), ignore_errors=True)
        subprocess.run(["cp", "-a", "--sparse=always", self.views, self.path(name)], check=True)
        return self.path(name)

    def generation(self, views=None):
        return os.path.realpath(os.path.join(views or self.views, "current"))

    def shards(self, views=None):
        return [os.path.join(self.generation(views), str(p)) for p in range(PARTITIONS)]

    def write_bound(self, size):
        return write_seconds(self.path("written"), size)
