// How far a long job is, on stderr: a line that is rewritten on a terminal, else a line per 10 s.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ledger::options {

class Progress {
 public:
  // `what` is counted: "lines". Says nothing when `quiet`, or while stdout shares the terminal.
  Progress(std::string program, std::string what, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap enough for every batch.
  void update(uint64_t done, std::optional<uint64_t> total = std::nullopt);
  void clear();  // removes the rewritten line, before other text goes to stderr

 private:
  using Clock = std::chrono::steady_clock;
  std::string program_;
  std::string what_;
  bool quiet_ = false;
  bool terminal_ = false;
  bool shown_ = false;
  uint64_t shown_done_ = 0;
  Clock::time_point started_;
  Clock::time_point next_;
};

}  // namespace ledger::options
