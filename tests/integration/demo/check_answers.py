"""check_answers.py DIR: asks ledger-query again what ops/demo --keep DIR asked, and more, and compares each answer with
what an own fold over the lines and the offsets that were acknowledged says: equal text, not similar.
Wants ledger-query on PATH. Prints what was compared; exits 1 at the first difference."""
import collections
import json
import os
import re
import subprocess
import sys
import time

from independent_fold import AUDIO_FIELDS, LISTENED_FIELDS, Fold, js, partition_of

HOUR_MS = 3_600_000
LATEST_CLOCK_MS = 600_000  # an event further ahead of the log would have another time


class Difference(Exception):
    pass


def expect_equal(name, expected, found):
    if expected == found:
        print(f"{name}: {len(expected):,} lines equal")
        return
    for i in range(max(len(expected), len(found))):
        pair = [lines[i] if i < len(lines) else "(nothing)" for lines in (expected, found)]
        if pair[0] != pair[1]:
            raise Difference(f"{name}: line {i + 1} of {len(expected)}/{len(found)}\n  own   {pair[0]}\n  found {pair[1]}")


class Program:
    def __init__(self, folder):
        views = {"LEDGER_VIEWS": os.path.join(folder, "views"), "LEDGER_OUTPUT": "ndjson", "LC_ALL": "C.UTF-8"}
        self.environment = {**os.environ, **views}

    def lines(self, command):
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise Difference(f"{command}: exit code {done.returncode}: {done.stderr.decode()}")
        return done.stdout.decode().splitlines()

    def object(self, command):
        return json.loads(self.lines(command)[0])


def events(folder, part, partitions):
    """(event, partition, offset) in the order of the lines, which is that of the offsets."""
    latest = time.time() * 1000 + LATEST_CLOCK_MS
    ends = collections.Counter()
    with open(f"{folder}/{part}.ndjson", encoding="utf-8") as lines, open(f"{folder}/{part}.acks", encoding="utf-8") as acks:
        for number, (line, ack) in enumerate(zip(lines, acks, strict=True), 1):
            event, ack = json.loads(line), json.loads(ack)
            partition, offset = map(int, ack["offset"].split(":"))
            content_id = next(v["contentId"] for v in event.values() if isinstance(v, dict) and "contentId" in v)
            if (ack["line"], ack["eventId"]) != (number, event["eventId"]):
                raise Difference(f"{part} line {number}: acknowledged as {ack}")
            if partition != partition_of(content_id, partitions) or offset < ends[partition]:
                raise Difference(f"{part} line {number}: content {content_id} at {ack['offset']}")
            if event["occurredAt"] > latest:
                raise Difference("this machine's clock is behind the events; set it")
            ends[partition] = offset + 1
            yield event, partition, offset


def in_order(rows, fields, fold):
    """Text of the rows by by_creation_time, equal keys by partition."""
    rows = sorted(rows, key=lambda r: (r["_creationTime"], r["_id"], fold.partition_of_row[r["_id"]]))
    return [js({f: row[f] for f in fields if f in row}) for row in rows]


