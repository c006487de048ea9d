#include "projector/run/live_lock.h"

#include <chrono>
#include <thread>

namespace ledger::run {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kTick{5};
// A rebuild holds the lock for its last step only, and lets go a moment after it has published.
constexpr milliseconds kPatience{5000};
constexpr const char* kPurpose = "another projector is at work";

}  // namespace

LiveLock::LiveLock(const store::ViewDirectory& directory) : directory_(directory) {
  const auto until = Clock::now() + kPatience;
  while (!(lock_ = store::FileLock::try_take(directory_.writer_lock()))) {
    if (!asked() || Clock::now() >= until) {
      lock_ = std::make_unique<store::FileLock>(directory_.writer_lock(), kPurpose);
      break;
    }
    std::this_thread::sleep_for(kTick);
  }
  taken();
}

// Whatever the last holder left is durable from here on.
void LiveLock::taken() const { store::fsync_path(directory_.root()); }

bool LiveLock::asked() const {
  std::error_code ignored;
  if (!std::filesystem::exists(directory_.handover(), ignored)) return false;
  const auto build_lock = store::FileLock::try_take(directory_.build_lock());
  if (!build_lock) return true;
  directory_.remove_handover();
  return false;
}

void LiveLock::hand_over(const options::Interrupt& interrupt, const std::function<void()>& tick) {
  const auto before = directory_.current();
  lock_.reset();
  auto until = Clock::now() + kPatience;
  while (true) {
    if (directory_.current() == before && asked()) {
      until = Clock::now() + kPatience;
    } else if ((lock_ = store::FileLock::try_take(directory_.writer_lock()))) {
      break;
    } else if (Clock::now() >= until) {
      lock_ = std::make_unique<store::FileLock>(directory_.writer_lock(), kPurpose);
      break;
    }
    if (interrupt.wait(kTick)) throw Error(interrupt.fault(), "interrupted");
    tick();
  }
  taken();
}

}  // namespace ledger::run
