#include "events/sender.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/compile.h>
#include <fmt/format.h>
#include <poll.h>

#include "schemas/base/error.h"

namespace ledger::events {

namespace {

constexpr size_t kLinesPerStep = 500;      // then acknowledgements get their turn
constexpr size_t kWaitingMax = 1'000'000;  // lines that wait for one before them
constexpr int kPollTimeoutMs = 100;
constexpr std::chrono::seconds kGraceAfterStop{2};

}  // namespace

Sender::Sender(SenderOptions options, LineReader& input, Producer& producer,
               options::Output& output, log::Patience& patience,
               const options::Interrupt& interrupt, options::Progress& progress)
    : queue_bytes_(options.queue_bytes),
      producer_(producer),
      output_(output),
      patience_(patience),
      interrupt_(interrupt),
      progress_(progress),
      lines_(input, std::move(options.lines)),
      json_(output.buffer()) {}

Sender::~Sender() { producer_.stop(); }

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
    budget_ = nullptr;  // no line is sent any more
    if (error.fault() != Fault::kFull) drain(kGraceAfterStop);
    progress_.clear();
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
  if (full_ && waiting_ == 1) throw *full_;
  if (check_ && Clock::now() >= next_check_) {
    check_();
    next_check_ = Clock::now() + period_;
  }
  const bool more = take_lines();
  if (waiting_ == 0 && lines_.ended() && batches_.empty()) return false;
  if (!more) wait_for_more();
  return true;
}

bool Sender::may_take() const {
  return !full_ && waiting_ < kWaitingMax && producer_.bytes_in_flight() < queue_bytes_;
}

// Returns: true when there may be further lines in memory.
bool Sender::take_lines() {
  for (size_t i = 0; i < kLinesPerStep; ++i) {
    if (!may_take()) return false;
    const EncodedLine* line = next_line();
    if (line == nullptr) return false;
    take_line(*line);
  }
  return true;
}

// Returns: null while there is none.
const EncodedLine* Sender::next_line() {
  if (batches_.empty() || next_ == batches_.back()->lines.size()) {
    auto batch = lines_.take();
    if (batch == nullptr) return nullptr;
    batches_.push_back(std::move(batch));
    next_ = 0;
  }
  return &batches_.back()->lines[next_++];
}

void Sender::take_line(const EncodedLine& line) {
  ++waiting_;
  if (line.error) {
    if (invalid_lines_++ == 0) first_invalid_ = line.number;
    return;
  }
  try {
    if (budget_ != nullptr) budget_->charge(line.partition, line.key_bytes, line.value_bytes);
  } catch (const Error& error) {
    full_.emplace(error);
    return;
  }
  const LineBatch& batch = *batches_.back();
  producer_.send(line.partition, batch.key(line), batch.value(line));
}

// Writes the results that are next in input order.
void Sender::report() {
  bool any = false;
  while (waiting_ > (full_ ? 1 : 0)) {
    const bool invalid = batches_.front()->lines[reported_].error != nullptr;
    const auto acknowledged = invalid ? std::nullopt : producer_.take();
    if (!invalid && !acknowledged) break;
    const EncodedLine line = take_result();  // before it is written: see there
    ++reported_lines_;
    any = true;
    if (acknowledged) {
      write_acknowledged(line, *acknowledged);
    } else {
      write_invalid(line);
    }
    // Last, for it may ask the brokers, and throw.
    if (acknowledged && budget_ != nullptr) {
      budget_->acknowledged(acknowledged->partition, acknowledged->offset);
    }
  }
  if (any || waiting_ == 0) patience_.progressed();
  if (!any) return;
  output_.flush();
  progress_.update(reported_lines_);
}

void Sender::wait_for_more() {
  const bool taking = may_take();
  std::array<pollfd, 3> fds = {pollfd{producer_.fd(), POLLIN, 0},
                               pollfd{interrupt_.fd(), POLLIN, 0}, pollfd{lines_.fd(), POLLIN, 0}};
  poll(fds.data(), taking ? 3 : 2, waiting_ > 0 || check_ ? kPollTimeoutMs : -1);
  if (waiting_ == 0 || fds[0].revents != 0) return;
  const std::string trouble = producer_.trouble();
  if (!trouble.empty()) trouble_ = trouble;
  patience_.check(fmt::format("{} lines are not acknowledged{}{}", waiting_,
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
  while (waiting_ > 0) {
    const EncodedLine line = take_result();
    if (line.error) {
      write_invalid(line);
      continue;
    }
    const bool sent = !full_ || waiting_ > 0;
    const auto acknowledged = sent ? producer_.take_unfinished() : std::nullopt;
    if (acknowledged) {
      write_acknowledged(line, *acknowledged);
    } else {
      write_unacknowledged(line);
    }
  }
  output_.flush();
}

// Why before its line is written: that may throw with the line in the buffer, and then the results
// would be one ahead of the producer's messages.
EncodedLine Sender::take_result() {
  std::vector<EncodedLine>& lines = batches_.front()->lines;
  EncodedLine line = std::move(lines[reported_++]);
  --waiting_;
  if (reported_ == lines.size()) {
    batches_.pop_front();
    reported_ = 0;
  }
  return line;
}

void Sender::write_acknowledged(const EncodedLine& line,
                                const Producer::Acknowledged& acknowledged) {
  const Partition partition = acknowledged.partition;
  begin_line(line);
  json_.key("eventId");
  json_.text(to_text(line.event_id));
  json_.key("offset");
  if (acknowledged.offset) {
    const Offset position = next(*acknowledged.offset);
    json_.text(fmt::format(FMT_COMPILE("{}:{}"), raw(partition), raw(*acknowledged.offset)));
    json_.key("position");
    json_.text(fmt::format(FMT_COMPILE("{}:{}"), raw(partition), raw(position)));
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

void Sender::write_unacknowledged(const EncodedLine& line) {
  begin_line(line);
  json_.key("eventId");
  json_.text(to_text(line.event_id));
  json_.key("error");
  json_.text("unacknowledged");
  end_line();
}

void Sender::write_invalid(const EncodedLine& line) {
  begin_line(line);
  json_.key("error");
  json_.text("invalid");
  json_.key("field");
  json_.text(line.error->field);
  json_.key("reason");
  json_.text(line.error->reason);
  end_line();
}

void Sender::begin_line(const EncodedLine& line) {
  json_.restart();
  json_.begin_object();
  json_.key("line");
  json_.integer(static_cast<int64_t>(line.number));
}

void Sender::end_line() {
  json_.end_object();
  output_.buffer().push_back('\n');
  output_.flush_if_large();
}

}  // namespace ledger::events
