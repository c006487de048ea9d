// Lines in, events to the log, one result line out per input line, in input order.
//
//   read -> parse -> charge -> producer -> acknowledged -> result line
//   stops: end of input | invalid line | signal | brokers away too long | refused | full
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "events/ephemeral_budget.h"
#include "events/line_reader.h"
#include "events/log/patience.h"
#include "events/producer.h"
#include "schemas/base/error.h"
#include "schemas/base/json_text.h"
#include "schemas/event/json.h"
#include "schemas/options/interrupt.h"
#include "schemas/options/output.h"
#include "schemas/options/progress.h"

namespace ledger::events {

struct SenderOptions {
  size_t queue_bytes = 0;  // no line is read while this much is not acknowledged
  bool skip_invalid = false;
  int32_t partition_count = 0;
  event::LineDefaults defaults;
};

// Source: contract, section 9, `send`.
class Sender {
 public:
  Sender(SenderOptions options, LineReader& input, Producer& producer, options::Output& output,
         log::Patience& patience, const options::Interrupt& interrupt, options::Progress& progress);

  // `budget` bounds an ephemeral ledger; it outlives the sender.
  void limit_to(EphemeralBudget& budget) { budget_ = &budget; }

  // Calls `check` at every `period` while lines are sent; what it throws stops the sender.
  void check_every(std::chrono::seconds period, std::function<void()> check);

  // Returns: kNone, or kInvalidInput when a line was invalid. When it stops early, every line that
  // was read still gets its result line first.
  // Throws: Error with the fault that stopped it; options::OutputClosed.
  Fault send_all();

  // The next offset of each partition that acknowledged a line.
  const PositionVector& positions() const { return positions_; }
  // Partitions with lines that were confirmed without an offset.
  const PositionVector& unknown_positions() const { return unknown_; }
  uint64_t invalid_lines() const { return invalid_lines_; }
  uint64_t first_invalid_line() const { return first_invalid_; }

 private:
  using Clock = std::chrono::steady_clock;
  enum class Kind : uint8_t { kSent, kInvalid, kUnsent };
  struct Result {
    uint64_t line = 0;
    Kind kind{};
    Uuid event_id{};
    event::LineError error;
  };

  bool step();
  bool may_read() const;
  bool take_lines();
  void take_line(const Line& line);
  void report();
  void report_unacknowledged();
  Result take_result();
  void write_acknowledged(const Result& result, const Producer::Acknowledged& acknowledged);
  void write_invalid(const Result& result);
  void begin_line(uint64_t number);
  void end_line();
  void wait_for_more();
  void drain(std::chrono::milliseconds grace);

  SenderOptions options_;
  LineReader& input_;
  Producer& producer_;
  options::Output& output_;
  log::Patience& patience_;
  const options::Interrupt& interrupt_;
  options::Progress& progress_;
  EphemeralBudget* budget_ = nullptr;
  event::LineParser parser_;
  JsonWriter json_;
  std::deque<Result> results_;  // of the lines that were read and not yet reported, in input order
  std::optional<Error> full_;   // an ephemeral ledger took all it can
  std::function<void()> check_;
  std::chrono::seconds period_{};
  Clock::time_point next_check_;
  std::string trouble_;
  bool stopped_ = false;  // by an invalid line
  uint64_t invalid_lines_ = 0;
  uint64_t first_invalid_ = 0;
  uint64_t reported_ = 0;
  PositionVector positions_;
  PositionVector unknown_;
};

}  // namespace ledger::events
