#include "events/line_encoder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "schemas/base/assert.h"
#include "schemas/base/start_threads.h"
#include "schemas/base/time.h"
#include "schemas/event/codec.h"
#include "schemas/event/partition.h"

namespace ledger::events {

namespace {

constexpr size_t kBatchesAhead = 4;  // of one read each
constexpr size_t kBatchBytes = size_t{256} * 1024;

int make_eventfd() {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  LEDGER_ASSERT(fd >= 0, "eventfd: {}", std::strerror(errno));
  return fd;
}

}  // namespace

LineEncoder::LineEncoder(LineReader& input, Options options)
    : input_(input),
      options_(std::move(options)),
      parser_(options_.defaults),
      ready_fd_(make_eventfd()),
      stop_fd_(make_eventfd()),
      thread_(start_thread([this](const std::stop_token& stop) { work(stop); })) {}

LineEncoder::~LineEncoder() {
  thread_.request_stop();
  eventfd_write(stop_fd_, 1);
  thread_.join();
  ::close(stop_fd_);
  ::close(ready_fd_);
}

std::unique_ptr<LineBatch> LineEncoder::take() {
  const std::lock_guard lock(mutex_);
  eventfd_t unused = 0;
  eventfd_read(ready_fd_, &unused);
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
    encode_lines(*batch);
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
  std::array<pollfd, 2> fds = {pollfd{input_.fd(), POLLIN, 0}, pollfd{stop_fd_, POLLIN, 0}};
  while (poll(fds.data(), fds.size(), -1) <= 0) {
  }
  return fds[1].revents == 0;
}

void LineEncoder::encode_lines(LineBatch& batch) {
  const double now_ms = now_unix_ms();
  while (batch.bytes.size() < kBatchBytes) {
    const std::optional<Line> line = input_.next();
    if (!line || !encode_line(*line, now_ms, batch)) return;
  }
}

// Returns: false when it is the last to be read.
bool LineEncoder::encode_line(const Line& line, double now_ms, LineBatch& batch) {
  EncodedLine& out = batch.lines.emplace_back();
  out.number = line.number;
  auto parsed =
      line.too_long
          ? std::variant<event::Event, event::LineError>(event::LineError{"", "is over 4 MiB"})
          : parser_.parse(line.text, now_ms);
  if (auto* wrong = std::get_if<event::LineError>(&parsed)) {
    out.error = std::make_unique<event::LineError>(std::move(*wrong));
    invalid_ = !options_.skip_invalid;
    return !invalid_;
  }
  const auto& event = std::get<event::Event>(parsed);
  const std::string_view key = event::content_id(event.payload);
  out.partition = event::partition_of(key, options_.partition_count);
  out.event_id = event.event_id;
  out.at = batch.bytes.size();
  out.key_bytes = static_cast<uint32_t>(key.size());
  batch.bytes.append(key);
  event::encode(event, batch.bytes);
  out.value_bytes = static_cast<uint32_t>(batch.bytes.size() - out.at - key.size());
  return true;
}

void LineEncoder::give(std::unique_ptr<LineBatch> batch, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!taken_.wait(lock, stop, [&] { return batches_.size() < kBatchesAhead; })) return;
  batches_.push_back(std::move(batch));
  eventfd_write(ready_fd_, 1);
}

void LineEncoder::finish(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  finished_ = true;
  eventfd_write(ready_fd_, 1);
}

}  // namespace ledger::events
