// Lines of the input as values for the log, made by a thread of its own.
//
//   input -> line -> event -> value -> batch, in input order, a few batches ahead of take()
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "events/event_fd.h"
#include "events/line_reader.h"
#include "schemas/base/ids.h"
#include "schemas/event/json.h"

namespace ledger::events {

// A line that was read: an event for the log, or what is wrong with the line.
struct EncodedLine {
  uint64_t number = 0;  // from 1
  Partition partition{};
  Uuid event_id{};
  size_t at = 0;  // in LineBatch::bytes: of the key and then the value
  uint32_t key_bytes = 0;
  uint32_t value_bytes = 0;
  std::unique_ptr<event::LineError> error;  // instead of all but `number`
};

// Lines that one read of the input gave; of many or long ones a part.
struct LineBatch {
  std::string bytes;
  std::vector<EncodedLine> lines;

  std::string_view key(const EncodedLine& line) const {
    return std::string_view(bytes).substr(line.at, line.key_bytes);
  }
  std::string_view value(const EncodedLine& line) const {
    return std::string_view(bytes).substr(line.at + line.key_bytes, line.value_bytes);
  }
};

class LineEncoder {
 public:
  struct Options {
    event::LineDefaults defaults;
    int32_t partition_count = 0;
    bool skip_invalid = false;  // else the first invalid line is the last that is read
  };

  // Reads from `input` until the end of the encoder; `input` outlives it.
  // Throws: Error{kUnavailable} when there are no more threads.
  LineEncoder(LineReader& input, Options options);
  ~LineEncoder();  // stops reading
  LineEncoder(const LineEncoder&) = delete;
  LineEncoder& operator=(const LineEncoder&) = delete;

  // Returns: the next batch, with one line or more; null while there is none.
  // Throws: what stopped the reading, after the lines before it.
  std::unique_ptr<LineBatch> take();
  // Readable when something has happened since take() gave null.
  int fd() const { return ready_.get(); }
  bool ended() const;  // take() has given all there is

 private:
  void work(const std::stop_token& stop);
  void encode_all(const std::stop_token& stop);
  bool wait_for_input() const;
  void encode_lines(LineBatch& batch);
  EncodedLine encode_line(const Line& line, double now_ms, std::string& bytes);
  void give(std::unique_ptr<LineBatch> batch, const std::stop_token& stop);
  void finish(std::exception_ptr error);

  LineReader& input_;
  Options options_;
  event::LineParser parser_;
  EventFd ready_;
  EventFd stop_;
  bool invalid_ = false;  // a line was, and is the last

  mutable std::mutex mutex_;  // of all below
  std::condition_variable_any taken_;
  std::deque<std::unique_ptr<LineBatch>> batches_;
  std::exception_ptr error_;
  bool finished_ = false;
  std::jthread thread_;  // the last member: it uses all others
};

}  // namespace ledger::events
