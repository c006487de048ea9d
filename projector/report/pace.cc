#include "projector/report/pace.h"

#include <algorithm>

namespace ledger::report {

Reading Pace::at(Clock::time_point now, const Progress& progress) {
  if (!counting_ || progress.done < last_done_) {
    counting_ = true;
    began_at_ = now;
    began_done_ = progress.done;
  }
  last_done_ = progress.done;
  const double seconds = std::chrono::duration<double>(now - began_at_).count();
  const uint64_t total = std::max(progress.total, progress.done);
  Reading reading;
  reading.share =
      total == 0 ? 1.0 : static_cast<double>(progress.done) / static_cast<double>(total);
  if (seconds > 0) {
    reading.events_per_second = static_cast<double>(progress.done - began_done_) / seconds;
  }
  reading.seconds_left = progress.seconds_left;
  if (progress.seconds_left) {
    const double whole = seconds + *progress.seconds_left;
    reading.share = whole > 0 ? seconds / whole : 1.0;
  } else if (reading.events_per_second > 0) {
    reading.seconds_left = static_cast<double>(total - progress.done) / reading.events_per_second;
  }
  return reading;
}

}  // namespace ledger::report
