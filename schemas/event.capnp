# One event of the log: an envelope and exactly one payload. EVENT_FORMAT.md beside event/ is the normative text;
# its vectors are in tests/golden. Evolution: add fields, enumerants and union members at the end, nothing else.
@0x9c4d27e1b8530fa6;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ledger::wire");
using Idx = import "index.capnp";
using Record = import "record.capnp";

enum ActorKind {
  unset @0;
  service @1;
  user @2;
  operator @3;
  system @4;
}

struct Actor {
  kind @0 :ActorKind;
  id @1 :Text $Idx.maxBytes(128);
}

struct AudioCreated {
  contentAudioId @0 :Text $Idx.maxBytes(64);
  contentId @1 :Text $Idx.maxBytes(128);
  contentType @2 :Record.ContentType;
  locale @3 :Record.Locale;
  contentHash @4 :Text $Idx.maxBytes(128);
  voiceId @5 :Text $Idx.maxBytes(64);
  voiceSettings @6 :Record.VoiceSettings $Idx.optional;
}

struct Audio {
  audioStorageId @0 :Text $Idx.maxBytes(128);
  audioDuration @1 :Float64;   # seconds
  audioSize @2 :Float64;       # bytes
}

struct StatusChanged {
  contentAudioId @0 :Text $Idx.maxBytes(64);
  contentId @1 :Text $Idx.maxBytes(128);
  contentHash @2 :Text $Idx.maxBytes(128);   # the hash the work was done for
  status @3 :Record.Status;
  script @4 :Text $Idx.optional $Idx.maxBytes(262144);
  audio @5 :Audio $Idx.optional;
  errorMessage @6 :Text $Idx.optional $Idx.maxBytes(16384);   # given if and only if status is failed
}

struct ContentChanged {
  contentId @0 :Text $Idx.maxBytes(128);
  contentType @1 :Record.ContentType;
  contentHash @2 :Text $Idx.maxBytes(128);   # the new one
}

struct AudioDeleted {
  contentAudioId @0 :Text $Idx.maxBytes(64);
  contentId @1 :Text $Idx.maxBytes(128);
}

struct Listened {   # accessRecorded and playRecorded
  userId @0 :Text $Idx.maxBytes(128);
  contentAudioId @1 :Text $Idx.maxBytes(64);
  contentId @2 :Text $Idx.maxBytes(128);
  contentType @3 :Record.ContentType;
}

struct RecordImported {
  union {
    unset @0 :Void;
    contentAudios @1 :Record.ContentAudio;
    userContentAudios @2 :Record.UserContentAudio;
  }
}

struct LedgerOpened {
  ledgerId @0 :Data;          # 16 bytes, a UUID
  partition @1 :UInt32;
  partitionCount @2 :UInt32;
  ephemeral @3 :Bool;
}

struct Event {
  eventId @0 :Data;           # 16 bytes, a UUID (v7 recommended): the idempotency key
  occurredAt @1 :Float64;     # ms since the Unix epoch, the producer's clock
  actor @2 :Actor;
  source @3 :Text $Idx.maxBytes(128);   # producer name/version
  correlationId @4 :Text $Idx.optional $Idx.maxBytes(128);
  causationId @5 :Text $Idx.optional $Idx.maxBytes(128);
  payload :union {
    unset @6 :Void;
    audioCreated @7 :AudioCreated;
    statusChanged @8 :StatusChanged;
    contentChanged @9 :ContentChanged;
    audioDeleted @10 :AudioDeleted;
    accessRecorded @11 :Listened;
    playRecorded @12 :Listened;
    recordImported @13 :RecordImported;
    ledgerOpened @14 :LedgerOpened;
  }
}
