#include "projector/report/run_report.h"

#include <cmath>
#include <utility>

#include <unistd.h>

#include "schemas/base/time.h"

namespace ledger::report {

namespace {

constexpr double kBeatMs = 1000;

double now_ms() { return std::floor(now_unix_ms()); }

// run.json is no view: one that cannot be read is simply written anew.
std::optional<store::RunState> earlier_state(const std::filesystem::path& path) {
  try {
    return store::read_run_state(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

RunReport::RunReport(std::filesystem::path path, Messages& messages)
    : path_(std::move(path)), messages_(messages) {
  if (const std::optional<store::RunState> earlier = earlier_state(path_)) {
    state_.refusal = earlier->refusal;
    state_.caught_up_ms = earlier->caught_up_ms;
  }
  state_.pid = getpid();
  state_.started_ms = now_ms();
  write();
}

void RunReport::write() {
  state_.heartbeat_ms = now_ms();
  try {
    store::write_run_state(path_, state_);
    warned_ = false;
  } catch (const Error& error) {
    if (!std::exchange(warned_, true)) messages_.warn(error.what());
  }
}

void RunReport::beat() {
  if (now_unix_ms() - state_.heartbeat_ms >= kBeatMs) write();
}

void RunReport::waits() {
  if (!waits_in_) waits_in_ = state_.phase;
  state_.phase = store::RunPhase::kWaitingForBrokers;
  beat();
}

void RunReport::waits_no_more() {
  if (waits_in_) state_.phase = *waits_in_;
  waits_in_.reset();
}

void RunReport::refused(const Error& error) {
  state_.phase = store::RunPhase::kRefused;
  state_.refusal = store::RunRefusal{now_ms(), error.fault(), error.what()};
  write();
}

void RunReport::stopped() {
  state_.phase = store::RunPhase::kStopped;
  write();
}

}  // namespace ledger::report
