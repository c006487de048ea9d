#include "events/log/patience.h"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/options/output.h"

namespace ledger::log {

namespace {
constexpr std::chrono::milliseconds kPause{100};
constexpr std::chrono::seconds kNoteAfter{1};  // a hiccup is not worth a line
constexpr std::chrono::seconds kNoteEvery{10};
}  // namespace

Patience::Patience(std::string program, const options::Interrupt& interrupt, bool quiet,
                   std::optional<std::chrono::milliseconds> give_up_after)
    : program_(std::move(program)),
      interrupt_(interrupt),
      quiet_(quiet),
      give_up_after_(give_up_after) {}

void Patience::wait(const std::string& why) {
  check(why);
  interrupt_.wait(kPause);
}

void Patience::check(const std::string& why) {
  if (interrupt_.requested()) throw Error(interrupt_.fault(), "interrupted");
  const auto now = Clock::now();
  if (!since_) {
    since_ = now;
    next_note_ = now + kNoteAfter;
  }
  if (give_up_after_ && now - *since_ >= *give_up_after_) {
    throw Error(Fault::kUnavailable,
                fmt::format("gave up after {} ms without an answer from the brokers: {}; start "
                            "them, check --brokers, or raise --give-up-after",
                            give_up_after_->count(), why));
  }
  if (quiet_ || now < next_note_) return;
  next_note_ = now + kNoteEvery;
  options::say(
      fmt::format("{}: waiting for brokers: {}\n", program_, options::printable_line(why)));
}

void Patience::progressed() { since_.reset(); }

}  // namespace ledger::log
