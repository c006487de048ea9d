// The jobs over the changes have the shares of GENERATOR.md.
#include "tests/support/generate/timeline.h"

#include <algorithm>

#include "tests/unit/generate/contents.h"
#include "tests/unit/generate/shares.h"

namespace ledger::generate {
namespace {

using record::Status;

constexpr uint32_t kContents = 40'000;
constexpr double kHour = 3'600'000;
constexpr double kDay = 24 * kHour;

std::vector<std::vector<Entry>> statuses_by_job(const std::vector<Entry>& timeline,
                                                uint32_t contents) {
  std::vector<std::vector<Entry>> jobs(contents);
  for (const Entry& entry : timeline) {
    if (entry.kind == EntryKind::kStatus) jobs[entry.change].push_back(entry);
  }
  return jobs;
}

struct Counts {
  size_t scripts = 0;  // attempts
  size_t scripts_failed = 0;
  size_t scripts_lost = 0;
  size_t speeches = 0;
  size_t speeches_failed = 0;
  size_t speeches_lost = 0;
  size_t late = 0;
  size_t hung = 0;
  size_t waited = 0;
  size_t attempts_most = 0;

  void add(double created, const std::vector<Entry>& job) {
    waited += job.front().time - created > kHour ? 1U : 0U;
    for (size_t i = 0; i < job.size(); ++i) {
      const bool last = i + 1 == job.size();
      attempts_most = std::max(attempts_most, size_t{job[i].attempt});
      if (job[i].status == Status::kGeneratingScript) {
        ++scripts;
        scripts_failed += !last && job[i + 1].status == Status::kFailed ? 1U : 0U;
        scripts_lost += !last && job[i + 1].status == Status::kPending ? 1U : 0U;
      } else if (job[i].status == Status::kGeneratingSpeech) {
        ++speeches;
        hung += last ? 1U : 0U;
        late += !last && job[i + 1].time - job[i].time > kDay ? 1U : 0U;
        speeches_failed += !last && job[i + 1].status == Status::kFailed ? 1U : 0U;
        speeches_lost += !last && job[i + 1].status == Status::kPending ? 1U : 0U;
      }
    }
  }
};

TEST(Timeline, JobsFailHangAndWaitAsOftenAsDocumented) {
  const Changes changes = created_once(kContents);
  const auto jobs = statuses_by_job(make_timeline(changes, 1, true, 42), kContents);
  Counts counts;
  for (uint32_t i = 0; i < kContents; ++i) {
    ASSERT_FALSE(jobs[i].empty());
    counts.add(changes.all[i].time, jobs[i]);
  }
  expect_share("script fails", counts.scripts_failed, counts.scripts, 0.02);
  expect_share("worker lost at the script", counts.scripts_lost, counts.scripts, 0.98 * 0.01);
  expect_share("hangs for ever", counts.hung, counts.speeches, 0.005);
  expect_share("answers after weeks", counts.late, counts.speeches, 0.005 * std::exp(-1.0 / 30));
  expect_share("speech fails", counts.speeches_failed, counts.speeches - counts.hung, 0.06);
  expect_share("worker lost at the speech", counts.speeches_lost, counts.speeches - counts.hung,
               0.94 * 0.01);
  expect_share("waits for days", counts.waited, kContents, 0.05 * std::exp(-1.0 / 48));
  EXPECT_EQ(counts.attempts_most, 4u);
}

TEST(Timeline, IsByTimeAndChangesComeBeforeStatuses) {
  Changes changes = created_once(2000);
  const std::vector<Entry> timeline = make_timeline(changes, 3, true, 7);
  const auto before = [](const Entry& a, const Entry& b) {
    return std::pair(a.time, a.kind == EntryKind::kStatus) <
           std::pair(b.time, b.kind == EntryKind::kStatus);
  };
  EXPECT_TRUE(std::is_sorted(timeline.begin(), timeline.end(), before));
  const auto created = std::count_if(timeline.begin(), timeline.end(), [](const Entry& entry) {
    return entry.kind == EntryKind::kCreated;
  });
  EXPECT_EQ(created, 3 * 2000);
}

// The text of each content changes before its job is through.
TEST(Timeline, HalfOfTheWorkersGoOnWithATextThatChanged) {
  Changes changes = created_once(20'000);
  for (uint32_t i = 0; i < 10'000; ++i) {
    Change& next = changes.all[10'000 + i];
    next.kind = ChangeKind::kChanged;
    next.content = i;
    next.time = 1e12 + 10'000 + i;  // 10 s after
    changes.all[i].next = 10'000 + i;
  }
  const auto jobs = statuses_by_job(make_timeline(changes, 1, true, 42), 20'000);
  size_t jobs_late = 0;  // whose first step would come after the change
  size_t gone_on = 0;
  for (uint32_t i = 0; i < 10'000; ++i) {
    const bool began_in_time = !jobs[i].empty() && !jobs[i].front().stale;
    if (began_in_time) continue;  // the others would begin after the change
    ++jobs_late;
    gone_on += jobs[i].empty() ? 0U : 1U;
  }
  EXPECT_GT(jobs_late, 5'000u);
  expect_share("goes on", gone_on, jobs_late, 0.5);
}

TEST(Timeline, NoJobsNoStatuses) {
  const Changes changes = created_once(10);
  const std::vector<Entry> timeline = make_timeline(changes, 2, false, 42);
  EXPECT_EQ(timeline.size(), 20u);
  for (const Entry& entry : timeline) EXPECT_EQ(entry.kind, EntryKind::kCreated);
}

}  // namespace
}  // namespace ledger::generate
