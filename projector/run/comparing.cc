#include "projector/run/comparing.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "schemas/base/start_threads.h"

namespace ledger::run {

namespace {
constexpr std::chrono::milliseconds kTick{50};  // between two looks for questions
}  // namespace

Comparing::Comparing(const std::vector<std::unique_ptr<Feed>>& feeds, Question question)
    : feeds_(feeds),
      question_(std::move(question)),
      thread_(start_thread([this](const std::stop_token& stop) { work(stop); })) {}

void Comparing::work(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    turn();
    stopped.wait_for(lock, stop, kTick, [] { return false; });
  }
}

// What is wrong a feed finds out itself, before it folds anything more, and says it.
void Comparing::turn() {
  std::vector<Feed*> asking;
  std::vector<consumer::Held> held;
  for (const auto& feed : feeds_) {
    if (auto question = feed->question()) {
      asking.push_back(feed.get());
      held.push_back(std::move(*question));
    }
  }
  if (asking.empty()) return;
  std::set<Partition> differ;
  LogAnswer answer = LogAnswer::kAgrees;
  try {
    differ = question_(held);
  } catch (const consumer::NotReachable&) {
    answer = LogAnswer::kNone;
  } catch (const Error&) {
    answer = LogAnswer::kDiffers;  // one of them at least
  }
  for (Feed* feed : asking) {
    feed->answer(differ.contains(feed->partition()) ? LogAnswer::kDiffers : answer);
  }
}

}  // namespace ledger::run
