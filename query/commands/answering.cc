#include "query/commands/answering.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "query/cursor.h"
#include "schemas/base/error.h"
#include "schemas/base/time.h"
#include "schemas/options/sources.h"

namespace ledger::query {

namespace {

constexpr std::chrono::milliseconds kPollInterval{20};

FormatKind format_kind(const options::Parsed& parsed) {
  const std::optional<std::string> name = parsed.find_text("output");
  if (!name) return isatty(STDOUT_FILENO) == 1 ? FormatKind::kTable : FormatKind::kNdjson;
  if (*name == "table") return FormatKind::kTable;
  if (*name == "json") return FormatKind::kJson;
  return *name == "csv" ? FormatKind::kCsv : FormatKind::kNdjson;
}

// A pipe has no width; COLUMNS gives one to tests and scripts.
Screen screen() {
  Screen screen;
  winsize size{};
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) screen.width = size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  if (screen.width == 0 && columns != nullptr) {
    const std::string_view text(columns);
    std::from_chars(text.data(), text.data() + text.size(), screen.width);
  }
  screen.bold = terminal && std::getenv("NO_COLOR") == nullptr;
  return screen;
}

// Views that are not there yet are waited for too.
std::unique_ptr<Views> open_views(const std::string& directory,
                                  std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    try {
      return std::make_unique<Views>(directory);
    } catch (const Error& error) {
      const bool waits = std::chrono::steady_clock::now() < deadline;
      if (error.fault() != Fault::kUnavailable || !waits) throw;
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

// `0:12,1:9` and not a time: times have no colon after their first digits.
bool is_position_vector(std::string_view text) {
  const size_t digits = text.find_first_not_of("0123456789");
  return digits != std::string_view::npos && digits > 0 && text[digits] == ':';
}

}  // namespace

Answering::Answering(const options::Parsed& parsed)
    : parsed_(parsed),
      out_(STDOUT_FILENO,
           [this] {
             if (views_) views_->release();
           }),
      kind_(format_kind(parsed)),
      now_ms_(std::floor(now_unix_ms())) {
  deadline_ = std::chrono::steady_clock::now();
  if (parsed.declares("wait")) deadline_ += parsed.duration("wait");
  if (const auto text = cursor()) now_ms_ = parse_cursor(*text).now_ms;
  std::optional<PositionVector> least;
  if (parsed.declares("at-least")) {
    if (const auto text = parsed.find_text("at-least")) least = parse_position_vector(*text);
  }
  as_of();  // a wrong one is refused before any waiting
  views_ = open_views(parsed.text("views"), deadline_);
  if (least) wait_for(*views_, *least, deadline_);
}

bool Answering::live() const {
  const bool live = parsed_.declares("live") && parsed_.flag("live");
  if (live && !cursor() && !parsed_.find_text("as-of")) {
    throw Error(Fault::kUsage,
                "--live: it is for the pages after the first, which is at the newest anyway; add "
                "--cursor, or leave it out");
  }
  return live;
}

AsOf Answering::as_of() const {
  if (!parsed_.declares("as-of")) return {};
  const auto text = parsed_.find_text("as-of");
  if (!text) return {};
  if (is_position_vector(*text)) return parse_position_vector(*text);
  return parse_time(*text, now_ms_);
}

std::optional<std::string> Answering::cursor() const {
  if (!parsed_.declares("cursor")) return std::nullopt;
  return parsed_.find_text("cursor");
}

std::optional<uint64_t> Answering::limit() const {
  const auto limit = parsed_.find_count("limit");
  const bool all = parsed_.flag("all");
  if (limit && all) throw Error(Fault::kUsage, "--limit and --all exclude each other; leave one");
  if (limit == uint64_t{0})
    throw Error(Fault::kUsage, "--limit: 0 rows are no answer; give 1 or more");
  if (limit || all) return limit;
  if (kind_ == FormatKind::kTable) return kTableRowsMax;
  return std::nullopt;
}

void Answering::begin(const std::vector<std::string>& columns, bool one_row) {
  const bool on_its_side = one_row && kind_ == FormatKind::kTable;
  format_ = on_its_side ? make_record_table(out_, screen()) : make_format(kind_, out_, screen());
  format_->begin(columns);
}

void Answering::end(const Answer& answer, std::string_view nothing) {
  const std::vector<std::string> dropped = format_->end(answer.at, answer.next);
  if (!dropped.empty()) {
    note(fmt::format("too narrow for {}; choose with --select, or take -o json",
                     fmt::join(dropped, ", ")));
  }
  if (answer.tested) {
    note(fmt::format("index {}: {} scanned, {} matched", answer.index, answer.scanned,
                     answer.matched));
  }
  if (answer.matched == 0 && !nothing.empty()) note(nothing);
  if (kind_ == FormatKind::kJson) return;
  if (!answer.at.empty()) note("at " + to_text(answer.at));
  if (!answer.next) return;
  if (kind_ == FormatKind::kTable) {
    note(fmt::format("{} row{} shown, there are more: give --all, or --cursor with what follows",
                     answer.matched, answer.matched == 1 ? "" : "s"));
  }
  note("next " + *answer.next);
}

void Answering::note(std::string_view text) const {
  if (parsed_.quiet()) return;
  const std::string line = options::printable(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void take_paging(const Answering& answering, PageRequest& request) {
  request.reverse = answering.parsed().flag("reverse");
  request.limit = answering.limit();
  request.cursor = answering.cursor();
  request.live = answering.live();
  request.as_of = answering.as_of();
  request.now_ms = answering.now_ms();
}

std::optional<double> window_edge(const Answering& answering, std::string_view option) {
  const auto text = answering.parsed().find_text(option);
  if (!text) return std::nullopt;
  const bool starts_as_number = text->find_first_of("0123456789") == 0;
  const bool has_unit = text->find_first_not_of("0123456789.") != std::string::npos &&
                        text->find_first_of(":-") == std::string::npos;
  if (!starts_as_number || !has_unit) return parse_time(*text, answering.now_ms());
  return answering.now_ms() - static_cast<double>(parse_duration(*text).count()) / 1e3;
}

record::Table parse_table(std::string_view name) {
  if (const auto table = record::table_from(name)) return *table;
  const std::vector<std::string> names = {
      std::string(record::table_name(record::Table::kContentAudios)),
      std::string(record::table_name(record::Table::kUserContentAudios))};
  throw Error(Fault::kUsage, fmt::format("table: there is no '{}'{} (tables: {})", name,
                                         options::suggestion(name, names), fmt::join(names, ", ")));
}

Fault check_expected(const Answering& answering, const Answer& answer) {
  const auto expected = answering.parsed().find_text("expect");
  if (!expected) return Fault::kNone;
  const bool one = answer.matched == 1 && !answer.next;
  const bool met = *expected == "none"  ? answer.matched == 0
                   : *expected == "one" ? one
                                        : answer.matched > 0;
  if (met) return Fault::kNone;
  throw Error(Fault::kNotFound, fmt::format("--expect {}: found {}{}", *expected, answer.matched,
                                            answer.next ? " and more" : ""));
}

}  // namespace ledger::query
