#include "events/sender.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "schemas/base/error.h"
#include "schemas/base/time.h"
#include "schemas/event/codec.h"
#include "schemas/event/partition.h"

namespace ledger::events {

namespace {

constexpr size_t kLinesPerStep = 500;      // then acknowledgements get their turn
constexpr size_t kResultsMax = 1'000'000;  // lines that wait for one before them
constexpr int kPollTimeoutMs = 100;
constexpr std::chrono::seconds kGraceAfterStop{2};

}  // namespace

Sender::Sender(SenderOptions options, LineReader& input, Producer& producer,
               options::Output& output, log::Patience& patience,
               const options::Interrupt& interrupt, options::Progress& progress)
    : options_(std::move(options)),
      input_(input),
      producer_(producer),
      output_(output),
      patience_(patience),
      interrupt_(interrupt),
      progress_(progress),
      parser_(options_.defaults),
      json_(output.buffer()) {}

void Sender::check_every(std::chrono::seconds period, std::function<void()> check) {
  period_ = period;
  check_ = std::move(check);
  next_check_ = Clock::now() + period;
}

Fault Sender::send_all() {
  try {
    while (step()) {
    }
  } catch (const Error& error) {
    progress_.clear();
    if (error.fault() != Fault::kFull) drain(kGraceAfterStop);
    report_unacknowledged();
    throw;
  }
  progress_.clear();
  return invalid_lines_ == 0 ? Fault::kNone : Fault::kInvalidInput;
}

// Returns: false when every line has its result.
bool Sender::step() {
  producer_.poll();
  report();
  if (producer_.failure()) throw *producer_.failure();
  if (interrupt_.requested()) throw Error(interrupt_.fault(), "interrupted");
  if (full_ && results_.front().kind == Kind::kUnsent) throw *full_;
  if (check_ && Clock::now() >= next_check_) {
    check_();
    next_check_ = Clock::now() + period_;
  }
  const bool more = take_lines();
  if ((stopped_ || input_.ended()) && results_.empty()) return false;
  if (!more) wait_for_more();
  return true;
}

bool Sender::may_read() const {
  return !stopped_ && !full_ && !input_.ended() && results_.size() < kResultsMax &&
         producer_.bytes_in_flight() < options_.queue_bytes;
}

// Returns: true when there may be further lines in memory.
bool Sender::take_lines() {
  for (size_t i = 0; i < kLinesPerStep; ++i) {
    if (!may_read()) return false;
    const std::optional<Line> line = input_.next();
    if (!line) return false;
    take_line(*line);
  }
  return true;
}

void Sender::take_line(const Line& line) {
  auto parsed =
      line.too_long
          ? std::variant<event::Event, event::LineError>(event::LineError{"", "is over 4 MiB"})
          : parser_.parse(line.text, now_unix_ms());
  if (auto* wrong = std::get_if<event::LineError>(&parsed)) {
    results_.push_back({line.number, Kind::kInvalid, {}, std::move(*wrong)});
    if (invalid_lines_++ == 0) first_invalid_ = line.number;
    stopped_ = !options_.skip_invalid;
    return;
  }
  const auto& event = std::get<event::Event>(parsed);
  const std::string_view key = event::content_id(event.payload);
  const Partition partition = event::partition_of(key, options_.partition_count);
  std::string value;
  event::encode(event, value);
  try {
    if (budget_ != nullptr) budget_->charge(partition, key.size(), value.size());
  } catch (const Error& error) {
    full_.emplace(error);
  }
  results_.push_back({line.number, full_ ? Kind::kUnsent : Kind::kSent, event.event_id, {}});
  if (!full_) producer_.send(partition, std::string(key), std::move(value));
}

// Writes the results that are next in input order.
void Sender::report() {
  bool any = false;
  while (!results_.empty()) {
    const Kind kind = results_.front().kind;
    if (kind == Kind::kUnsent) break;
    const auto acknowledged = kind == Kind::kSent ? producer_.take() : std::nullopt;
    if (kind == Kind::kSent && !acknowledged) break;
    if (acknowledged && budget_ != nullptr) {
      budget_->acknowledged(acknowledged->partition, acknowledged->offset);
    }
    const Result result = take_result();  // before it is written: see there
    ++reported_;
    any = true;
    if (acknowledged) {
      write_acknowledged(result, *acknowledged);
    } else {
      write_invalid(result);
    }
  }
  if (any || results_.empty()) patience_.progressed();
  if (!any) return;
  output_.flush();
  progress_.update(reported_);
}

void Sender::wait_for_more() {
  const bool reading = may_read();
  std::array<pollfd, 3> fds = {pollfd{producer_.fd(), POLLIN, 0},
                               pollfd{interrupt_.fd(), POLLIN, 0}, pollfd{input_.fd(), POLLIN, 0}};
  const bool waiting = !results_.empty();
  poll(fds.data(), reading ? 3 : 2, waiting || check_ ? kPollTimeoutMs : -1);
  if (reading && fds[2].revents != 0) input_.fill();
  if (!waiting || fds[0].revents != 0) return;
  const std::string trouble = producer_.trouble();
  if (!trouble.empty()) trouble_ = trouble;
  patience_.check(fmt::format("{} lines are not acknowledged{}{}", results_.size(),
                              trouble_.empty() ? "" : ": ", trouble_));
}

// Gives what is under way a last chance after a stop.
void Sender::drain(std::chrono::milliseconds grace) {
  const auto deadline = Clock::now() + grace;
  while (producer_.messages_in_flight() > 0 && Clock::now() < deadline) {
    pollfd ready{producer_.fd(), POLLIN, 0};
    poll(&ready, 1, kPollTimeoutMs);
    producer_.poll();
    report();
    if (producer_.failure()) return;
  }
}

void Sender::report_unacknowledged() {
  producer_.stop();
  while (!results_.empty()) {
    const Result result = take_result();
    if (result.kind == Kind::kInvalid) {
      write_invalid(result);
      continue;
    }
    const auto acknowledged =
        result.kind == Kind::kSent ? producer_.take_unfinished() : std::nullopt;
    if (acknowledged) {
      write_acknowledged(result, *acknowledged);
      continue;
    }
    begin_line(result.line);
    json_.key("eventId");
    json_.text(to_text(result.event_id));
    json_.key("error");
    json_.text("unacknowledged");
    end_line();
  }
  output_.flush();
}

// Why before its line is written: that may throw with the line in the buffer, and then the results
// would be one ahead of the producer's messages.
Sender::Result Sender::take_result() {
  Result result = std::move(results_.front());
  results_.pop_front();
  return result;
}

void Sender::write_acknowledged(const Result& result, const Producer::Acknowledged& acknowledged) {
  const Partition partition = acknowledged.partition;
  begin_line(result.line);
  json_.key("eventId");
  json_.text(to_text(result.event_id));
  json_.key("offset");
  if (acknowledged.offset) {
    const Offset position = next(*acknowledged.offset);
    json_.text(fmt::format("{}:{}", raw(partition), raw(*acknowledged.offset)));
    json_.key("position");
    json_.text(fmt::format("{}:{}", raw(partition), raw(position)));
    Offset& reached = positions_[partition];
    reached = std::max(reached, position);
  } else {
    json_.null();
    json_.key("position");
    json_.null();
    unknown_[partition] = {};
  }
  end_line();
}

void Sender::write_invalid(const Result& result) {
  begin_line(result.line);
  json_.key("error");
  json_.text("invalid");
  json_.key("field");
  json_.text(result.error.field);
  json_.key("reason");
  json_.text(result.error.reason);
  end_line();
}

void Sender::begin_line(uint64_t number) {
  json_.restart();
  json_.begin_object();
  json_.key("line");
  json_.integer(static_cast<int64_t>(number));
}

void Sender::end_line() {
  json_.end_object();
  output_.buffer().push_back('\n');
  output_.flush_if_large();
}

}  // namespace ledger::events
