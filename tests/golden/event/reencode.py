#!/usr/bin/env python3
"""Encodes the lines of events.json a second way, and compares key, partitions and bytes.

Independent of the ledger's code: the JSON form is turned into Cap'n Proto text here, by the mapping of
EVENT_FORMAT.md, and `capnp convert` makes the bytes. usage: reencode.py SCHEMA_DIR EVENTS.json [--write]
--write puts what this script finds into the file: for adding vectors, never for making a test pass.
"""
import json
import subprocess
import sys

OPTIONAL_NUMBERS = {"stability", "similarityBoost", "style", "failedAt", "lastPlayedAt"}
OPTIONAL_IN_ROW = {"audioDuration", "audioSize"}
NAMES = {"_id": "id", "_creationTime": "creationTime"}
ENUMERATIONS = {"kind", "contentType", "locale", "status"}
TEXT_OF_ENUMERANT = {"generating_script": "generatingScript", "generating_speech": "generatingSpeech"}
IDS = {"eventId", "ledgerId"}
ENVELOPE = ["eventId", "occurredAt", "actor", "source", "correlationId", "causationId"]


def quoted(text):
    out = "".join(f"\\x{ord(c):02x}" if ord(c) < 32 or c in '"\\' else c for c in text)
    return f'"{out}"'


def literal(name, value, in_row):
    if name in IDS:
        return '0x"' + value.replace("-", "") + '"'
    if name in ENUMERATIONS:
        return TEXT_OF_ENUMERANT.get(value, value)
    if isinstance(value, dict):
        return struct(value, in_row)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if name in OPTIONAL_NUMBERS or (in_row and name in OPTIONAL_IN_ROW):
        return f"(some = {value!r})"
    return repr(value)


def struct(members, in_row=False):
    fields = (f"{NAMES.get(n, n)} = {literal(n, v, in_row or n == 'contentAudios')}" for n, v in members.items())
    return "(" + ", ".join(fields) + ")"


def capnp_text(event):
    payload = {n: v for n, v in event.items() if n not in ENVELOPE}
    envelope = {n: v for n, v in event.items() if n in ENVELOPE}
    return struct(envelope)[:-1] + ", payload = " + struct(payload) + ")"


def encode(schema_dir, event):
    command = ["capnp", "convert", "text:binary", f"{schema_dir}/event.capnp", "Event"]
    return subprocess.run(command, input=capnp_text(event).encode(), stdout=subprocess.PIPE, check=True).stdout


def key_of(event):
    payload = next(v for n, v in event.items() if n not in ENVELOPE)
    row = next((payload[t] for t in ("contentAudios", "userContentAudios") if t in payload), payload)
    return row.get("contentId")


def murmur2(key):
    multiplier, mask = 0x5BD1E995, 0xFFFFFFFF
    value = 0x9747B28C ^ len(key)
    blocks = len(key) // 4 * 4
    for at in range(0, blocks, 4):
        k = int.from_bytes(key[at:at + 4], "little") * multiplier & mask
        k = (k ^ k >> 24) * multiplier & mask
        value = value * multiplier & mask ^ k
    if blocks < len(key):
        value = (value ^ int.from_bytes(key[blocks:], "little")) * multiplier & mask
    value = (value ^ value >> 13) * multiplier & mask
    return value ^ value >> 15


def expected(schema_dir, case):
    event = json.loads(case["line"])
    key = key_of(event)
    out = {"name": case["name"], "line": case["line"], "bytes": encode(schema_dir, event).hex(), "key": key}
    if key is not None:
        for count in (2, 16):
            out[f"partitionOf{count}"] = (murmur2(key.encode()) & 0x7FFFFFFF) % count
    return out


def main():
    schema_dir, path = sys.argv[1:3]
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    wanted = [expected(schema_dir, case) for case in cases]
    if sys.argv[3:] == ["--write"]:
        with open(path, "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in wanted) + "\n]\n")
        return 0
    wrong = [(have, want) for have, want in zip(cases, wanted) if have != want]
    for have, want in wrong:
        print(f"{have['name']}: the file has\n  {have}\nthis script finds\n  {want}")
    print(f"{len(cases)} vectors, {len(wrong)} differ")
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
