// Keeps run.json: what the running projector says about itself once a second.
#pragma once

#include <filesystem>
#include <optional>

#include "projector/report/messages.h"
#include "schemas/store/run_state.h"

namespace ledger::report {

class RunReport {
 public:
  // Takes over the last refusal and the caught-up time of an earlier run; both stay true.
  // Precondition: the caller holds writer.lock. Lifetime: `messages` outlives it.
  RunReport(std::filesystem::path path, Messages& messages);

  store::RunState& state() { return state_; }
  // Stamps the heartbeat and replaces the file. A full disk stops no projector by this: it is
  // warned of once.
  void write();
  void beat();  // write(), once a second at most
  // Beats. The program waits for brokers between two steps, and then goes on with the step.
  void waits();
  void waits_no_more();
  void refused(const Error& error);
  void stopped();

 private:
  std::filesystem::path path_;
  Messages& messages_;
  store::RunState state_;
  std::optional<store::RunPhase> waits_in_;
  bool warned_ = false;
};

}  // namespace ledger::report
