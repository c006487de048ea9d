# The records of the ledger's tables, with their index declarations. Field names, types and meanings are those of
# the Convex tables. Absent optional text is a null pointer; optional numbers are none/some groups; enumerant 0 is
# never valid. Evolution: add at the end, never change a type, a default or a number.
@0xe8a1c56d07f34b92;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ledger::wire");
using Idx = import "index.capnp";

enum ContentType {
  unset @0;
  article @1;
  subject @2;
}

enum Locale {
  unset @0;
  en @1;
  id @2;
}

enum Status {
  unset @0;
  pending @1;
  generatingScript @2 $Idx.text("generating_script");
  generatingSpeech @3 $Idx.text("generating_speech");
  completed @4;
  failed @5;
}

struct VoiceSettings {
  stability :union { none @0 :Void; some @1 :Float64; }
  similarityBoost :union { none @2 :Void; some @3 :Float64; }
  style :union { none @4 :Void; some @5 :Float64; }
}

struct ContentAudio
    $Idx.table(id = 1, name = "contentAudios")
    $Idx.index(id = 1, name = "content_voice", fields = ["contentId", "contentType", "voiceId"])
    $Idx.index(id = 2, name = "content",       fields = ["contentId", "contentType"])
    $Idx.index(id = 3, name = "contentHash",   fields = ["contentHash"])
    $Idx.index(id = 4, name = "status",        fields = ["status"])
{
  id @0 :Text $Idx.name("_id") $Idx.maxBytes(64);
  creationTime @1 :Float64 $Idx.name("_creationTime");
  contentId @2 :Text $Idx.maxBytes(128);
  contentType @3 :ContentType;
  locale @4 :Locale;
  contentHash @5 :Text $Idx.maxBytes(128);
  voiceId @6 :Text $Idx.maxBytes(64);
  voiceSettings @7 :VoiceSettings $Idx.optional;
  status @8 :Status;
  script @9 :Text $Idx.optional $Idx.maxBytes(262144);
  audioStorageId @10 :Text $Idx.optional $Idx.maxBytes(128);
  audioDuration :union { none @11 :Void; some @12 :Float64; }   # seconds
  audioSize :union { none @13 :Void; some @14 :Float64; }       # bytes
  errorMessage @15 :Text $Idx.optional $Idx.maxBytes(16384);
  failedAt :union { none @16 :Void; some @17 :Float64; }        # ms since the Unix epoch
  generationAttempts @18 :Float64;
  updatedAt @19 :Float64;
}

struct UserContentAudio
    $Idx.table(id = 2, name = "userContentAudios")
    $Idx.index(id = 5, name = "user",         fields = ["userId"])
    $Idx.index(id = 6, name = "user_content", fields = ["userId", "contentId", "contentType"])
    $Idx.index(id = 7, name = "contentAudio", fields = ["contentAudioId"])
{
  id @0 :Text $Idx.name("_id") $Idx.maxBytes(128);
  creationTime @1 :Float64 $Idx.name("_creationTime");
  userId @2 :Text $Idx.maxBytes(128);
  contentAudioId @3 :Text $Idx.maxBytes(64);
  contentId @4 :Text $Idx.maxBytes(128);
  contentType @5 :ContentType;
  playCount @6 :Float64;
  lastPlayedAt :union { none @7 :Void; some @8 :Float64; }      # ms since the Unix epoch
  updatedAt @9 :Float64;
}
