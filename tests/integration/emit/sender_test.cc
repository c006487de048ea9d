// The sender inside this process, with a reader of its results that is under the test's control.
#include "events/sender.h"

#include <fstream>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/ledger.h"

namespace ledger::events {
namespace {

// A pipe that takes one page before it blocks.
class SmallPipe {
 public:
  SmallPipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) ADD_FAILURE() << "pipe";
    ::fcntl(ends_[1], F_SETPIPE_SZ, 4096);
  }
  ~SmallPipe() {
    close_writer();
    ::close(ends_[0]);
  }
  SmallPipe(const SmallPipe&) = delete;
  SmallPipe& operator=(const SmallPipe&) = delete;

  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  // Reads once. Returns: false at the end.
  bool take() {
    char bytes[4096];
    const ssize_t count = ::read(ends_[0], bytes, sizeof bytes);
    if (count > 0) text_.append(bytes, static_cast<size_t>(count));
    return count > 0;
  }
  const std::string& text() const { return text_; }

 private:
  int ends_[2] = {-1, -1};
  std::string text_;
};

constexpr int kLines = 1200;  // their result lines are several times what Output keeps

// All of one content, so that the brokers take them as one batch and acknowledge it as one.
std::string lines_file(const test::TempDir& folder) {
  const std::string path = (folder.path() / "events.ndjson").string();
  std::ofstream file(path);
  const std::string line = test::play_lines(1);
  for (int i = 0; i < kLines; ++i) file << line;
  return path;
}

// Sends with a reader that is stalled when the first results come, and stops the sender then.
// Why on a thread of its own: the signals that Interrupt blocks stay blocked for what a thread
// starts.
void send_to_a_stalled_reader(const log::Connection& connection, const std::string& file,
                              SmallPipe& results) {
  const options::Interrupt interrupt;
  log::Patience patience("test", interrupt, true, test::kBound);
  Producer producer(connection);
  bool stalled = true;
  options::Output output(results.writer(), [&] {
    if (!stalled) {
      results.take();
      return;
    }
    stalled = false;
    throw Error(Fault::kTerminated, "interrupted");
  });
  options::Progress progress("test", "lines", true);
  LineReader input(open_input(file));
  SenderOptions options;
  options.queue_bytes = size_t{64} << 20;
  options.lines.partition_count = 1;
  Sender sender(options, input, producer, output, patience, interrupt, progress);
  try {
    sender.send_all();
    ADD_FAILURE() << "not stopped";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kTerminated);
  }
  EXPECT_EQ(sender.positions().at(Partition{0}), Offset{kLines + 1});
}

TEST(Sender, AStopBetweenTwoWritesLosesRepeatsAndShiftsNoResultLine) {
  const test::EmbeddedBroker broker(1, "stalled");
  const test::TempDir folder;
  log::Connection connection = test::connection_to(broker.address(), "stalled");
  connection.properties.emplace_back("linger.ms", "500");
  SmallPipe results;
  std::thread([&] {
    send_to_a_stalled_reader(connection, lines_file(folder), results);
    results.close_writer();
  }).join();
  while (results.take()) {
  }

  const std::vector<std::string> lines = test::lines_of(results.text());
  ASSERT_EQ(lines.size(), size_t{kLines});
  for (size_t i = 0; i < lines.size(); ++i) {
    ASSERT_EQ(test::member(lines[i], "line"), std::to_string(i + 1));
    ASSERT_EQ(test::member(lines[i], "offset"), fmt::format("0:{}", i + 1));
  }
}

constexpr const char* kTopic = "content-audio-events";  // to which EmbeddedBroker sends

// Why another broker for the budget: it cannot count what others wrote, however soon the
// acknowledgement comes.
TEST(Sender, ABudgetThatCannotCountStopsItAfterTheResultOfItsLine) {
  const log::Retry give_up = [](const std::string& why) { throw Error(Fault::kUnavailable, why); };
  const test::EmbeddedBroker broker(1, kTopic);
  auto other = std::make_unique<test::EmbeddedBroker>(1, kTopic);
  EphemeralBudget budget(test::connection_to(other->address(), kTopic), give_up, 1);
  other.reset();
  broker.send(test::play_lines(10));
  const test::TempDir folder;
  SmallPipe results;
  std::thread([&] {
    const options::Interrupt interrupt;
    log::Patience patience("test", interrupt, true, test::kBound);
    Producer producer(test::connection_to(broker.address(), kTopic));
    options::Output output(results.writer(), [&] { results.take(); });
    options::Progress progress("test", "lines", true);
    LineReader input(open_input(lines_file(folder)));
    SenderOptions options;
    options.queue_bytes = 1;  // one line after another
    options.lines.partition_count = 1;
    Sender sender(options, input, producer, output, patience, interrupt, progress);
    sender.limit_to(budget);
    try {
      sender.send_all();
      ADD_FAILURE() << "not stopped";
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kUnavailable);
    }
    results.close_writer();
  }).join();
  while (results.take()) {
  }
  const std::vector<std::string> lines = test::lines_of(results.text());
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(test::member(lines[0], "offset"), "0:11");
}

}  // namespace
}  // namespace ledger::events
