#include <algorithm>
#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "query/views.h"
#include "schemas/base/error.h"
#include "schemas/base/time.h"
#include "schemas/store/run_state.h"

namespace ledger::query {

namespace {

constexpr std::chrono::milliseconds kPollInterval{10};

PositionVector at_vector(const Views& views, const PositionVector& asked) {
  PositionVector at = views.positions();
  for (const auto& [partition, offset] : asked) {
    check_partition(views, partition, "position vector");
    Offset& position = at[partition];
    if (offset > position) {
      throw Error(
          Fault::kNotFresh,
          fmt::format("as of {}:{}: the views stand at {}:{} only; wait for the projector "
                      "(--at-least {} --wait 5s)",
                      raw(partition), raw(offset), raw(partition), raw(position), to_text(asked)));
    }
    position = offset;
  }
  return at;
}

// `caught_up_ms`: NaN when no time is known. `trouble`: why not, "" when it has none.
[[noreturn]] void throw_too_late(double time_ms, double caught_up_ms, const std::string& trouble) {
  std::string known = trouble;
  if (known.empty()) {
    known = std::isnan(caught_up_ms) ? "the projector has not caught up with the log yet"
                                     : fmt::format(
                                           "the projector had folded all of the log up to "
                                           "{}",
                                           to_rfc3339(caught_up_ms));
  }
  throw Error(Fault::kNotFresh,
              fmt::format("as of {}: {}; ask for an earlier time, or start ledger-projector run",
                          to_rfc3339(time_ms), known));
}

// The caught-up time is read before the snapshots are taken: what it promises is in them.
PositionVector at_time(Views& views, double time_ms) {
  std::string trouble;
  const auto run = store::try_read_run_state(views.directory().run_json(), trouble);
  const double caught_up_ms = run ? run->caught_up_ms.value_or(NAN) : NAN;
  views.reopen();
  PositionVector at = views.positions();
  for (auto& [partition, position] : at) {
    store::KeptLogReader& log = views.kept_log(partition);
    const Offset first = log.first_at_or_after(time_ms);
    const bool known = first < log.end() || time_ms <= caught_up_ms;
    if (first > position || !known) throw_too_late(time_ms, caught_up_ms, trouble);
    position = first;
  }
  return at;
}

bool reaches(const Views& views, const PositionVector& least) {
  return std::all_of(least.begin(), least.end(), [&views](const auto& each) {
    check_partition(views, each.first, "position vector");
    return views.positions().at(each.first) >= each.second;
  });
}

}  // namespace

void check_partition(const Views& views, Partition partition, std::string_view what) {
  if (views.positions().contains(partition)) return;
  throw Error(
      Fault::kUsage,
      fmt::format("{}: partition {} is none of this ledger's {} partitions; the views stand "
                  "at {}",
                  what, raw(partition), views.positions().size(), to_text(views.positions())));
}

PositionVector resolve(Views& views, const AsOf& as_of) {
  if (const auto* vector = std::get_if<PositionVector>(&as_of)) return at_vector(views, *vector);
  if (const auto* time_ms = std::get_if<double>(&as_of)) return at_time(views, *time_ms);
  return views.positions();
}

void wait_for(Views& views, const PositionVector& least,
              std::chrono::steady_clock::time_point deadline) {
  while (!reaches(views, least)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw Error(
          Fault::kNotFresh,
          fmt::format("at least {}: the views stand at {}; wait longer (--wait), or look at "
                      "the projector with ledger-query status",
                      to_text(least), to_text(views.positions())));
    }
    views.release();
    std::this_thread::sleep_for(kPollInterval);
    views.reopen();
  }
}

}  // namespace ledger::query
