// status: how far the views are, what the projector last said, what became of the events.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/commands/answering.h"
#include "query/commands/commands.h"
#include "schemas/base/error.h"
#include "schemas/base/json_text.h"
#include "schemas/base/time.h"
#include "schemas/store/run_state.h"

namespace ledger::query {

namespace {

const std::vector<std::string> kTotalColumns = {
    "ledgerId",   "topic",       "generation", "foldVersion",   "state",
    "pid",        "startedAt",   "heartbeat",  "caughtUp",      "position",
    "end",        "lag",         "events",     "applied",       "notApplied",
    "duplicates", "quarantined", "codes",      "contentAudios", "userContentAudios",
    "bytes",      "refusal",     "refusedAt"};
const std::vector<std::string> kShardColumns = {
    "partition",         "position",   "end",        "lag",         "logTime", "events",
    "applied",           "notApplied", "duplicates", "quarantined", "codes",   "contentAudios",
    "userContentAudios", "bytes"};

// Of one shard, or summed over all.
struct Numbers {
  std::optional<int64_t> lag = 0;  // nullopt: an end was not seen
  store::Counters counters;
  uint64_t bytes = 0;
};

void add(Numbers& sum, const Numbers& other) {
  if (sum.lag && other.lag) {
    *sum.lag += *other.lag;
  } else {
    sum.lag = std::nullopt;
  }
  sum.counters.events += other.counters.events;
  sum.counters.applied += other.counters.applied;
  sum.counters.not_applied += other.counters.not_applied;
  sum.counters.duplicates += other.counters.duplicates;
  sum.counters.quarantined += other.counters.quarantined;
  for (const auto& [code, count] : other.counters.codes) sum.counters.codes[code] += count;
  for (const auto& [table, count] : other.counters.rows) sum.counters.rows[table] += count;
  sum.bytes += other.bytes;
}

std::optional<Offset> end_of(const std::optional<store::RunState>& run, Partition partition) {
  if (!run) return std::nullopt;
  const auto found = run->partitions.find(partition);
  return found == run->partitions.end() ? std::nullopt : found->second.end;
}

Numbers numbers_of(Views& views, const std::optional<store::RunState>& run, Partition partition) {
  const store::ShardReader& shard = views.shard(partition);
  Numbers numbers;
  const auto end = end_of(run, partition);
  numbers.lag = std::nullopt;
  if (end) numbers.lag = std::max<int64_t>(0, raw(*end) - raw(shard.state().position));
  numbers.counters = shard.state().counters;
  numbers.bytes = shard.file_bytes();
  return numbers;
}

// Adds named values to a line; columns that the answer has not are an error of ours.
class StatusLine {
 public:
  explicit StatusLine(const std::vector<std::string>& columns) : columns_(columns) {}

  void add(std::string_view name, Value value) {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    line_.add(static_cast<size_t>(found - columns_.begin()), value);
  }
  void add_count(std::string_view name, uint64_t count) { add(name, static_cast<int64_t>(count)); }

  void add_numbers(const Numbers& numbers) {
    if (numbers.lag) add("lag", *numbers.lag);
  }

  void add_counters(const Numbers& numbers) {
    const store::Counters& counters = numbers.counters;
    add_count("events", counters.events);
    add_count("applied", counters.applied);
    add_count("notApplied", counters.not_applied);
    add_count("duplicates", counters.duplicates);
    add_count("quarantined", counters.quarantined);
    add_codes(counters);
    for (const record::Table table :
         {record::Table::kContentAudios, record::Table::kUserContentAudios}) {
      const auto rows = counters.rows.find(table);
      add_count(record::table_name(table), rows == counters.rows.end() ? 0 : rows->second);
    }
    add_count("bytes", numbers.bytes);
  }

  const Line& line() const { return line_; }

 private:
  void add_codes(const store::Counters& counters) {
    JsonWriter json(codes_);
    json.begin_object();
    for (const auto& [code, count] : counters.codes) {
      if (count == 0) continue;
      json.key(store::to_text(code));
      json.integer(static_cast<int64_t>(count));
      plain_ += fmt::format("{}{} {}", plain_.empty() ? "" : ", ", store::to_text(code), count);
    }
    json.end_object();
    if (plain_.empty()) plain_.assign(1, '-');
    add("codes", Json{codes_, plain_});
  }