class Answers:
    """What each question's command must print."""

    def __init__(self, folder, ledger):
        self.fold = Fold(ledger["ledgerId"])
        with open(f"{folder}/story.json", encoding="utf-8") as file:
            self.story = json.load(file)
        self.fold.watched = {self.story["audio"]}
        self.fold_all(folder, "before", ledger)
        self.then = dict(self.fold.audios[self.story["audio"]])
        self.fold_all(folder, "after", ledger)

    def fold_all(self, folder, part, ledger):
        for each in events(folder, part, ledger["partitionCount"]):
            self.fold.fold(*each)

    def history(self, command):
        steps = []
        for event, place, kind, applied, codes, before, after in self.fold.steps[self.story["audio"]]:
            old, new = before or {}, after or {}
            steps.append({"offset": "%d:%d" % place, "occurredAt": event["occurredAt"], "actor": event["actor"],
                          "source": event["source"], "outcome": "anomaly" if codes else "applied", "applied": applied,
                          **({"codes": codes} if codes else {}), "payload": kind,
                          "changes": {f: [old.get(f), new.get(f)] for f in AUDIO_FIELDS if old.get(f) != new.get(f)}})
        return selected(steps, command)

    def stuck(self, command):
        before = time.time() * 1000 - HOUR_MS
        rows = [r for r in self.fold.audios.values()
                if r["status"] in ("generating_script", "generating_speech") and r["updatedAt"] < before]
        return selected(sorted(rows, key=lambda r: (r["status"], r["_creationTime"], r["_id"])), command)

    def stale_rows(self):
        """By meaning, not by the program's condition: the text changed, and nothing was done for the new one."""
        return [r for r in self.fold.audios.values() if r["_id"] in self.fold.waiting]

    def stale_count(self, _):
        counts = collections.Counter(r["contentType"] for r in self.stale_rows())
        return [js({"contentType": k, "count": n}) for k, n in sorted(counts.items())]

    def stale(self, command):
        return selected(sorted(self.stale_rows(), key=lambda r: (r["_creationTime"], r["_id"]), reverse=True), command)

    def listened(self, command):
        rows = [r for r in self.fold.listened.values() if r["userId"] == self.story["user"]]
        return selected(sorted(rows, key=lambda r: (r["_creationTime"], r["_id"]), reverse=True), command)

    def listeners(self):
        return collections.Counter(content_id for _, content_id, _ in self.fold.listened)

    def popular_contents(self, _):
        return [f"{c},{n}" for c, n in sorted(self.listeners().items(), key=lambda each: (-each[1], each[0]))[:5]]

    def popular_locales(self, _):
        locale_of = {r["contentId"]: r["locale"] for r in self.fold.audios.values()}
        counts = collections.Counter()
        for content_id, count in self.listeners().items():
            if content_id in locale_of:
                counts[locale_of[content_id]] += count
        return [f"{locale} {n}" for locale, n in sorted(counts.items())]

    def row_then(self, command):
        return selected([self.then], command)

    def row_now(self, command):
        return selected([self.fold.audios[self.story["audio"]]], command)


def selected(lines, command):
    """The first --limit of them, the members of --select alone."""
    limit = re.search(r"--limit (\d+)", command)
    names = re.search(r"--select (\S+)", command)[1].split(",")
    return [js({n: line[n] for n in names if n in line}) for line in lines[:int(limit[1]) if limit else None]]


def check_tables(program, fold):
    expect_equal("all contentAudios", in_order(fold.audios.values(), AUDIO_FIELDS, fold),
                 program.lines("ledger-query find contentAudios --all"))
    expect_equal("all userContentAudios", in_order(fold.listened.values(), LISTENED_FIELDS, fold),
                 program.lines("ledger-query find userContentAudios --all"))


def check_outcomes(program, fold, partitions):
    own = [js({"offset": "%d:%d" % place, "applied": applied, "codes": codes})
           for place, (applied, codes) in fold.anomalies.items()]
    expect_equal("anomalies", sorted(own), sorted(program.lines("ledger-query anomalies --select offset,applied,codes")))
    status = program.object("ledger-query status")
    counts = {**fold.counts, "applied": fold.counts["applied"] + partitions, "quarantined": 0}  # ledgerOpened
    expect_equal("counters", [js(counts)], [js({name: status[name] for name in counts})])
    expect_equal("end of the log as status shows it", [status["position"]], [status["end"]])


def check(folder):
    program = Program(folder)
    ledger = program.object("ledger-query event 0:0")["event"]["ledgerOpened"]
    answers = Answers(folder, ledger)
    with open(f"{folder}/questions.tsv", encoding="utf-8") as file:
        asked = dict(re.findall(r"^(\w+)\t((?:.|\n(?!\w+\t))*)\n", file.read(), re.M))
    if len(asked) < 9:
        raise Difference(f"only {len(asked)} commands were asked")
    for name, command in asked.items():
        expected = getattr(answers, name)(command)
        if not expected:
            raise Difference(f"{name}: the answer is empty; the demo shows nothing")
        expect_equal(name, expected, program.lines(command))
    check_tables(program, answers.fold)
    check_outcomes(program, answers.fold, ledger["partitionCount"])


if __name__ == "__main__":
    try:
        check(sys.argv[1])
    except Difference as difference:
        sys.exit(f"different: {difference}")
