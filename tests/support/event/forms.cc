#include "tests/support/event/forms.h"

#include <random>

#include <fmt/format.h>

#include "schemas/event/codec.h"

namespace ledger::event {

std::string encoded(const Event& event) {
  std::string value;
  encode(event, value);
  return value;
}

std::string to_line(const Event& event) {
  std::string line;
  JsonWriter writer(line);
  write_json(event, writer);
  return line;
}

LineDefaults with_genesis() {
  LineDefaults defaults;
  defaults.allow_genesis = true;
  return defaults;
}

std::string value_of(std::string_view line) {
  LineParser parser({});
  return encoded(std::get<Event>(parser.parse(line, 0)));
}

std::string wordy_play_lines(int count) {
  constexpr int kContents = 997;
  constexpr size_t kIdBytes = 128;
  std::mt19937 random(1);
  std::uniform_int_distribution<int> letter('a', 'z');
  std::string lines;
  for (int i = 0; i < count; ++i) {
    std::string words(2 * kIdBytes, ' ');
    for (char& c : words) c = static_cast<char>(letter(random));
    lines += fmt::format(
        R"({{"eventId":"0197a1c2-0000-7000-8000-{:012x}","occurredAt":1770832800000,)"
        R"("actor":{{"kind":"service","id":"app"}},"source":"test","correlationId":"{}",)"
        R"("causationId":"{}",)"
        R"("playRecorded":{{"userId":"u{}","contentAudioId":"a1","contentId":"c{}",)"
        R"("contentType":"article"}}}})"
        "\n",
        i, words.substr(0, kIdBytes), words.substr(kIdBytes), i, i % kContents);
  }
  return lines;
}

}  // namespace ledger::event
