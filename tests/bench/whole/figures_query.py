"""Figures of reading: count, find, cold get, paging, as-of."""
import json
import re

from measure import Figure, percentile, say, spawn_seconds
from setting import PARTITIONS

GETS = 100
PAGES = 30
PAGE_ROWS = 100
TABLE = "userContentAudios"
MILLI = 1e3


def query(s, *arguments):
    return s.run("ledger-query", *arguments, "--views", s.views)


def command(s, *arguments):
    return [s.program("ledger-query"), *arguments, "--views", s.views]


def scan_bound(s, database):
    walked = json.loads(s.run("bench_bare_scan", database, *s.shards()).out)
    return walked["entries"] / walked["seconds"]


def count(s):
    arguments = ["count", TABLE, "--index", "user", "--gte", "userId=a", "--lt", "userId=z"]
    rates, bounds = [], []
    for _ in range(max(3, s.repetitions)):
        counted = query(s, *arguments)
        keys = int(re.search(r"\d+", counted.out).group())
        rates.append(keys / counted.seconds)
        bounds.append(scan_bound(s, f"{TABLE}.user"))
    return [Figure("count", f"{keys:,} keys of an index range, process start to exit", "keys/s",
                   " ".join(["ledger-query", *arguments]), rates, "LMDB cursor over the same database, bytes touched", bounds,
                   "value >= 5e6")]


def find_all(s):
    arguments = ["find", TABLE, "--index", "user", "--all", "-o", "ndjson"]
    rates, bounds = [], []
    for _ in range(max(3, s.repetitions)):
        found = s.run("ledger-query", *arguments, "--views", s.views, out_path=s.path("rows.ndjson"))
        with open(s.path("rows.ndjson"), "rb") as file:
            rows = sum(1 for _ in file)
        rates.append(rows / found.seconds)
        bounds.append(scan_bound(s, f"{TABLE}.rows"))
    return [Figure("find_all", f"{rows:,} rows by an index, into a file", "rows/s", " ".join(["ledger-query", *arguments]),
                   rates, "LMDB cursor over the rows in their own order, bytes touched", bounds, "value >= 4e5")]


def ids(s, limit, *options):
    found = query(s, "find", "contentAudios", "--select", "_id", "-o", "csv", "--all", *options).out.split()[1:]
    return found[::max(1, len(found) // limit)][:limit]


def timed(commands):
    return [spawn_seconds(each) * MILLI for each in commands]


def get(s):
    bare = [s.program("bench_bare_get"), *s.shards()]
    middles, tails, bound_middles, bound_tails = [], [], [], []
    for _ in range(max(3, s.repetitions)):
        times, bounds = [], []
        for each in ids(s, GETS):
            times += timed([command(s, "get", "contentAudios", each)])
            bounds += timed([bare])
        middles.append(percentile(times, 0.5))
        tails.append(percentile(times, 0.99))
        bound_middles.append(percentile(bounds, 0.5))
        bound_tails.append(percentile(bounds, 0.99))
    what, line = f"process start to exit, {GETS} ids a repetition, page cache warm", "ledger-query get contentAudios ID"
    bound = f"LMDB alone: open {PARTITIONS} shards, get one key"
    return [Figure("get_p50", what, "ms", line, middles, bound, bound_middles, "value <= 5"),
            Figure("get_p50_by_bound", what, "ms", line, middles, bound, bound_middles, "ratio <= 3"),
            Figure("get_p99", what, "ms", line, tails, bound, bound_tails)]


def paging(s):
    rows = int(re.search(r"\d+", query(s, "count", TABLE).out).group())
    deep = (rows * 9 // 10) // PAGE_ROWS
    page = ["find", TABLE, "--index", "user", "--limit", str(PAGE_ROWS), "-o", "json"]
    skipped = query(s, "find", TABLE, "--index", "user", "--limit", str(deep * PAGE_ROWS), "--select", "_id", "-o", "json").out
    cursor = re.search(r'"next":\s*"([^"]+)"', skipped).group(1)
    times, bounds = [], []
    for _ in range(max(3, s.repetitions)):
        times.append(percentile(timed([command(s, *page, "--cursor", cursor)] * PAGES), 0.5))
        bounds.append(percentile(timed([command(s, *page)] * PAGES), 0.5))
    return [Figure("page_deep", f"page {deep:,} of {PAGE_ROWS} rows by its cursor, p50 of {PAGES}", "ms",
                   " ".join(["ledger-query", *page, "--cursor C"]), times, "page 1", bounds, "ratio <= 1.5")]


def as_of(s):
    stands = re.search(r"at (\d+:\d+(?:,\d+:\d+)*)", query(s, "count", "contentAudios").err).group(1)
    earlier = ",".join(f"{p}:{int(n) * 9 // 10}" for p, n in (each.split(":") for each in stands.split(",")))
    figures = []
    wanted = ids(s, GETS, "--as-of", earlier)
    times, bounds = [], []
    for _ in range(max(3, s.repetitions)):
        times.append(percentile(timed([command(s, "get", "contentAudios", i, "--as-of", earlier) for i in wanted]), 0.5))
        bounds.append(percentile(timed([command(s, "get", "contentAudios", i) for i in wanted]), 0.5))
    figures.append(Figure("as_of_get", f"p50 of {GETS} ids at nine tenths of the log", "ms",
                          "ledger-query get contentAudios ID --as-of V", times, "the same without --as-of", bounds,
                          "ratio <= 3"))
    for name, index, table in (("as_of_find", "user", TABLE), ("as_of_find_status", "status", "contentAudios")):
        then = ["find", table, "--index", index, "--all", "-o", "ndjson"]
        times, bounds = [], []
        for _ in range(max(3, s.repetitions)):
            times.append(row_microseconds(s, *then, "--as-of", earlier))
            bounds.append(row_microseconds(s, *then))
        figures.append(Figure(name, f"all rows by {index} at nine tenths of the log", "us/row",
                              " ".join(["ledger-query", *then, "--as-of V"]), times, "the same without --as-of", bounds,
                              "ratio <= 3" if index == "user" else ""))
    say(f"as-of at {earlier} of {stands}")
    return figures


def row_microseconds(s, *arguments):
    found = s.run("ledger-query", *arguments, "--views", s.views, out_path=s.path("rows.ndjson"), label="ledger-query find")
    with open(s.path("rows.ndjson"), "rb") as file:
        return found.seconds / max(1, sum(1 for _ in file)) * 1e6
