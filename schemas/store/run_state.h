// run.json: how far a running projector is, rewritten each second for `ledger-query status`. Not a
// view: it says what the last `run` saw, and answers lean on it only for the caught-up time.
//
//   {"pid":1,"state":"following","startedAt":…,"heartbeat":…,"caughtUp":…,
//    "partitions":[{"partition":0,"position":12,"end":12}],
//    "refusal":{"at":…,"exitCode":6,"message":"…"}}
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/error.h"
#include "schemas/base/ids.h"

namespace ledger::store {

enum class RunPhase : uint8_t {
  kStarting,
  kCatchingUp,
  kFollowing,
  kWaitingForBrokers,
  kRefused,
  kStopped
};
std::string_view to_text(RunPhase phase);  // "catching_up"; lifetime: static

struct RunPartition {
  Offset position{};          // committed
  std::optional<Offset> end;  // the log's end as last seen; nullopt: not seen by this run
  bool operator==(const RunPartition&) const = default;
};

struct RunRefusal {
  double at_ms = 0;
  Fault fault = Fault::kNone;
  std::string message;
  bool operator==(const RunRefusal&) const = default;
};

// Times are ms since the Unix epoch, by the projector's clock.
struct RunState {
  int64_t pid = 0;
  RunPhase phase = RunPhase::kStarting;
  double started_ms = 0;
  double heartbeat_ms = 0;
  // Every event whose log time is below this is folded, for all partitions: the time of the last
  // look at the ends at which each position had reached its end.
  std::optional<double> caught_up_ms;
  std::map<Partition, RunPartition> partitions;
  std::optional<RunRefusal> refusal;  // the last one, also of an earlier run
  bool operator==(const RunState&) const = default;
};

std::string to_json(const RunState& state);
// Throws: Error{kIntegrity} when `json` was not written by to_json().
RunState parse_run_state(std::string_view json);

// Returns: nullopt when there is no file. Throws: Error{kUnavailable} when it cannot be read;
// kIntegrity.
std::optional<RunState> read_run_state(const std::filesystem::path& path);
// As read_run_state; a file that cannot be read, or is damaged (a power cut may leave it empty),
// counts as none, for it is no view: `trouble` says why then.
std::optional<RunState> try_read_run_state(const std::filesystem::path& path, std::string& trouble);
// Replaces the file in one step (readers see the old or the new one); on a full disk it writes over
// the old one, where that has the room. Throws: Error{kUnavailable, kFull}.
void write_run_state(const std::filesystem::path& path, const RunState& state);

}  // namespace ledger::store
