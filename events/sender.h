// Lines in, events to the log, one result line out per input line, in input order.
//
//   encoded line -> charge -> producer -> acknowledged -> result line
//   stops: end of input | invalid line | signal | brokers away too long | refused | full
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "events/ephemeral_budget.h"
#include "events/line_encoder.h"
#include "events/log/patience.h"
#include "events/producer.h"
#include "schemas/base/error.h"
#include "schemas/base/json_text.h"
#include "schemas/options/interrupt.h"
#include "schemas/options/output.h"
#include "schemas/options/progress.h"

namespace ledger::events {

struct SenderOptions {
  size_t queue_bytes = 0;  // no line is taken while this much is not acknowledged
  LineEncoder::Options lines;
};

// Source: contract, section 9, `send`.
class Sender {
 public:
  Sender(SenderOptions options, LineReader& input, Producer& producer, options::Output& output,
         log::Patience& patience, const options::Interrupt& interrupt, options::Progress& progress);
  ~Sender();  // stops the producer, which points into what was read
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // `budget` bounds an ephemeral ledger; it outlives the sender.
  void limit_to(EphemeralBudget& budget) { budget_ = &budget; }

  // Calls `check` at every `period` while lines are sent; what it throws stops the sender.
  void check_every(std::chrono::seconds period, std::function<void()> check);

  // Returns: kNone, or kInvalidInput when a line was invalid. When it stops early, every line that
  // was taken still gets its result line first.
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

  bool step();
  bool may_take() const;
  bool take_lines();
  const EncodedLine* next_line();
  void take_line(const EncodedLine& line);
  void report();
  void report_unacknowledged();
  EncodedLine take_result();
  void write_acknowledged(const EncodedLine& line, const Producer::Acknowledged& acknowledged);
  void write_unacknowledged(const EncodedLine& line);
  void write_invalid(const EncodedLine& line);
  void begin_line(const EncodedLine& line);
  void end_line();
  void wait_for_more();
  void drain(std::chrono::milliseconds grace);

  size_t queue_bytes_;
  Producer& producer_;
  options::Output& output_;
  log::Patience& patience_;
  const options::Interrupt& interrupt_;
  options::Progress& progress_;
  EphemeralBudget* budget_ = nullptr;
  LineEncoder lines_;
  JsonWriter json_;
  // Lines are taken from the last batch, at `next_`, and reported from the first, at `reported_`.
  std::deque<std::unique_ptr<LineBatch>> batches_;
  size_t next_ = 0;
  size_t reported_ = 0;
  size_t waiting_ = 0;         // taken and not yet reported
  std::optional<Error> full_;  // an ephemeral ledger took all it can; the last line is not sent
  std::function<void()> check_;
  std::chrono::seconds period_{};
  Clock::time_point next_check_;
  std::string trouble_;
  uint64_t invalid_lines_ = 0;
  uint64_t first_invalid_ = 0;
  uint64_t reported_lines_ = 0;
  PositionVector positions_;
  PositionVector unknown_;
};

}  // namespace ledger::events
