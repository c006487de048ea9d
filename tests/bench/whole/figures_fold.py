"""Figures of writing: send, first build, rebuild, catching up, space, growth."""
import json
import os
import shutil
import statistics

from measure import Figure, disk_bytes, say
from setting import NEVER, PARTITIONS


def send(s):
    rates, bounds, cpu = [], [], []
    for i in range(s.repetitions):
        for topic in (f"send-{i}", f"raw-{i}"):
            s.make_topic(topic)
        sent = s.send(f"send-{i}", s.lines["base"])
        raw = json.loads(s.run("bench_raw_kafka", "produce", s.brokers, f"raw-{i}", str(PARTITIONS),
                               stdin=s.lines["base"]).out)
        rates.append(s.events / sent.seconds)
        bounds.append(raw["events"] / raw["seconds"])
        cpu.append(sent.cpu / s.events * 1e6)
    return [Figure("send", "NDJSON to acknowledged, process start to exit, acknowledgements into a file", "events/s",
                   "ledger-emit send base.ndjson", rates, "librdkafka, same bytes, encoded before, idempotent, acks=all", bounds,
                   "ratio >= 0.6", f"{statistics.median(cpu):.1f} us CPU an event")]


def first_build(s):
    rates, bounds, cpu = [], [], []
    for i in range(s.repetitions):
        views = s.path("views" if i == s.repetitions - 1 else "views-try")
        shutil.rmtree(views, ignore_errors=True)
        bounds.append(s.consume_raw(s.topic))
        built = s.fold(views, s.topic)
        rates.append(s.events / built.seconds)
        cpu.append(built.cpu / s.events * 1e6)
    shutil.rmtree(s.path("views-try"), ignore_errors=True)
    return [Figure("first_build", "from the broker into an empty directory", "events/s", "ledger-projector run --until-end", rates,
                   "librdkafka consume, CRCs checked, a client per partition", bounds,
                   notes=f"{statistics.median(cpu):.1f} us CPU an event")]


def rebuild(s):
    views = s.views
    rates, consumed, bounds, cpu = [], [], [], []
    for _ in range(s.repetitions):
        consumed.append(s.consume_raw(s.topic))
        made = s.run("ledger-projector", "rebuild", "--views", views, "--keep", "0")
        rates.append(s.events / made.seconds)
        cpu.append(made.cpu / s.events * 1e6)
        size = disk_bytes(s.generation())
        bounds.append(s.events / s.write_bound(size))
    command = "ledger-projector rebuild --keep 0"
    note = f"{size / 2**20:,.0f} MiB of output; {statistics.median(cpu):.1f} us CPU an event"
    return [Figure("rebuild", "from the kept log", "events/s", command, rates,
                   "sequential write and fsync of the same number of bytes", bounds, "ratio >= 0.5", note),
            Figure("rebuild_and_consume", "the same, beside another bound", "events/s", command, rates,
                   "librdkafka consume", consumed)]


def catch_up(s):
    figures = []
    assert s.views
    built = s.path("views-once")
    for name, options, what in (("catch_up_live", ["--bulk-from", NEVER], "batches alone"),
                                ("catch_up", [], "as configured by default")):
        rates, bounds, cpu = [], [], []
        for _ in range(s.repetitions):
            topic = s.grown_topic
            views = s.copy_of_views("views-behind")
            ended = s.fold(views, topic, *options)
            rates.append(s.further / ended.seconds)
            cpu.append(ended.cpu / s.further * 1e6)
            shutil.rmtree(built, ignore_errors=True)
            whole = s.fold(built, topic)
            bounds.append((s.events + s.further) / whole.seconds)
        figures.append(Figure(name, f"{s.further:,} events on top of {s.events:,}, {what}", "events/s",
                              " ".join(["ledger-projector run --until-end", *options]), rates,
                              "first build of all of them", bounds, notes=f"{statistics.median(cpu):.1f} us CPU an event"))
    shutil.rmtree(built, ignore_errors=True)
    return figures


def space(s):
    s.run("ledger-projector", "rebuild", "--views", s.views, "--keep", "0")
    log = disk_bytes(os.path.join(s.views, "log")) / s.events
    generation = disk_bytes(s.generation()) / s.events
    whole = disk_bytes(s.views) / s.events
    sent = os.path.getsize(s.lines["base"]) / s.events
    return [Figure("bytes_whole", "the directory after a rebuild", "bytes/event", "du views", [whole], "its NDJSON", [sent],
                   "value <= 600"),
            Figure("bytes_log", "the kept log", "bytes/event", "du views/log", [log], "its NDJSON", [sent], "value <= 180"),
            Figure("bytes_generation", "one generation of the views", "bytes/event", "du views/gen-N", [generation],
                   "its NDJSON", [sent])]


def growth(s):
    """N against 4 N, the same stream longer; a repetition less than others, for it takes longest.
    In turns, so that both have the same machine."""
    count = 4 * s.events
    say(f"generating and sending {count:,} events")
    s.run("ledger-generate", "--workload", "w", "--events", str(count), out_path=s.path("large.ndjson"))
    s.make_topic("large")
    s.send("large", s.path("large.ndjson"))
    os.unlink(s.path("large.ndjson"))
    sent = s.events + (s.further if "grown_topic" in vars(s) else 0)
    small, large, small_built, large_built = [], [], [], []
    for _ in range(max(1, s.repetitions - 1)):
        for views in "views-small", "views-large":
            shutil.rmtree(s.path(views), ignore_errors=True)
        small_built.append(sent / s.fold(s.path("views-small"), s.topic).seconds)
        built = s.run("ledger-projector", "run", "--until-end", "--brokers", s.brokers, "--topic", "large", "--views",
                      s.path("views-large"), label="ledger-projector run, 4 N")
        large_built.append(count / built.seconds)
        made = s.run("ledger-projector", "rebuild", "--views", s.views, "--keep", "0")
        small.append(s.events / made.seconds)
        made = s.run("ledger-projector", "rebuild", "--views", s.path("views-large"), "--keep", "0",
                     label="ledger-projector rebuild, 4 N")
        large.append(count / made.seconds)
    shutil.rmtree(s.path("views-small"))
    size = disk_bytes(s.path("views-large")) / count
    shutil.rmtree(s.path("views-large"))
    return [Figure("growth_rebuild", f"rebuild of {count:,} events", "events/s", "ledger-projector rebuild", large,
                   f"the same of {s.events:,}", small, "ratio >= 0.8", f"{size:.0f} bytes an event"),
            Figure("growth_first_build", f"first build of {count:,} events", "events/s", "ledger-projector run --until-end",
                   large_built, f"the same of {s.events:,}", small_built, "ratio >= 0.8")]
