// What the projector says on stderr while it runs: log lines, and progress as a bar on a terminal
// or a line per 10 s otherwise.
#pragma once

#include <memory>
#include <string>

#include "projector/report/pace.h"

namespace ledger::report {

// Safe from several threads.
class Messages {
 public:
  // `quiet`: nothing but errors, which the program's end prints.
  explicit Messages(bool quiet);
  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  void info(const std::string& text);
  void warn(const std::string& text);
  // Redraws the bar, or writes a line when 10 s have passed since the last one. `what` leads it.
  void progress(const std::string& what, const Progress& progress);
  void end_progress();  // of this step; removes the bar

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `[=====     ]  52 %  520000 of 1000000 events, 81000/s, 6 s left`; pure.
std::string progress_text(const Progress& progress, const Reading& reading, bool with_bar);

}  // namespace ledger::report
