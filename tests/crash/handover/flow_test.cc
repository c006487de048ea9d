// Rebuilds while events flow: none is lost, positions never go back (P5), readers follow.
#include <atomic>
#include <regex>

#include "schemas/base/ids.h"
#include "tests/crash/handover/living_run.h"

namespace ledger::test {
namespace {

constexpr int kRebuilds = 3;
constexpr size_t kPortion = 2;  // lines
constexpr std::chrono::milliseconds kPause{40};

class Flow : public LivingRun {
 protected:
  // Sends the later lines in portions until told to stop, then the rest at once.
  void send_slowly(const std::atomic<bool>& stop) const {
    Process sender({program("ledger-emit"), "send", "--brokers", broker_.address()});
    size_t next = lines_.size() - kLater;
    while (next < lines_.size()) {
      std::string text;
      for (size_t i = 0; i < kPortion && next < lines_.size(); ++i) text += lines_[next++] + '\n';
      sender.write(text);
      if (!stop) std::this_thread::sleep_for(kPause);
    }
    sender.close_stdin();
    EXPECT_EQ(sender.wait(), 0) << sender.rest_of_stderr();
  }

  // Asks for the status until told to stop. Returns: how many answers there were.
  int poll(const std::atomic<bool>& stop) const {
    int answers = 0;
    int64_t sum_before = 0;
    const std::regex position(R"re("position":"([0-9:,]+)")re");
    while (!stop) {
      const Finished status =
          run({program("ledger-query"), "status", "-o", "json", "--views", views_.string()});
      EXPECT_EQ(status.code, 0) << status.err;
      std::smatch found;
      if (!std::regex_search(status.out, found, position)) {
        ADD_FAILURE() << status.out;
        return answers;
      }
      int64_t sum = 0;
      for (const auto& [partition, offset] : parse_position_vector(found[1].str())) {
        EXPECT_GE(offset, seen_[partition]) << "after " << answers << " answers";
        seen_[partition] = offset;
        sum += raw(offset);
      }
      moves_ += sum > sum_before ? 1 : 0;
      sum_before = sum;
      ++answers;
    }
    return answers;
  }

  // What run says of it; it names the pause.
  std::string next_hand_over() {
    while (const auto line = run_->read_error_line()) {
      if (line->find("goes on in generation") != std::string::npos) return *line;
    }
    ADD_FAILURE() << "the run does not go on";
    return {};
  }

  // The reader sees events of the generation that the run is in now.
  void wait_for_a_move() const {
    const int before = moves_;
    ASSERT_TRUE(eventually([&] { return moves_ != before; })) << "the reader stands still";
  }

  mutable PositionVector seen_;
  mutable std::atomic<int> moves_{0};
};

TEST_F(Flow, NoEventIsLostAndNoPositionGoesBackWhileRebuildsTakeOver) {
  std::atomic<bool> stop{false};
  int answers = 0;
  std::thread sender([&] { send_slowly(stop); });
  std::thread reader([&] { answers = poll(stop); });
  for (int i = 0; i < kRebuilds; ++i) {
    const Finished rebuilt = run(rebuild_command());
    EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
    fmt::print("{}\n", next_hand_over());
    wait_for_a_move();
  }
  stop = true;
  sender.join();
  reader.join();
  fmt::print("{} answers, {} moves\n", answers, moves_.load());
  wait_for_run();
  EXPECT_EQ(directory_.current(), store::Generation{1 + kRebuilds});
  expect_no_leftovers();
}

}  // namespace
}  // namespace ledger::test
