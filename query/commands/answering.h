// What all commands share: opening the views, choosing format and limit, ending an answer.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/output/format.h"
#include "query/request.h"
#include "query/views.h"
#include "schemas/options/options.h"
#include "schemas/options/output.h"

namespace ledger::query {

// Rows of a table that nobody limited.
inline constexpr uint64_t kTableRowsMax = 100;

// One command at work.
// Shape: rows go to stdout; positions, cursors, counts and notes to stderr.
class Answering {
 public:
  // Opens the views; waits for them and for --at-least if the command has it.
  // Throws: Error{kUnavailable, kNotFresh, kUsage}.
  explicit Answering(const options::Parsed& parsed);

  const options::Parsed& parsed() const { return parsed_; }
  Views& views() { return *views_; }
  options::Output& out() { return out_; }
  FormatKind kind() const { return kind_; }
  // What relative times are read against: now, or the first page's now.
  double now_ms() const { return now_ms_; }
  // When --wait has passed since the program began.
  std::chrono::steady_clock::time_point deadline() const { return deadline_; }
  bool live() const;

  // --as-of of the command.
  AsOf as_of() const;
  // --limit, --all, or what the format asks for.
  std::optional<uint64_t> limit() const;
  std::optional<std::string> cursor() const;

  // `one_row`: a table shows the row on its side.
  void begin(const std::vector<std::string>& columns, bool one_row = false);
  void line(const Line& line) { format_->line(line); }
  // Ends the answer on both streams. `nothing`: said when there was no row.
  void end(const Answer& answer, std::string_view nothing);
  // A line on stderr, unless -q.
  void note(std::string_view text) const;

 private:
  const options::Parsed& parsed_;
  options::Output out_;
  std::unique_ptr<Views> views_;
  FormatKind kind_;
  double now_ms_ = 0;
  std::chrono::steady_clock::time_point deadline_;
  std::unique_ptr<Format> format_;
};

// The paging options and --as-of, into a request.
void take_paging(const Answering& answering, PageRequest& request);

// --since and --until: a time, or a bare duration before now.
std::optional<double> window_edge(const Answering& answering, std::string_view option);

// The operand's table. Throws: Error{kUsage} naming the tables.
record::Table parse_table(std::string_view name);

// --expect. Returns: kNotFound when it is unmet, after saying so.
Fault check_expected(const Answering& answering, const Answer& answer);

// Options that several commands share.
std::vector<options::Option> output_options();     // -o
std::vector<options::Option> reading_options();    // --as-of --at-least --wait
std::vector<options::Option> paging_options();     // --reverse --limit --all --cursor --live
std::vector<options::Option> condition_options();  // --gt ... --index --index-only
options::Option select_option();
options::Option expect_option();
std::vector<options::Option> join(std::initializer_list<std::vector<options::Option>> parts);

}  // namespace ledger::query
