// Far behind: a new generation is made of the kept logs, while the feeds append to them what they
// do not have yet.
#include <fmt/format.h>

#include "projector/bulk/disk.h"
#include "projector/run/feeding_internal.h"

namespace ledger::run {

namespace {

// Measured, 1,000,000 on 5,000,000: a held event costs 1.6 us to copy, a new one 4 by the bulk and
// 23 by the live path; with 12 they are equal.
constexpr uint64_t kHeldPerBacklogMax = 8;
// Of the events, that tells how many bytes the log takes: the first may be large, as imports are.
constexpr uint64_t kPartToTell = 64;

}  // namespace

// One fill, by the main thread: it waits for the build, and for the feeds beside it.
class Run::Fill {
 public:
  Fill(Run& run, const PositionVector& ends) : run_(run), ends_(ends) {}
  Fill(const Fill&) = delete;
  Fill& operator=(const Fill&) = delete;

  // Returns: what ended the fetching before the ends, null if nothing did; all before it is
  // published.
  std::exception_ptr publish() {
    const store::Generation replaced = run_.directory_.current().value();
    const bool empty = distance({}, run_.position()) == 0;
    const bool fetches = distance(run_.kept_ends(), ends_) > 0;
    const size_t memory = run_.options_.memory;
    const size_t ahead = fetches ? std::min(run_.fetch_ahead_bytes(true), memory / 2) : 0;
    bulk::GenerationBuild build(run_.directory_, empty ? std::nullopt : bulk::Base(replaced),
                                {.what = "filling",
                                 .memory = memory - ahead,
                                 .threads = run_.options_.threads,
                                 .tick = [this] { tick(); },
                                 .more_comes = [this] { return more_comes_.load(); },
                                 .fetch_left = [this] { return fetch_left(); },
                                 .ends = [this](Partition p) { return ends_.at(p); }},
                                run_.messages_, run_.interrupt_);
    // Behind the build: that tries what is left in a child, which must not come from many threads.
    if (fetches) feeding_.emplace(run_, Feeding::Mode::kKeep, "", ends_);
    more_comes_ = fetches;
    build.fold_to([this](const auto& shard) { return ends_.at(shard.partition()); });
    if (feeding_) build.leave_if_unavailable([this] { fetch_rest(); });
    const PositionVector filled = build.place();
    bulk::note_replaced(run_.directory_, build.generation(), replaced);
    build.publish(filled);
    return refusal_;
  }

 private:
  void tick() {
    if (!feeding_) return run_.report_.beat();
    feeding_->tick(ends_);
    if (!room_seen_) look_at_room();
    if (feeding_->failed() || feeding_->whole()) end_feeding();
  }

  // Once a part of the log is kept, whether the disk will hold the rest of it. What the others take
  // may differ, so it goes on; it ends when the disk is full.
  void look_at_room() {
    const uint64_t kept = kept_before_ + feeding_->kept();
    const uint64_t left = feeding_->left(ends_);
    if (kept < std::max(bulk::kEventsToTell, (kept + left) / kPartToTell)) return;
    room_seen_ = true;
    const auto free = bulk::bytes_free(run_.directory_.root());
    const auto kept_bytes = static_cast<double>(bulk::bytes_under(run_.directory_.root() / "log"));
    const bulk::Space needed =
        bulk::space_needed({{.fetched = left}}, {.log = kept_bytes / static_cast<double>(kept)}, 0);
    if (!free || *free >= needed.log) return;
    run_.messages_.warn(fmt::format(
        "filling: the rest of the log needs about {} MiB, as {} events tell, and the views more; "
        "{} has {} MiB free; free some, or it ends when the disk is full",
        needed.log >> 20, kept, run_.directory_.root().string(), *free >> 20));
  }

  double fetch_left() const { return feeding_ ? feeding_->seconds_left(ends_) : 0; }

  // All that is to be folded is kept, and the last of it not compared with the log yet.
  void fetch_rest() {
    const bool reached = feeding_->wait(ends_);
    if (!reached && !feeding_->failed()) throw Error(run_.interrupt_.fault(), "interrupted");
    end_feeding();
  }

  // What is kept before a refusal is the log's if that says so; else nothing of it is published.
  // Nor is it when it is little beside what is held: each start would copy that.
  void end_feeding() {
    try {
      feeding_->stop();
    } catch (const Error& error) {
      if (error.fault() == Fault::kFull) throw;
      const bool pays = run_.bulk_pays(distance(run_.position(), run_.kept_ends()));
      if (!pays || !run_.agrees()) throw;
      refusal_ = std::current_exception();
    }
    more_comes_ = false;
    feeding_.reset();
  }

  Run& run_;
  const PositionVector& ends_;
  std::atomic<bool> more_comes_{false};
  const uint64_t kept_before_ = distance({}, run_.kept_ends());
  bool room_seen_ = false;
  std::optional<Feeding> feeding_;
  std::exception_ptr refusal_;
};

bool Run::bulk_pays(uint64_t backlog) const {
  if (no_room_) return false;
  const uint64_t held = distance({}, position());
  return backlog >= options_.bulk_from && backlog * kHeldPerBacklogMax >= held;
}

void Run::fill(const PositionVector& ends) {
  auto building = store::FileLock::try_take(directory_.build_lock());
  if (!building) {
    fetch(ends);
    building = store::FileLock::try_take(directory_.build_lock());
    if (!building) return;
  }
  directory_.remove_handover();  // of one that died: who asks has build.lock
  std::exception_ptr refusal;
  try {
    refusal = Fill(*this, ends).publish();
  } catch (const Error& error) {
    if (error.fault() != Fault::kFull) throw;
    messages_.warn(fmt::format("{}; going on event by event", error.what()));
    no_room_ = true;
  }
  shards_.clear();
  bulk::remove_replaced(directory_);
  if (refusal) std::rethrow_exception(refusal);
  open_shards();
}

void Run::fetch(const PositionVector& ends) {
  const bool reached = Feeding(*this, Feeding::Mode::kKeep, "fetching", ends).follow(ends);
  if (!reached) throw Error(interrupt_.fault(), "interrupted");
}

PositionVector Run::kept_ends() const {
  PositionVector ends;
  for (const auto& shard : shards_) ends[shard->partition()] = shard->kept_end();
  return ends;
}

// Whether what is kept is what the log has; false also when the brokers do not answer.
bool Run::agrees() {
  try {
    for (const auto& shard : shards_) guards_.check(shard->held());
    return true;
  } catch (const consumer::NotReachable&) {
    return false;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ledger::run