  const std::vector<std::string>& columns_;
  Line line_;
  std::string codes_;
  std::string plain_;
};

void print_total(Answering& answering, const std::optional<store::RunState>& run,
                 const Numbers& total) {
  Views& views = answering.views();
  const std::string ledger_id = to_text(views.identity().ledger_id);
  const std::string position = to_text(views.positions());
  PositionVector ends;
  for (const Partition partition : views.partitions()) {
    if (const auto end = end_of(run, partition)) ends[partition] = *end;
  }
  const std::string end = to_text(ends);
  StatusLine line(kTotalColumns);
  line.add("ledgerId", std::string_view(ledger_id));
  line.add("topic", std::string_view(views.identity().topic));
  line.add_count("generation", store::raw(views.generation()));
  line.add_count("foldVersion", views.shard(views.partitions().front()).identity().fold_version);
  line.add("state", run ? store::to_text(run->phase) : std::string_view("never_run"));
  if (run) {
    line.add("pid", run->pid);
    line.add("startedAt", Time{run->started_ms});
    line.add("heartbeat", Time{run->heartbeat_ms});
    if (run->caught_up_ms) line.add("caughtUp", Time{*run->caught_up_ms});
  }
  line.add("position", std::string_view(position));
  if (!ends.empty()) line.add("end", std::string_view(end));
  line.add_numbers(total);
  line.add_counters(total);
  if (run && run->refusal) {
    line.add("refusal", std::string_view(run->refusal->message));
    line.add("refusedAt", Time{run->refusal->at_ms});
  }
  answering.begin(kTotalColumns, true);
  answering.line(line.line());
}

void print_shard(Answering& answering, Partition partition,
                 const std::optional<store::RunState>& run, const Numbers& numbers) {
  const store::ShardState& state = answering.views().shard(partition).state();
  const std::string position = fmt::format("{}:{}", raw(partition), raw(state.position));
  const auto end = end_of(run, partition);
  const std::string end_text = end ? fmt::format("{}:{}", raw(partition), raw(*end)) : "";
  StatusLine line(kShardColumns);
  line.add("partition", static_cast<int64_t>(raw(partition)));
  line.add("position", std::string_view(position));
  if (end) line.add("end", std::string_view(end_text));
  line.add_numbers(numbers);
  if (state.log_time_max_ms >= 0) {
    line.add("logTime", Time{static_cast<double>(state.log_time_max_ms)});
  }
  line.add_counters(numbers);
  answering.line(line.line());
}

[[noreturn]] void throw_not_fresh(const std::string& what) {
  throw Error(Fault::kNotFresh,
              fmt::format("status: {}; look at ledger-projector run and its brokers", what));
}

void check_age(const Answering& answering, std::string_view option, std::string_view what,
               const std::optional<double>& time_ms) {
  const auto longest = answering.parsed().find_duration(option);
  if (!longest) return;
  if (!time_ms) throw_not_fresh(fmt::format("the {} is not known", what));
  const double age_ms = answering.now_ms() - *time_ms;
  const double longest_ms = static_cast<double>(longest->count()) / 1e3;
  if (age_ms <= longest_ms) return;
  throw_not_fresh(fmt::format("the {} is {:.1f} s old, --{} is {:.1f} s", what, age_ms / 1e3,
                              option, longest_ms / 1e3));
}

void check_thresholds(const Answering& answering, const std::optional<store::RunState>& run,
                      const Numbers& total) {
  check_age(answering, "heartbeat-max", "heartbeat of the projector",
            run ? std::optional(run->heartbeat_ms) : std::nullopt);
  check_age(answering, "behind-max", "time up to which all of the log is folded",
            run ? run->caught_up_ms : std::nullopt);
  const auto lag_max = answering.parsed().find_count("lag-max");
  if (!lag_max) return;
  if (!total.lag) throw_not_fresh("the end of the log is not known");
  if (std::cmp_greater(*total.lag, *lag_max)) {
    throw_not_fresh(fmt::format("{} events are not folded, --lag-max is {}", *total.lag, *lag_max));
  }
}

}  // namespace

Fault run_status(const options::Parsed& parsed) {
  Answering answering(parsed);
  Views& views = answering.views();
  std::string trouble;
  const auto run = store::try_read_run_state(views.directory().run_json(), trouble);
  if (!trouble.empty()) answering.note(trouble);
  const bool shards = parsed.flag("shards");
  if (shards) answering.begin(kShardColumns);
  Numbers total;
  for (const Partition partition : views.partitions()) {
    const Numbers numbers = numbers_of(views, run, partition);
    if (shards) print_shard(answering, partition, run, numbers);
    add(total, numbers);
  }
  if (!shards) print_total(answering, run, total);
  Answer answer;
  answer.at = views.positions();
  answer.matched = 1;
  answering.end(answer, {});
  check_thresholds(answering, run, total);
  return Fault::kNone;
}

}  // namespace ledger::query
