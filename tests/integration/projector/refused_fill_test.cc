// A fill whose log refuses to be read on: what of it is published, and that the refusal is told.
#include <dlfcn.h>

#include <atomic>
#include <csignal>
#include <deque>
#include <thread>

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include "projector/run/run.h"
#include "schemas/store/directory.h"
#include "tests/integration/projector/scenario.h"
#include "tests/support/store/store_samples.h"

namespace ledger::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr int kEvents = 3000;
constexpr size_t kBulkFrom = 1000;
constexpr size_t kMemory = size_t{64} << 20;
constexpr milliseconds kFetchWait{10};  // for a full array, which never comes
constexpr milliseconds kTick{5};
// After the build has written all, it is to notice that. On a machine too busy for either the
// refusal comes earlier, which is to end alike.
constexpr milliseconds kNoticed{300};
constexpr std::chrono::seconds kWritten{10};

// Between librdkafka and the one feed of a run: events from `hole` on have offsets as if one were
// missing there.
struct Fetching {
  int64_t hole = 0;
  bool together = false;  // all before the hole is held back until what is behind came
  std::function<void()> begun = [] {};    // before anything is fetched
  std::function<void()> fetched = [] {};  // before what was held back is handed out

  bool has_begun = false;
  bool hole_seen = false;
  std::deque<rd_kafka_message_t*> held = {};
};
Fetching* fetching = nullptr;  // of the run at hand

void note(Fetching& of, rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR || message.offset < of.hole) return;
  ++message.offset;
  of.hole_seen = true;
}

}  // namespace
}  // namespace ledger::test

// In place of librdkafka's, which it calls.
ssize_t rd_kafka_consume_batch_queue(rd_kafka_queue_t* queue, int timeout_ms,
                                     rd_kafka_message_t** messages, size_t size) {
  using namespace ledger::test;
  static auto* const real = reinterpret_cast<decltype(&rd_kafka_consume_batch_queue)>(
      dlsym(RTLD_NEXT, "rd_kafka_consume_batch_queue"));
  Fetching* const of = fetching;
  if (of == nullptr) return real(queue, timeout_ms, messages, size);
  if (!std::exchange(of->has_begun, true)) of->begun();
  const auto take = [&](int wait_ms) {
    const ssize_t count = real(queue, wait_ms, messages, size);
    for (ssize_t i = 0; i < count; ++i) note(*of, *messages[i]);
    return count;
  };
  if (of->together && !of->hole_seen) {
    while (!of->hole_seen) {
      const ssize_t count = take(static_cast<int>(kFetchWait.count()));
      for (ssize_t i = 0; i < count; ++i) of->held.push_back(messages[i]);
    }
    of->fetched();
  }
  if (of->held.empty()) return take(timeout_ms);
  ssize_t count = 0;
  for (; !of->held.empty() && static_cast<size_t>(count) < size; of->held.pop_front()) {
    messages[count++] = of->held.front();
  }
  return count;
}

namespace ledger::test {
namespace {

class RefusedFill : public testing::Test {
 protected:
  ~RefusedFill() override { fetching = nullptr; }

  // A run in this process, to what ends it.
  std::optional<Error> run(Fetching& between) const {
    fetching = &between;
    run::RunOptions options;
    options.connection = connection_to(scenario_.ledger().address(), scenario_.ledger().topic());
    options.views = scenario_.path();
    options.until_end = true;
    options.batch_events = 2 * kEvents;
    options.bulk_from = kBulkFrom;
    options.memory = kMemory;
    options.quiet = true;
    return store::error_of([&] { run::run(options, interrupt_); });
  }

  const options::Interrupt interrupt_;
  Scenario scenario_{BrokerKind::kEmbedded, 1};
  const store::ViewDirectory directory_{scenario_.path()};
};

// All is kept and folded, and the last of it not compared with the log yet.
TEST_F(RefusedFill, InItsLastMomentIsPublishedAllTheSame) {
  scenario_.send(filled(play_lines(kEvents)));
  Process sending(scenario_.ledger().send_command());
  Fetching between;
  between.hole = kEvents + 1;
  between.together = true;
  // Behind the ends that the run saw.
  between.begun = [&] { sending.write(filled(play_lines(1))); };
  between.fetched = [&] { scenario_.broker().signal(SIGSTOP); };
  std::jthread going_on([this] {
    const auto give_up = std::chrono::steady_clock::now() + kWritten;
    const fs::path written = directory_.root() / "gen-2" / "0.round-1";
    while (!fs::exists(written) && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(kTick);
    }
    std::this_thread::sleep_for(kNoticed);
    scenario_.broker().signal(SIGCONT);
  });
  const auto refusal = run(between);
  going_on.join();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->fault(), Fault::kIntegrity);
  EXPECT_THAT(refusal->what(), HasSubstr("--accept-gap 0:3001-3002"));
  EXPECT_EQ(scenario_.run_state().refusal->fault, Fault::kIntegrity);
  EXPECT_EQ(directory_.current(), store::Generation{2});
  EXPECT_FALSE(fs::exists(directory_.root() / "gen-1"));
  EXPECT_EQ(scenario_.position(), "0:3001");
  ASSERT_EQ(scenario_.catch_up({}, "one-by-one").code, 0);
  EXPECT_EQ(scenario_.position("one-by-one"), "0:3002");
}

// Else each start would write all of it once more for what little is new.
TEST_F(RefusedFill, NearItsStartLeavesTheGenerationThatIsThere) {
  scenario_.send(filled(play_lines(kEvents)));
  ASSERT_EQ(scenario_.catch_up().code, 0);
  scenario_.send(filled(play_lines(kEvents)));
  const std::string digests = scenario_.digests();
  Fetching between;
  between.hole = kEvents + 1 + static_cast<int64_t>(kBulkFrom) / 2;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refusal = run(between);
    ASSERT_TRUE(refusal);
    EXPECT_THAT(refusal->what(), HasSubstr("--accept-gap 0:3501-3502"));
    EXPECT_EQ(directory_.current(), store::Generation{1});
    EXPECT_TRUE(scenario_.digests() == digests);
  }
  between.hole = kEvents + 1 + static_cast<int64_t>(kBulkFrom);
  const auto refusal = run(between);
  ASSERT_TRUE(refusal);
  EXPECT_THAT(refusal->what(), HasSubstr("--accept-gap 0:4001-4002"));
  EXPECT_EQ(directory_.current(), store::Generation{2});
  EXPECT_EQ(scenario_.position(), "0:4001");
}

}  // namespace
}  // namespace ledger::test
