// A ledger on an embedded broker with a living `run`, and rebuilds beside it.
#pragma once

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schemas/store/directory.h"
#include "tests/support/broker.h"
#include "tests/support/eventually.h"
#include "tests/support/generated.h"
#include "tests/support/process.h"
#include "tests/support/views/stands.h"

namespace ledger::test {

class LivingRun : public testing::Test {
 protected:
  static constexpr int kPartitions = 2;
  static constexpr const char* kEvents = "9000";
  static constexpr size_t kLater = 500;  // of them sent after the hand-over

  LivingRun() : broker_(kPartitions), views_(folder_.path() / "views"), directory_(views_) {
    lines_ = lines_of(generated({"--events", kEvents, "--duplicates", "0.03"}));
    send(0, lines_.size() - kLater);
    start_run();
    wait_for_run();
  }

  void send(size_t first, size_t limit) const {
    broker_.send(std::span(lines_).subspan(first, limit - first));
  }

  std::vector<std::string> run_command(const std::filesystem::path& views) const {
    return {program("ledger-projector"), "run",     "--brokers",
            broker_.address(),           "--views", views.string()};
  }
  void start_run() { run_.emplace(run_command(views_)); }

  // What an undisturbed run makes of the log as it is by now.
  std::map<Partition, Stand> expected() const {
    const auto views = folder_.path() / "undisturbed";
    std::vector<std::string> argv = run_command(views);
    argv.insert(argv.end(), {"--until-end", "-q"});
    const Finished whole = run(argv);
    EXPECT_EQ(whole.code, 0) << whole.err;
    return stands(views);
  }

  void wait_for_run() const {
    const auto wanted = expected();
    ASSERT_TRUE(eventually([&] { return stands(views_) == wanted; }))
        << "the run does not reach the end";
  }

  std::vector<std::string> rebuild_command() const {
    return {program("ledger-projector"), "rebuild", "--views", views_.string()};
  }
  // A rebuild that gets a signal at one call; see tests/support/crash_point.
  Process rebuild_until(const std::string& point, int signal) const {
    return Process(rebuild_command(),
                   {.environment = {"LD_PRELOAD=" + program("ledger-crash-point.so"),
                                    fmt::format("LEDGER_CRASH_AT={}:{}", point, signal)}});
  }

  // Continues one that was stopped, as often as it meets the call again. Returns: its exit code.
  static int go_on(Process& rebuild) {
    eventually([&] {
      if (!rebuild.running()) return true;
      rebuild.signal(SIGCONT);
      return false;
    });
    return rebuild.wait();
  }

  void wait_for_handover() const {
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(directory_.handover()); }))
        << "no hand-over was asked for";
  }

  // The run that lives folds what comes, another rebuild succeeds beside it, nothing is left over.
  void expect_that_all_goes_on() {
    send(lines_.size() - kLater, lines_.size());
    wait_for_run();
    const auto before = directory_.current();
    const Finished rebuilt = run(rebuild_command());
    EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
    EXPECT_TRUE(run_->wait_for_error("goes on in generation"));
    EXPECT_GT(directory_.current(), before);
    EXPECT_EQ(stands(views_), expected());
    run_->signal(SIGTERM);
    EXPECT_EQ(run_->wait(), 0) << run_->rest_of_stderr();
    EXPECT_EQ(stands(views_), expected());
    expect_no_leftovers();
  }

  void expect_no_leftovers() const {
    const store::Generation live = directory_.current().value();
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(views_)) {
      names.insert(entry.path().filename());
    }
    const auto folder = [&](store::Generation generation) {
      return directory_.generation(generation).filename().string();
    };
    const store::Generation previous = directory_.generations().front();
    EXPECT_EQ(names, (std::set<std::string>{"build.lock", "current", folder(previous), folder(live),
                                            "log", "run.json", "writer.lock"}));
    EXPECT_EQ(directory_.partitions(live).size(), static_cast<size_t>(kPartitions));
  }

  EmbeddedBroker broker_;
  TempDir folder_{memory_directory()};
  std::filesystem::path views_;
  store::ViewDirectory directory_;
  std::vector<std::string> lines_;
  std::optional<Process> run_;
};

}  // namespace ledger::test
