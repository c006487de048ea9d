// A real view directory, made in process: log records -> kept log -> fold -> apply -> shards ->
// generation 1. What `ledger-projector run` makes, without a broker.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/ids.h"
#include "schemas/event/json.h"
#include "schemas/store/directory.h"

namespace ledger::testing {

// A record as it stands on the topic.
struct TopicRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  int64_t timestamp_ms = 0;
};

struct ViewsSetup {
  int32_t partitions = 2;
  Uuid ledger_id = {0x01, 0x97, 0xa1, 0xc2, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1};
  std::string topic = "content-audio-events";
  size_t batch_events = 1000;  // records of one partition that are committed together at most
  int64_t genesis_ms = 1770832800000;  // 2026-02-11T18:00:00Z
};

// Events of `add` are in the views after the next commit(). Reopens what is there already.
class BuiltViews {
 public:
  explicit BuiltViews(const std::filesystem::path& root, const ViewsSetup& setup = {});
  ~BuiltViews();
  BuiltViews(const BuiltViews&) = delete;
  BuiltViews& operator=(const BuiltViews&) = delete;

  // One line of JSON with eventId and occurredAt, on the partition of its contentId.
  // `log_time_ms`: nullopt = occurredAt, as on the embedded broker.
  // Returns: where it stands. Throws: std::runtime_error on a line that is no event.
  std::string add(std::string_view line, std::optional<int64_t> log_time_ms = std::nullopt);
  std::vector<std::string> add_all(std::string_view lines);
  std::string add_raw(Partition partition, TopicRecord record);
  // The next `offsets` of the partition are lost, and that is accepted. At once. Returns: where the
  // gap stands.
  std::string add_gap(Partition partition, int64_t offsets);
  // Kept logs first, then each shard in one transaction per batch.
  void commit();

  PositionVector positions() const;  // of all that was added
  const store::ViewDirectory& directory() const { return directory_; }

 private:
  class Shard;
  store::ViewDirectory directory_;
  ViewsSetup setup_;
  event::LineParser parser_{event::LineDefaults()};
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace ledger::testing
