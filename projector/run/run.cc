#include <fmt/format.h>

#include "projector/run/run_internal.h"

namespace ledger::run {

namespace {

constexpr const char* kProgram = "ledger-projector";
constexpr std::chrono::milliseconds kProbePatience{500};

bool is_stop(const Error& error) {
  return error.fault() == Fault::kInterrupted || error.fault() == Fault::kTerminated;
}

}  // namespace

uint64_t distance(const PositionVector& start, const PositionVector& end) {
  uint64_t sum = 0;
  for (const auto& [partition, offset] : end) {
    const auto from = start.find(partition);
    const int64_t first = from == start.end() ? 0 : raw(from->second);
    sum += static_cast<uint64_t>(std::max<int64_t>(0, raw(offset) - first));
  }
  return sum;
}

Run::Run(const RunOptions& options, const options::Interrupt& interrupt,
         const store::ViewDirectory& directory, LiveLock& lock, report::Messages& messages,
         report::RunReport& report)
    : options_(options),
      interrupt_(interrupt),
      directory_(directory),
      lock_(lock),
      messages_(messages),
      report_(report),
      patience_(kProgram, interrupt, options.quiet, options.give_up_after),
      probe_(options.connection, kProbePatience, stopping_),
      beside_(options.connection, options.views, stopping_),
      guards_(probe_, options.connection.topic, options.views) {}

Fault Run::run() {
  open();
  const PositionVector start = position();
  bool reached = false;
  while (true) {
    try {
      reached = go_on();
      break;
    } catch (const Asked&) {
      hand_over();
    }
  }
  report_.stopped();
  messages_.info(fmt::format("stopped at {}: folded {} events", to_text(position()),
                             distance(start, position())));
  if (options_.until_end && !reached) throw Error(interrupt_.fault(), "stopped before the end");
  return Fault::kNone;
}

bool Run::go_on() {
  for (; gaps_accepted_ < options_.accepted_gaps.size(); ++gaps_accepted_) {
    accept(options_.accepted_gaps[gaps_accepted_]);
  }
  const PositionVector ends = compare();
  if (!until_ && options_.until_end) until_ = ends;
  if (bulk_pays(distance(position(), ends))) fill(ends);
  remove_leftovers(bulk::Keep::kRebuild);  // no fill will go on with one
  return follow(ends);
}

bool Run::asked() {
  if (!lock_.asked()) return false;
  if (!asked_at_) asked_at_ = std::chrono::steady_clock::now();
  return true;
}

void Run::hand_over() {
  messages_.end_progress();
  messages_.info(fmt::format("a rebuild takes over at {}", to_text(position())));
  shards_.clear();
  lock_.hand_over(interrupt_, [this] { report_.beat(); });
  remove_leftovers(bulk::Keep::kAll);
  open_shards();
}

void Run::hand_over_unopened() {
  messages_.info("a rebuild takes over");
  lock_.hand_over(interrupt_, [this] { report_.beat(); });
  asked_at_.reset();
}

void Run::say_that_it_goes_on() {
  if (!asked_at_) return;
  const auto pause = std::chrono::steady_clock::now() - *asked_at_;
  messages_.info(fmt::format("goes on in generation {} at {}, {:.0f} ms after it was asked",
                             store::raw(*directory_.current()), to_text(position()),
                             std::chrono::duration<double, std::milli>(pause).count()));
  asked_at_.reset();
}

Fault run(const RunOptions& options, const options::Interrupt& interrupt) {
  report::Messages messages(options.quiet);
  const store::ViewDirectory directory(options.views);
  directory.create();
  LiveLock lock(directory);
  report::RunReport report(directory.run_json(), messages);
  try {
    return Run(options, interrupt, directory, lock, messages, report).run();
  } catch (const Error& error) {
    messages.end_progress();
    if (is_stop(error)) {
      report.stopped();
      if (!options.until_end) return Fault::kNone;
    } else if (error.fault() == Fault::kUsage) {
      report.stopped();  // the command line is refused, not the log
    } else {
      report.refused(error);
    }
    throw;
  }
}

}  // namespace ledger::run
