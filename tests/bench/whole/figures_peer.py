"""Figures beside whole peers: Kafka Streams, and a plain fold into RocksDB, on the same events."""
import json
import os
import shutil
import statistics
import subprocess

from measure import Figure, run, say
from setting import PARTITIONS, ROOT

PEER = os.path.join(ROOT, "tests", "bench", "peer")
HEAP = "3g"


def streams_classpath():
    """Compiles the Streams job; its jars come from Maven Central, once."""
    cache = os.path.join(ROOT, "build", "streams-peer")
    jars, classes = os.path.join(cache, "jars"), os.path.join(cache, "classes")
    if not os.path.isdir(jars):
        subprocess.run(["mvn", "-B", "-q", "-f", os.path.join(PEER, "pom.xml"), "dependency:copy-dependencies",
                        "-DincludeScope=runtime", f"-DoutputDirectory={jars}.fresh"], check=True, stdout=subprocess.DEVNULL)
        os.rename(f"{jars}.fresh", jars)
    subprocess.run(["javac", "--release", "17", "-Xlint:-options", "-cp", f"{jars}/*", "-d", classes,
                    os.path.join(PEER, "StreamsPeer.java")], check=True)
    return f"{classes}:{jars}/*"


def load(s, lines):
    """Sends the events in the peers' form to their topic. Returns: what bench_peer_load says of them."""
    return json.loads(s.run("bench_peer_load", s.brokers, "peer", str(PARTITIONS), stdin=lines, label="bench_peer_load").out)


def rocks(s, state, events):
    folded = s.run("bench_peer_rocks", s.brokers, "peer", str(PARTITIONS), state, label="peer: RocksDB")
    said = json.loads(folded.out)
    if said["rows"] != said["entries"]:
        raise RuntimeError(f"the RocksDB peer is wrong: {said}")
    return events / said["seconds"], folded.cpu / events * 1e6


def streams(s, classpath, messages, mode, repetition):
    state = s.path("streams-state")
    ended = run(["java", f"-Xmx{HEAP}", f"-Xms{HEAP}", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                 "-cp", classpath, "StreamsPeer", s.brokers, "peer", str(messages), state, f"peer-{mode}-{repetition}", mode])
    s.peaks[f"peer: Streams {mode}"] = max(s.peaks.get(f"peer: Streams {mode}", 0), ended.peak_mib)
    shutil.rmtree(state)
    said = json.loads(ended.out)
    if said["anomalies"]:
        raise RuntimeError(f"the Streams peer is wrong: {said}")
    return s.events / said["seconds"], ended.cpu / s.events * 1e6


def peers(s):
    """Whole folds first, one round after another so that noise meets all; then catching up."""
    classpath = streams_classpath()
    topic = s.topic
    assert s.views
    loaded = load(s, s.lines["base"])
    s.consume_raw(topic)
    say(f"{loaded['bytes'] / loaded['messages']:.0f} bytes a message of the peers, {s.bytes_sent / s.events:.0f} of the ledger")
    measured = {name: [] for name in ("build", "rebuild", "rocks", "fast", "safe")}
    for repetition in range(s.repetitions):
        say(f"peers, round {repetition + 1}")
        for state in ("peer-views", "peer-rocks"):
            shutil.rmtree(s.path(state), ignore_errors=True)
        measured["build"].append(ours(s, s.fold(s.path("peer-views"), topic)))
        measured["rebuild"].append(
            ours(s, s.run("ledger-projector", "rebuild", "--views", s.path("peer-views"), "--keep", "0")))
        measured["rocks"].append(rocks(s, s.path("peer-rocks"), s.events))
        for mode in ("fast", "safe"):
            measured[mode].append(streams(s, classpath, loaded["messages"], mode, repetition))
    return whole_figures(measured) + catching_up(s)


def ours(s, ended):
    return s.events / ended.seconds, ended.cpu / s.events * 1e6


def whole_figures(measured):
    names = {"rocks": "RocksDB fold", "fast": "Kafka Streams, no changelog, at least once",
             "safe": "Kafka Streams, changelog, exactly once"}
    targets = {("rebuild", "rocks"): "ratio >= 3.5", ("rebuild", "fast"): "ratio >= 5",
               ("build", "rocks"): "ratio >= 2.5", ("build", "fast"): "ratio >= 3.5"}
    commands = {"build": "ledger-projector run --until-end", "rebuild": "ledger-projector rebuild"}
    rates = {name: [rate for rate, _ in runs] for name, runs in measured.items()}
    cpu = {name: statistics.median(each for _, each in runs) for name, runs in measured.items()}
    return [Figure(f"{own}_by_{peer}", "the ledger with everything on, process start to exit; the peer from start to the last "
                   "event applied, not flushed", "events/s", commands[own], rates[own], names[peer], rates[peer],
                   targets.get((own, peer), ""), f"CPU us an event: {cpu[own]:.1f}, the peer {cpu[peer]:.1f}")
            for own in commands for peer in names]


def catching_up(s):
    topic = s.grown_topic
    load(s, s.lines["more"])
    rates, theirs = [], []
    for _ in range(s.repetitions):
        rates.append(s.further / s.fold(s.copy_of_views("views-behind"), topic).seconds)
        subprocess.run(["cp", "-a", s.path("peer-rocks"), s.path("rocks-behind")], check=True)
        theirs.append(rocks(s, s.path("rocks-behind"), s.further)[0])
        shutil.rmtree(s.path("rocks-behind"))
    return [Figure("catch_up_by_rocks", f"{s.further:,} events on top of {s.events:,}", "events/s",
                   "ledger-projector run --until-end", rates, "RocksDB fold doing the same", theirs, "ratio >= 1")]
