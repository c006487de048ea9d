#include "tests/support/generate/timeline.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "tests/support/generate/random.h"

namespace ledger::generate {

namespace {

using record::Status;

constexpr int kAttemptsMax = 4;
constexpr double kSecond = 1000;  // times are ms
constexpr double kScriptFails = 0.02;
constexpr double kSpeechFails = 0.06;
constexpr double kWorkerLost = 0.01;
constexpr double kWorkerHangs = 0.01;
constexpr double kAnswersLate = 0.5;  // of those that hang
constexpr double kStaleGoesOn = 0.5;
constexpr double kWaitsLong = 0.05;  // for a voice's quota, say
constexpr double kLongWait = 2 * 86'400 * kSecond;
constexpr double kLateAnswer = 30 * 86'400 * kSecond;
constexpr double kWordsPerSecond = 40;  // of speech made, not of speech heard

// One job: the work on one voice of one text.
class Job {
 public:
  Job(const Changes& changes, uint32_t change, uint8_t voice, uint64_t seed,
      std::vector<Entry>& out)
      : changes_(changes),
        change_(change),
        voice_(voice),
        random_(mix(seed) ^ mix(uint64_t{change} << 8 | voice)),
        out_(out),
        time_(changes.all[change].time) {}

  void run();

 private:
  enum class Outcome : uint8_t { kDone, kAgain };
  Outcome attempt();
  void pass(double least_ms, double mean_ms) {
    time_ += std::floor(least_ms + random_.exponential(mean_ms)) + 1;
  }
  // Returns: false when the worker has noticed that its text is no longer the content's.
  bool put(Status status);
  double time_of(uint32_t change) const {
    return change == kNoChange ? HUGE_VAL : changes_.all[change].time;
  }

  const Changes& changes_;
  uint32_t change_;
  uint8_t voice_;
  Random random_;
  std::vector<Entry>& out_;
  double time_;
  uint8_t attempt_ = 0;
};

}  // namespace

std::vector<Entry> make_timeline(const Changes& changes, uint32_t voices, bool jobs,
                                 uint64_t seed) {
  std::vector<Entry> timeline;
  for (uint32_t i = 0; i < changes.all.size(); ++i) {
    const Change& change = changes.all[i];
    if (change.kind == ChangeKind::kChanged) {
      timeline.push_back({change.time, i, EntryKind::kChanged});
    }
    for (uint8_t voice = 0; voice < voices; ++voice) {
      if (change.kind == ChangeKind::kCreated) {
        timeline.push_back({change.time, i, EntryKind::kCreated, voice});
      } else if (change.kind == ChangeKind::kDeleted) {
        timeline.push_back({change.time, i, EntryKind::kDeleted, voice});
      }
      if (jobs && change.kind != ChangeKind::kDeleted) Job(changes, i, voice, seed, timeline).run();
    }
  }
  std::stable_sort(timeline.begin(), timeline.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.time, a.kind == EntryKind::kStatus) <
           std::tuple(b.time, b.kind == EntryKind::kStatus);
  });
  return timeline;
}

namespace {

void Job::run() {
  pass(0, random_.chance(kWaitsLong) ? kLongWait : 40 * kSecond);
  while (attempt_ < kAttemptsMax) {
    ++attempt_;
    if (attempt() == Outcome::kDone) return;
    pass(0, 60 * kSecond * std::exp2(attempt_));  // the next one waits longer
  }
}

Job::Outcome Job::attempt() {
  if (!put(Status::kGeneratingScript)) return Outcome::kDone;
  pass(4 * kSecond, 20 * kSecond);
  if (random_.chance(kScriptFails)) return put(Status::kFailed) ? Outcome::kAgain : Outcome::kDone;
  if (random_.chance(kWorkerLost)) return put(Status::kPending) ? Outcome::kAgain : Outcome::kDone;

  if (!put(Status::kGeneratingSpeech)) return Outcome::kDone;
  if (random_.chance(kWorkerHangs)) {
    if (!random_.chance(kAnswersLate)) return Outcome::kDone;
    pass(0, kLateAnswer);
  }
  pass(3 * kSecond + changes_.all[change_].words / kWordsPerSecond * kSecond, 10 * kSecond);
  if (random_.chance(kSpeechFails)) return put(Status::kFailed) ? Outcome::kAgain : Outcome::kDone;
  if (random_.chance(kWorkerLost)) return put(Status::kPending) ? Outcome::kAgain : Outcome::kDone;

  put(Status::kCompleted);
  return Outcome::kDone;
}

bool Job::put(Status status) {
  const uint32_t next = changes_.all[change_].next;
  const bool stale = time_ >= time_of(next);
  if (stale) {
    // An older text can come back with a later change: nobody works for it that long.
    const bool long_gone = time_ >= time_of(changes_.all[next].next);
    if (long_gone || !random_.chance(kStaleGoesOn)) return false;
  }
  out_.push_back({time_, change_, EntryKind::kStatus, voice_, status, attempt_, stale});
  return true;
}

}  // namespace

}  // namespace ledger::generate
