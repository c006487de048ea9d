#include "tests/integration/query/world.h"

#include <fmt/format.h>

#include "tests/support/terminal.h"

namespace ledger::test {

std::string EventLines::line(int64_t t, std::string_view payload, std::string_view actor_kind,
                             std::string_view actor_id) {
  ++count_;
  return fmt::format(
      R"({{"eventId":"{}","occurredAt":{},"actor":{{"kind":"{}","id":"{}"}},"source":"tests/1",{}}})",
      last_id(), t, actor_kind, actor_id, payload);
}

std::string EventLines::last_id() const {
  return fmt::format("0197a1c2-0000-7000-9000-{:012x}", count_);
}

std::string EventLines::created(int64_t t, std::string_view audio, std::string_view content,
                                std::string_view voice, std::string_view hash) {
  return line(t, fmt::format(R"("audioCreated":{{"contentAudioId":"{}","contentId":"{}",)"
                             R"("contentType":"article","locale":"en","contentHash":"{}",)"
                             R"("voiceId":"{}"}})",
                             audio, content, hash, voice));
}

std::string EventLines::status(int64_t t, std::string_view audio, std::string_view content,
                               std::string_view status, std::string_view more,
                               std::string_view hash) {
  return line(t, fmt::format(R"("statusChanged":{{"contentAudioId":"{}","contentId":"{}",)"
                             R"("contentHash":"{}","status":"{}"{}}})",
                             audio, content, hash, status, more));
}

std::string EventLines::content_changed(int64_t t, std::string_view content,
                                        std::string_view hash) {
  return line(t,
              fmt::format(R"("contentChanged":{{"contentId":"{}","contentType":"article",)"
                          R"("contentHash":"{}"}})",
                          content, hash),
              "operator", "desk");
}

std::string EventLines::deleted(int64_t t, std::string_view audio, std::string_view content) {
  return line(
      t,
      fmt::format(R"("audioDeleted":{{"contentAudioId":"{}","contentId":"{}"}})", audio, content),
      "operator", "desk");
}

std::string EventLines::play(int64_t t, std::string_view user, std::string_view audio,
                             std::string_view content) {
  return line(t,
              fmt::format(R"("playRecorded":{{"userId":"{}","contentAudioId":"{}",)"
                          R"("contentId":"{}","contentType":"article"}})",
                          user, audio, content),
              "user", user);
}

std::string EventLines::access(int64_t t, std::string_view user, std::string_view audio,
                               std::string_view content) {
  return line(t,
              fmt::format(R"("accessRecorded":{{"userId":"{}","contentAudioId":"{}",)"
                          R"("contentId":"{}","contentType":"article"}})",
                          user, audio, content),
              "user", user);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

testing::BuiltViews& World::views() {
  if (!views_) views_.emplace(directory(), setup_);
  return *views_;
}

std::vector<std::string> World::argv(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {program("ledger-query"), "--views", directory()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

Finished World::query(const std::vector<std::string>& arguments,
                      const StartOptions& options) const {
  return run(argv(arguments), {}, options);
}

Finished World::query_on_terminal(const std::vector<std::string>& arguments,
                                  unsigned short columns) const {
  return run_on_terminal(argv(arguments), columns);
}

std::string after(std::string_view text, std::string_view prefix) {
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(prefix)) return line.substr(prefix.size());
  }
  return "";
}

Partition partition_in(const std::string& place) {
  return Partition{std::stoi(place.substr(0, place.find(':')))};
}
Offset offset_in(const std::string& place) {
  return Offset{std::stoll(place.substr(place.find(':') + 1))};
}

}  // namespace ledger::test
