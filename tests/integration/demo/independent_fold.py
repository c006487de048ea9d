"""The fold rules of the contract (section 6) written once more, for what the generator makes: no code is shared with
the ledger, so that an answer that both give is not one mistake made once."""
import hashlib
import json

AUDIO_FIELDS = ["_id", "_creationTime", "contentId", "contentType", "locale", "contentHash", "voiceId",
                "voiceSettings", "status", "script", "audioStorageId", "audioDuration", "audioSize", "errorMessage",
                "failedAt", "generationAttempts", "updatedAt"]
LISTENED_FIELDS = ["_id", "_creationTime", "userId", "contentAudioId", "contentId", "contentType", "playCount",
                   "lastPlayedAt", "updatedAt"]
RESULTS_OF_WORK = ["script", "audioStorageId", "audioDuration", "audioSize", "errorMessage", "failedAt"]
LEGAL_MOVES = {
    "pending": {"generating_script", "failed"},
    "generating_script": {"generating_script", "generating_speech", "failed", "pending"},
    "generating_speech": {"generating_speech", "completed", "failed", "pending"},
    "failed": {"generating_script", "pending"},
    "completed": set(),
}
LIVE_AUDIOS_MAX = 1000


def js(value):
    """A value as JavaScript prints it in JSON."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return "{" + ",".join(js(k) + ":" + js(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(js(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def murmur2(data):
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i:i + 4], "little") * m & mask
        h = (h * m & mask) ^ ((k ^ (k >> 24)) * m & mask)
    if whole < len(data):
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)


def partition_of(content_id, partitions):
    return (murmur2(content_id.encode()) & 0x7FFFFFFF) % partitions


def crockford(number, digits):
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[number >> 5 * i & 31] for i in range(digits))[::-1]


class Fold:
    """State after the events given so far. Events of one partition come by offset; partitions share nothing."""

    def __init__(self, ledger_id):
        self.id_prefix = int.from_bytes(hashlib.sha256(bytes.fromhex(ledger_id.replace("-", ""))).digest()[:4], "big") >> 2
        self.audios = {}          # _id -> row
        self.audios_of = {}       # (contentId, contentType) -> its live _ids
        self.hash_of = {}         # (contentId, contentType) -> the last contentChanged's
        self.listened = {}        # (userId, contentId, contentType) -> row
        self.partition_of_row = {}  # _id -> partition
        self.steps = {}           # contentAudios _id -> [(event, offset, kind, applied, codes, before, after)]
        self.anomalies = {}       # (partition, offset) -> (applied, codes)
        self.counts = {"applied": 0, "notApplied": 0, "duplicates": 0}
        self.seen = {}            # (partition, eventId) -> offset and hash of the payload
        self.waiting = set()      # contentAudios _ids whose text changed and nothing was done since
        self.watched = set()      # _ids whose steps are kept

    def fold(self, event, partition, offset):
        kind = next(name for name in RULES if name in event)
        payload = event[kind]
        self.place, self.touched = (partition, offset), []
        text = hash(kind + json.dumps(payload, sort_keys=True))
        first = self.seen.setdefault((partition, event["eventId"]), (offset, text))
        if first[0] != offset:
            self.repeated(first[1] == text, event, kind)
            return
        applied, codes = RULES[kind](self, payload, event["occurredAt"])
        self.finish(event, kind, applied, codes)

    def repeated(self, equal, event, kind):
        if equal:
            self.counts["duplicates"] += 1
        else:
            self.finish(event, kind, False, ["event_id_reused"])

    def finish(self, event, kind, applied, codes):
        self.counts["applied" if applied else "notApplied"] += 1
        if codes:
            self.anomalies[self.place] = (applied, codes)
        if not applied and kind in ("audioCreated", "statusChanged", "audioDeleted"):
            self.touched = [(event[kind]["contentAudioId"], None, None)]
        for row_id, before, after in self.touched:
            if row_id in self.watched:
                self.steps.setdefault(row_id, []).append(
                    (event, self.place, kind, applied, codes, before, after and dict(after)))

    def audio_created(self, p, t):
        if p["contentAudioId"] in self.audios:
            return False, ["audio_exists"]
        content = (p["contentId"], p["contentType"])
        ids = self.audios_of.setdefault(content, set())
        if len(ids) >= LIVE_AUDIOS_MAX:
            return False, ["too_many_audios"]
        codes = []
        if any(self.audios[i]["voiceId"] == p["voiceId"] for i in ids):
            codes.append("duplicate_content_voice")
        if self.hash_of.get(content, p["contentHash"]) != p["contentHash"]:
            codes.append("created_stale")
        row = {k: p[k] for k in ("contentId", "contentType", "locale", "contentHash", "voiceId", "voiceSettings")
               if k in p}
        row.update(_id=p["contentAudioId"], _creationTime=t, status="pending", generationAttempts=0, updatedAt=t)
        ids.add(row["_id"])
        self.audios[row["_id"]] = row
        self.partition_of_row[row["_id"]] = self.place[0]
        self.touched.append((row["_id"], None, row))
        return True, codes

    def audio_of(self, p):
        row = self.audios.get(p["contentAudioId"])
        if row is None:
            return None, ["unknown_audio"]
        return row, [] if row["contentId"] == p["contentId"] else ["content_mismatch"]

    def status_changed(self, p, t):
        row, codes = self.audio_of(p)
        if codes:
            return False, codes
        if row["contentHash"] != p["contentHash"]:
            return False, ["stale_content_hash"]
        before, status = dict(row), p["status"]
        if status not in LEGAL_MOVES[row["status"]]:
            codes.append("illegal_transition")
        row["status"] = status
        row.update({k: v for k, v in {"script": p.get("script"), **p.get("audio", {})}.items() if v is not None})
        if status == "failed":
            row.update(errorMessage=p["errorMessage"], failedAt=t, generationAttempts=row["generationAttempts"] + 1)
        if status == "completed":
            row.pop("errorMessage", None)
            row.pop("failedAt", None)
            if "audioStorageId" not in row:
                codes.append("completed_without_audio")
        row["updatedAt"] = max(row["updatedAt"], t)
        self.waiting.discard(row["_id"])
        self.touched.append((row["_id"], before, row))
        return True, codes

    def content_changed(self, p, t):
        content = (p["contentId"], p["contentType"])
        self.hash_of[content] = p["contentHash"]
        for row_id in self.audios_of.get(content, ()):
            row = self.audios[row_id]
            if row["contentHash"] == p["contentHash"]:
                continue
            before = dict(row)
            for name in RESULTS_OF_WORK:
                row.pop(name, None)
            row.update(contentHash=p["contentHash"], status="pending", generationAttempts=0,
                       updatedAt=max(row["updatedAt"], t))
            self.waiting.add(row_id)
            self.touched.append((row_id, before, row))
        return True, []

    def audio_deleted(self, p, _):
        row, codes = self.audio_of(p)
        if codes:
            return False, codes
        del self.audios[row["_id"]]
        self.audios_of[row["contentId"], row["contentType"]].remove(row["_id"])
        self.touched.append((row["_id"], row, None))
        return True, []

    def play_recorded(self, p, t):
        return self.listen(p, t, 1)

    def access_recorded(self, p, t):
        return self.listen(p, t, 0)

    def listen(self, p, t, plays):
        key = (p["userId"], p["contentId"], p["contentType"])
        row = self.listened.get(key)
        if row is None:
            partition, offset = self.place
            row_id = "uca_" + crockford(self.id_prefix, 6) + crockford(partition * 2**48 + offset, 13)
            row = {"_id": row_id, "_creationTime": t, "updatedAt": t, "playCount": plays, **p}
            self.listened[key] = row
            self.partition_of_row[row_id] = partition
        else:
            row["playCount"] += plays
            if t >= row["updatedAt"]:
                row["contentAudioId"] = p["contentAudioId"]
            row["updatedAt"] = max(row["updatedAt"], t)
        if plays:
            row["lastPlayedAt"] = max(row.get("lastPlayedAt", t), t)
        live = self.audios.get(p["contentAudioId"])
        known = live and (live["contentId"], live["contentType"]) == key[1:]
        return True, [] if known else ["unknown_audio"]


RULES = {"audioCreated": Fold.audio_created, "statusChanged": Fold.status_changed,
         "contentChanged": Fold.content_changed, "audioDeleted": Fold.audio_deleted,
         "playRecorded": Fold.play_recorded, "accessRecorded": Fold.access_recorded}
