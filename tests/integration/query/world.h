// What the tests of ledger-query share: lines of events, a view directory made from them, and the
// program run on it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/views/built_views.h"

namespace ledger::test {

inline constexpr int64_t kT0 = 1770832800000;  // 2026-02-11T18:00:00Z, 2026-02-12T01:00:00+07:00

// Lines of events; each has an eventId of its own, counted from 1. `members`: of the payload.
class EventLines {
 public:
  std::string created(int64_t t, std::string_view audio, std::string_view content,
                      std::string_view voice = "v1", std::string_view hash = "h1");
  // `more`: further members, `,"errorMessage":"..."`.
  std::string status(int64_t t, std::string_view audio, std::string_view content,
                     std::string_view status, std::string_view more = "",
                     std::string_view hash = "h1");
  std::string content_changed(int64_t t, std::string_view content, std::string_view hash);
  std::string deleted(int64_t t, std::string_view audio, std::string_view content);
  std::string play(int64_t t, std::string_view user, std::string_view audio,
                   std::string_view content);
  std::string access(int64_t t, std::string_view user, std::string_view audio,
                     std::string_view content);
  std::string line(int64_t t, std::string_view payload, std::string_view actor_kind = "service",
                   std::string_view actor_id = "tts-3");
  // Of the line that was made last.
  std::string last_id() const;

 private:
  int count_ = 0;
};

// A line of JSON that is part of a numbered event: `{"a":1}` for a="1" and so on.
std::string joined(const std::vector<std::string>& lines);  // each with its \n

class World : public ::testing::Test {
 protected:
  explicit World(const testing::ViewsSetup& setup = {}) : setup_(setup) {}

  // The views, made at the first call.
  testing::BuiltViews& views();
  void close_views() { views_.reset(); }
  std::string directory() const { return (folder_.path() / "views").string(); }
  std::string add(const std::string& line, std::optional<int64_t> log_time_ms = std::nullopt) {
    return views().add(line, log_time_ms);
  }

  std::vector<std::string> argv(const std::vector<std::string>& arguments) const;
  // ledger-query with `--views` of this world.
  Finished query(const std::vector<std::string>& arguments, const StartOptions& options = {}) const;
  Finished query_on_terminal(const std::vector<std::string>& arguments,
                             unsigned short columns = 160) const;

  EventLines lines;
  testing::ViewsSetup setup_;
  TempDir folder_;

 private:
  std::optional<testing::BuiltViews> views_;
};

// The text after `prefix` on the line of `text` that begins with it; "" when there is none.
std::string after(std::string_view text, std::string_view prefix);

// An event's partition and offset from "P:O".
Partition partition_in(const std::string& place);
Offset offset_in(const std::string& place);

}  // namespace ledger::test
