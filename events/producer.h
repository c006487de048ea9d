// Sends events to the log: never dropped, never reordered within a partition.
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/event_fd.h"
#include "events/log/instance.h"
#include "schemas/base/error.h"
#include "schemas/base/ids.h"

struct rd_kafka_topic_s;  // rd_kafka_topic_t

namespace ledger::events {

// An idempotent producer (acks=all, no message timeout) that knows what is not acknowledged.
// Why: after a fatal producer error the only way on is a new instance that resends from the first
// unacknowledged message; those that had arrived already are duplicates, which event ids settle.
class Producer {
 public:
  explicit Producer(const log::Connection& connection);
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Queues one event; its place in the order of take() is the order of the calls.
  // Lifetime: `key` and `value` are not copied: they live until take() of the message, or stop().
  void send(Partition partition, std::optional<std::string_view> key, std::string_view value);
  template <std::same_as<std::string> Dying>
  void send(Partition partition, std::optional<std::string_view> key, Dying&& value) = delete;
  template <std::same_as<std::string> Dying>
  void send(Partition partition, Dying&& key, std::string_view value) = delete;

  // Serves librdkafka; never blocks. Throws: nothing; see failure().
  void poll();
  // Readable when poll() has something to do; it takes what is to be read.
  int fd() const { return ready_.get(); }

  // The oldest message that was not taken yet.
  struct Acknowledged {
    Partition partition{};
    std::optional<Offset> offset;  // unknown for a retry that the broker had already
  };
  // Returns: nullopt while the oldest is not acknowledged.
  std::optional<Acknowledged> take();

  // Ends the instance, once: what is not acknowledged by now never will be.
  void stop();
  // After stop(): takes the oldest message, acknowledged or not. Precondition:
  // messages_in_flight().
  std::optional<Acknowledged> take_unfinished();

  size_t messages_in_flight() const { return messages_.size(); }
  size_t bytes_in_flight() const { return bytes_; }
  // What stops this producer for good: a message that the brokers refuse.
  const std::optional<Error>& failure() const { return failure_; }
  // What brokers last complained about, "" if nothing.
  std::string trouble() { return instance_ ? instance_->trouble() : ""; }
  // How often a fatal error was survived.
  uint32_t renewals() const { return renewals_; }
  // Precondition: neither stopped nor failed.
  log::Instance& instance() { return *instance_; }

 private:
  struct Message {
    Partition partition{};
    std::optional<std::string_view> key;
    std::string_view value;
    bool acknowledged = false;
    std::optional<Offset> offset;
  };

  void open();
  void close();
  void renew(const std::string& why);
  void hand_over();
  void serve();
  void delivered(const rd_kafka_message_s& message);
  void fail(int error, size_t value_bytes);
  void drop_oldest();
  static size_t cost(const Message& message);

  log::Connection connection_;
  EventFd ready_;
  std::unique_ptr<log::Instance> instance_;
  rd_kafka_topic_s* topic_ = nullptr;
  std::deque<Message> messages_;  // in order of send()
  uint64_t first_ = 0;            // sequence number of messages_.front()
  uint64_t next_ = 0;             // sequence number of the next message to hand to librdkafka
  size_t bytes_ = 0;
  uint32_t renewals_ = 0;
  uint32_t renewals_in_vain_ = 0;  // since the last acknowledgement
  std::optional<Error> failure_;
};

}  // namespace ledger::events
