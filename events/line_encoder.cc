#include "events/line_encoder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include <poll.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"
#include "schemas/base/start_threads.h"
#include "schemas/base/time.h"
#include "schemas/event/codec.h"
#include "schemas/event/partition.h"

namespace ledger::events {

namespace {

constexpr size_t kBatchesAhead = 4;
constexpr size_t kBatchBytes = size_t{256} * 1024;  // reached by a line that stays whole
constexpr size_t kBatchLines = 4096;                // invalid ones have no bytes

}  // namespace

LineEncoder::LineEncoder(LineReader& input, Options options)
    : input_(input),
      options_(std::move(options)),
      parser_(options_.defaults),
      thread_(start_thread([this](const std::stop_token& stop) { work(stop); })) {}

LineEncoder::~LineEncoder() {
  thread_.request_stop();
  stop_.set();
  thread_.join();
}

std::unique_ptr<LineBatch> LineEncoder::take() {
  const std::lock_guard lock(mutex_);
  ready_.clear();
  if (batches_.empty()) {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    return nullptr;
  }
  std::unique_ptr<LineBatch> batch = std::move(batches_.front());
  batches_.pop_front();
  taken_.notify_one();
  return batch;
}

bool LineEncoder::ended() const {
  const std::lock_guard lock(mutex_);
  return finished_ && batches_.empty() && !error_;
}

void LineEncoder::work(const std::stop_token& stop) {
  try {
    encode_all(stop);
    finish(nullptr);
  } catch (...) {
    finish(std::current_exception());
  }
}

void LineEncoder::encode_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto batch = std::make_unique<LineBatch>();
    try {
      encode_lines(*batch);
    } catch (const Error&) {  // no randomness for an eventId
      give(std::move(batch), stop);
      throw;
    }
    if (!batch->lines.empty()) {
      give(std::move(batch), stop);
    } else if (input_.ended() || !wait_for_input()) {
      return;
    } else {
      input_.fill();
    }
    if (invalid_) return;
  }
}

// Returns: false when the encoder is told to stop.
bool LineEncoder::wait_for_input() const {
  std::array<pollfd, 2> fds = {pollfd{input_.fd(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
  while (poll(fds.data(), fds.size(), -1) < 0) {
    LEDGER_ASSERT(errno == EINTR || errno == ENOMEM, "poll: {}", std::strerror(errno));
  }
  return fds[1].revents == 0;
}

void LineEncoder::encode_lines(LineBatch& batch) {
  const double now_ms = now_unix_ms();
  while (!invalid_ && batch.bytes.size() < kBatchBytes && batch.lines.size() < kBatchLines) {
    const std::optional<Line> line = input_.next();
    if (!line) return;
    batch.lines.push_back(encode_line(*line, now_ms, batch.bytes));
    invalid_ = batch.lines.back().error != nullptr && !options_.skip_invalid;
  }
}

EncodedLine LineEncoder::encode_line(const Line& line, double now_ms, std::string& bytes) {
  EncodedLine out;
  out.number = line.number;
  auto parsed = parse(parser_, line, now_ms);
  if (auto* wrong = std::get_if<event::LineError>(&parsed)) {
    out.error = std::make_unique<event::LineError>(std::move(*wrong));
    return out;
  }
  const auto& event = std::get<event::Event>(parsed);
  const std::string_view key = event::content_id(event.payload);
  out.partition = event::partition_of(key, options_.partition_count);
  out.event_id = event.event_id;
  out.at = bytes.size();
  out.key_bytes = static_cast<uint32_t>(key.size());
  bytes.append(key);
  event::encode(event, bytes);
  out.value_bytes = static_cast<uint32_t>(bytes.size() - out.at - key.size());
  return out;
}

void LineEncoder::give(std::unique_ptr<LineBatch> batch, const std::stop_token& stop) {
  if (batch->lines.empty()) return;
  std::unique_lock lock(mutex_);
  if (!taken_.wait(lock, stop, [&] { return batches_.size() < kBatchesAhead; })) return;
  batches_.push_back(std::move(batch));
  ready_.set();
}

void LineEncoder::finish(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  finished_ = true;
  ready_.set();
}

}  // namespace ledger::events
