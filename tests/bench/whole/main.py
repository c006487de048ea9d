"""ops/bench: see there."""
import argparse
import os
import shutil
import signal
import sys
import tempfile
import time

import figures_fold
import figures_latency
import figures_peer
import figures_query
import report
from measure import say
from setting import ROOT, Setting

# In this order: the topic grows from catch_up on.
FIGURES = {
    "send": figures_fold.send,
    "first_build": figures_fold.first_build,
    "rebuild": figures_fold.rebuild,
    "space": figures_fold.space,
    "count": figures_query.count,
    "find_all": figures_query.find_all,
    "get": figures_query.get,
    "paging": figures_query.paging,
    "as_of": figures_query.as_of,
    "peers": figures_peer.peers,
    "catch_up": figures_fold.catch_up,
    "latency": figures_latency.latency,
    "growth": figures_fold.growth,
}
QUICK_EVENTS = 200_000
EVENTS = 1_000_000
EVENTS_MIN = 1_000  # fewer are no workload


def arguments():
    parser = argparse.ArgumentParser(prog="ops/bench", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # these arguments, and no more
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--events", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--repetitions", type=int)
    parser.add_argument("--json", default=os.path.join(ROOT, "build", "bench.json"))
    parser.add_argument("--work")
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    if given.events is None:
        given.events = QUICK_EVENTS if given.quick else EVENTS
    if given.repetitions is None:
        given.repetitions = 2 if given.quick else 3
    if given.events < EVENTS_MIN or given.repetitions < 1:
        parser.error(f"--events takes {EVENTS_MIN} or more, --repetitions 1 or more")
    given.only = [name for name in given.only.split(",") if name] or [name for name in FIGURES if name != "peers"]
    given.only += ["peers"] if given.peers else []
    unknown = set(given.only) - set(FIGURES)
    if unknown:
        parser.error(f"no figure {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    return given


def measure(given, setting, figures):
    for name, take in FIGURES.items():
        if name in given.only:
            say(name)
            figures += take(setting)


def publish(given, figures, about):
    print(report.markdown(figures, about), flush=True)
    report.write_json(given.json, figures, about)


def main():
    given = arguments()
    if given.check:
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for name in [name for name in os.environ if name.startswith("LEDGER_")]:
        del os.environ[name]  # settings of the caller's are for another ledger
    work = tempfile.mkdtemp(prefix="ledger-bench.", dir=given.work)
    os.environ["BENCH_WORK"] = work
    setting = Setting(work, given.events, given.repetitions, paced_seconds=5 if given.quick else 20)
    begin, load, figures = time.monotonic(), os.getloadavg()[0], []
    try:
        measure(given, setting, figures)
    finally:  # also what was measured before a failure
        setting.stop()
        shutil.rmtree(work, ignore_errors=True)
        if figures:
            publish(given, figures, {
                "machine": report.machine(), "events": given.events, "repetitions": given.repetitions,
                "load_before": load, "load_after": os.getloadavg()[0], "seconds": time.monotonic() - begin,
                "peak_mib": setting.peaks})
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
