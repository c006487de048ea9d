#include "events/line_encoder.h"

#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "schemas/base/error.h"
#include "schemas/event/codec.h"
#include "schemas/event/partition.h"

namespace ledger::events {
namespace {

constexpr int32_t kPartitions = 5;
constexpr int kPatienceMs = 20'000;

std::string line_of(int number) {
  return fmt::format(
      R"({{"actor":{{"kind":"user","id":"u"}},"source":"s/1","playRecorded":{{"userId":"u{0}",)"
      R"("contentAudioId":"a{0}","contentId":"c{0}","contentType":"article"}}}})"
      "\n",
      number);
}

// What a writer gives a line encoder through a pipe.
class LineEncoderOfAPipe : public testing::Test {
 protected:
  LineEncoderOfAPipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) ADD_FAILURE() << "pipe";
    input_.emplace(ends_[0]);
  }
  ~LineEncoderOfAPipe() override { close_writer(); }

  void start(bool skip_invalid = false) {
    encoder_.emplace(*input_, LineEncoder::Options{{}, kPartitions, skip_invalid});
  }
  void write(const std::string& text) {
    ASSERT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  // The next batch; null at the end.
  std::unique_ptr<LineBatch> next() {
    for (;;) {
      if (auto batch = encoder_->take()) return batch;
      if (encoder_->ended()) return nullptr;
      pollfd ready{encoder_->fd(), POLLIN, 0};
      if (poll(&ready, 1, kPatienceMs) != 1) {
        ADD_FAILURE() << "nothing came";
        return nullptr;
      }
    }
  }

  int ends_[2] = {-1, -1};
  std::optional<LineReader> input_;
  std::optional<LineEncoder> encoder_;
};

TEST_F(LineEncoderOfAPipe, EachLineIsItsEventInInputOrder) {
  start();
  for (int i = 1; i <= 100; ++i) write(line_of(i));
  close_writer();
  event::Decoder decoder;
  uint64_t number = 0;
  while (const auto batch = next()) {
    for (const EncodedLine& line : batch->lines) {
      ASSERT_EQ(line.number, ++number);
      ASSERT_EQ(line.error, nullptr);
      const std::string key = fmt::format("c{}", number);
      EXPECT_EQ(batch->key(line), key);
      EXPECT_EQ(line.partition, event::partition_of(key, kPartitions));
      const auto decoded = decoder.decode(batch->value(line));
      const auto& event = std::get<event::Event>(decoded);
      EXPECT_EQ(event.event_id, line.event_id);
      EXPECT_EQ(std::get<event::PlayRecorded>(event.payload).user_id, fmt::format("u{}", number));
    }
  }
  EXPECT_EQ(number, 100U);
}

TEST_F(LineEncoderOfAPipe, ALineIsGivenWhileTheInputStaysOpen) {
  start();
  write(line_of(1) + "{\"act");
  const auto batch = next();
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->lines.size(), 1U);
  EXPECT_FALSE(encoder_->ended());
}

TEST_F(LineEncoderOfAPipe, NothingIsReadBehindAnInvalidLine) {
  start();
  write(line_of(1) + "no JSON\n" + line_of(3));
  const auto batch = next();
  ASSERT_NE(batch, nullptr);
  ASSERT_EQ(batch->lines.size(), 2U);
  EXPECT_EQ(batch->lines[0].error, nullptr);
  ASSERT_NE(batch->lines[1].error, nullptr);
  EXPECT_EQ(batch->lines[1].error->reason, "is not a JSON object");
  EXPECT_EQ(next(), nullptr);
}

TEST_F(LineEncoderOfAPipe, InvalidLinesMayBeSkipped) {
  start(true);
  write("no JSON\n" + line_of(2));
  close_writer();
  const auto batch = next();
  ASSERT_NE(batch, nullptr);
  ASSERT_EQ(batch->lines.size(), 2U);
  EXPECT_NE(batch->lines[0].error, nullptr);
  EXPECT_EQ(batch->key(batch->lines[1]), "c2");
  EXPECT_EQ(next(), nullptr);
}

// In the pipe, once the encoder reads no more of it.
int unread_bytes(int fd) {
  int unread = -1;
  for (int before = -2; before != unread;) {
    before = unread;
    EXPECT_EQ(::ioctl(fd, FIONREAD, &unread), 0);
    poll(nullptr, 0, 200);
  }
  return unread;
}

TEST_F(LineEncoderOfAPipe, ReadsAFewBatchesAheadAndNoFurther) {
  start();
  ::fcntl(ends_[1], F_SETFL, O_NONBLOCK);
  const std::string line = line_of(1);
  size_t written = 0;
  for (int i = 0; i < 20; ++i) {  // until the pipe stays full
    while (::write(ends_[1], line.data(), line.size()) == static_cast<ssize_t>(line.size())) {
      written += line.size();
    }
    poll(nullptr, 0, 20);
  }
  EXPECT_GT(unread_bytes(ends_[0]), 0);
  EXPECT_LT(written, size_t{2} * 1024 * 1024);
  encoder_.reset();  // ends while it waits for room
}

TEST_F(LineEncoderOfAPipe, ABatchIsBoundedInLinesToo) {
  start(true);
  write(std::string(50'000, '\n'));
  close_writer();
  size_t lines = 0;
  while (const auto batch = next()) {
    EXPECT_LE(batch->lines.size(), 4096U);
    lines += batch->lines.size();
  }
  EXPECT_EQ(lines, 50'000U);
}

TEST_F(LineEncoderOfAPipe, EndsWhileItWaitsForInput) {
  start();
  write(line_of(1));
  ASSERT_NE(next(), nullptr);
  poll(nullptr, 0, 50);  // until it waits
  encoder_.reset();
}

TEST(LineEncoder, AReadErrorIsThrownByTake) {
  LineReader input(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  LineEncoder encoder(input, {{}, kPartitions, false});
  pollfd ready{encoder.fd(), POLLIN, 0};
  ASSERT_EQ(poll(&ready, 1, kPatienceMs), 1);
  EXPECT_FALSE(encoder.ended());
  EXPECT_THROW(encoder.take(), Error);
}

}  // namespace
}  // namespace ledger::events
