// What an event costs by part, beside its bounds: a copy of the bytes, and Cap'n Proto alone.
#include <cstring>

#include <benchmark/benchmark.h>
#include <capnp/message.h>

#include "schemas/event/codec.h"
#include "schemas/event/json.h"
#include "schemas/event/limits.h"
#include "schemas/event/partition.h"
#include "schemas/wire/event.capnp.h"

namespace ledger::event {
namespace {

Event sample_play() {
  Event event;
  event.event_id = {1, 151, 161, 194, 0, 0, 112, 0, 128, 0, 0, 0, 0, 0, 0, 1};
  event.occurred_at = 1770832800000;
  event.actor = {ActorKind::kService, "tts-3"};
  event.source = "backend/1.4";
  PlayRecorded play;
  play.user_id = "jx7a0c1m2n3b4v5c6x7z8a9s0d1f2g3h";
  play.content_audio_id = "k57d0c1m2n3b4v5c6x7z8a9s0d1f2g3h";
  play.content_id = "j97e0c1m2n3b4v5c6x7z8a9s0d1f2g3h";
  play.content_type = record::ContentType::kArticle;
  event.payload = play;
  return event;
}

std::string encoded_play() {
  std::string value;
  encode(sample_play(), value);
  return value;
}

void copy(benchmark::State& state) {
  const std::string value = encoded_play();
  std::string to(value.size(), '\0');
  for (auto _ : state) {
    std::memcpy(to.data(), value.data(), value.size());
    benchmark::ClobberMemory();
  }
}

// The bound of decode(): the library's reader and every field of this event, unchecked.
void capnp_alone(benchmark::State& state) {
  const std::string value = encoded_play();
  std::vector<capnp::word> words(value.size() / sizeof(capnp::word));
  for (auto _ : state) {
    std::memcpy(words.data(), value.data(), value.size());
    const kj::ArrayPtr<const capnp::word> segment(words.data() + 1, words.size() - 1);
    capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment, 1));
    const auto event = reader.getRoot<wire::Event>();
    const auto play = event.getPayload().getPlayRecorded();
    benchmark::DoNotOptimize(event.getEventId().begin());
    benchmark::DoNotOptimize(event.getOccurredAt());
    benchmark::DoNotOptimize(event.getActor().getId().begin());
    benchmark::DoNotOptimize(event.getSource().begin());
    benchmark::DoNotOptimize(play.getUserId().begin());
    benchmark::DoNotOptimize(play.getContentAudioId().begin());
    benchmark::DoNotOptimize(play.getContentId().begin());
    benchmark::DoNotOptimize(play.getContentType());
  }
}

void decode_play(benchmark::State& state) {
  const std::string value = encoded_play();
  Decoder decoder;
  for (auto _ : state) benchmark::DoNotOptimize(decoder.decode(value));
}

void check_limits_play(benchmark::State& state) {
  const Event event = sample_play();
  for (auto _ : state) benchmark::DoNotOptimize(check_limits(event));
}

void encode_play(benchmark::State& state) {
  const Event event = sample_play();
  std::string value;
  for (auto _ : state) {
    value.clear();
    encode(event, value);
    benchmark::ClobberMemory();
  }
}

void parse_line_play(benchmark::State& state) {
  std::string line;
  JsonWriter writer(line);
  write_json(sample_play(), writer);
  LineParser parser{LineDefaults{}};
  for (auto _ : state) benchmark::DoNotOptimize(parser.parse(line, 1));
}

void write_line_play(benchmark::State& state) {
  const Event event = sample_play();
  std::string line;
  JsonWriter writer(line);
  for (auto _ : state) {
    line.clear();
    writer.restart();
    write_json(event, writer);
    benchmark::ClobberMemory();
  }
}

void partition_of_play(benchmark::State& state) {
  const Event event = sample_play();
  for (auto _ : state) benchmark::DoNotOptimize(partition_of(content_id(event.payload), 16));
}

BENCHMARK(copy);
BENCHMARK(capnp_alone);
BENCHMARK(decode_play);
BENCHMARK(check_limits_play);
BENCHMARK(encode_play);
BENCHMARK(parse_line_play);
BENCHMARK(write_line_play);
BENCHMARK(partition_of_play);

}  // namespace
}  // namespace ledger::event

BENCHMARK_MAIN();
