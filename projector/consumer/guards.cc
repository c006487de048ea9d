#include "projector/consumer/guards.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/bytes.h"

namespace ledger::consumer {

namespace {

constexpr std::string_view kFoldAnew =
    "fold the topic as it is now into another directory: ledger-projector run --views NEW_DIR";

// Each of a cluster of batches may have to be found; an operator accepts what was found, then more.
constexpr int kDamagedBatchesMax = 64;

std::string hash_text(const log::Record& record) {
  const store::Digest hash =
      store::entry_hash("", record.key.value_or(""), record.value.value_or(""));
  return to_hex({reinterpret_cast<const char*>(hash.data()), 6});
}

bool same(const log::Record& a, const log::Record& b) {
  return a.timestamp_ms == b.timestamp_ms && a.key == b.key && a.value == b.value;
}

std::string text_of(const std::optional<log::Record>& record) {
  if (!record) return "nothing";
  return fmt::format("timestamp {}, {} bytes of key, {} bytes of value, hash {}",
                     record->timestamp_ms, record->key ? record->key->size() : 0,
                     record->value ? record->value->size() : 0, hash_text(*record));
}

bool parse_number(std::string_view text, int64_t max, int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out >= 0 && out <= max;
}

}  // namespace

log::Record record_of(const store::KeptEvent& event) {
  log::Record record{event.offset, event.timestamp_ms, std::nullopt, std::nullopt};
  if (event.key) record.key = std::string(*event.key);
  if (event.value) record.value = std::string(*event.value);
  return record;
}

AcceptedGap parse_accepted_gap(const std::string& text) {
  const size_t colon = text.find(':');
  const size_t dash = text.find('-', colon == std::string::npos ? 0 : colon);
  int64_t partition = 0;
  int64_t from = 0;
  int64_t limit = 0;
  const std::string_view all = text;
  if (colon == std::string::npos || dash == std::string::npos ||
      !parse_number(all.substr(0, colon), INT32_MAX, partition) ||
      !parse_number(all.substr(colon + 1, dash - colon - 1), INT64_MAX, from) ||
      !parse_number(all.substr(dash + 1), INT64_MAX, limit) || from >= limit) {
    throw Error(Fault::kUsage,
                fmt::format("--accept-gap '{}': not PARTITION:FROM-TO with FROM < TO, as 0:120-150 "
                            "for the lost events 120 to 149",
                            text));
  }
  return {Partition{static_cast<int32_t>(partition)}, Offset{from}, Offset{limit}};
}

Guards::Guards(Probe& probe, std::string topic, std::string views)
    : probe_(probe), topic_(std::move(topic)), views_(std::move(views)) {}

void Guards::refuse(Fault fault, const std::string& what, const std::string& remedy) const {
  throw Error(fault, fmt::format("{}; {}; the views in {} stay readable as they are", what, remedy,
                                 views_));
}

log::Topic Guards::require_topic() {
  const std::optional<log::Topic> topic = probe_.topic();
  if (!topic) {
    throw Error(Fault::kIncompatible,
                fmt::format("topic missing: the brokers know no topic {}; check --topic and "
                            "--brokers, or create the ledger: ledger-emit init --topic {}",
                            topic_, topic_));
  }
  return *topic;
}

void Guards::judge_genesis(Partition partition, const log::OffsetZero& zero,
                           const store::LogIdentity& found, bool have_views) const {
  using State = log::OffsetZero::State;
  const bool opened = zero.state == State::kOpened;
  const bool good = opened && zero.opened.ledger_id == found.ledger_id &&
                    zero.opened.partition == static_cast<uint32_t>(raw(partition)) &&
                    zero.opened.partition_count == static_cast<uint32_t>(found.partition_count);
  // Where the start is gone, the position decides whether that is a gap (check_extent).
  if (zero.state == State::kGone || good) return;
  const std::string place =
      fmt::format("record 0 of partition {} of topic {}", raw(partition), topic_);
  const std::string seen =
      opened ? fmt::format("opens ledger {}, partition {} of {}", to_text(zero.opened.ledger_id),
                           zero.opened.partition, zero.opened.partition_count)
      : zero.state == State::kEmpty ? std::string("is not there yet")
                                    : std::string("opens no ledger");
  const std::string expected =
      fmt::format("expected ledger {}, partition {} of {}", to_text(found.ledger_id),
                  raw(partition), found.partition_count);
  if (have_views) {
    refuse(Fault::kIntegrity, fmt::format("topic created anew: {} {}, {}", place, seen, expected),
           std::string(kFoldAnew));
  }
  throw Error(Fault::kIncompatible,
              fmt::format("topic {} is not a whole ledger: {} {}, {}; finish an interrupted init: "
                          "ledger-emit init --topic {} --partitions {}",
                          topic_, place, seen, expected, topic_, found.partition_count));
}

store::LogIdentity Guards::identify(const std::optional<store::LogIdentity>& stored) {
  const log::Topic topic = require_topic();
  store::LogIdentity found = stored.value_or(store::LogIdentity{});
  found.topic = topic_;
  found.cluster_id = topic.cluster_id;
  found.partition_count = topic.partition_count;
  if (stored) store::check_identity(*stored, found, views_);
  const auto zeros = probe_.genesis(topic.partition_count);
  const log::OffsetZero& first = zeros.at(Partition{0});
  if (!stored) {
    if (first.state != log::OffsetZero::State::kOpened) {
      const bool gone = first.state == log::OffsetZero::State::kGone;
      throw Error(
          Fault::kIncompatible,
          fmt::format("topic {0} is not a ledger: record 0 of partition 0 {1}; check "
                      "--topic, or make an empty topic a ledger: ledger-emit init --topic "
                      "{0} --partitions {2}",
                      topic_, gone ? "is gone" : "is no ledgerOpened", topic.partition_count));
    }
    found.ledger_id = first.opened.ledger_id;
    found.ephemeral = first.opened.ephemeral;
  }
  for (const auto& [partition, zero] : zeros) {
    judge_genesis(partition, zero, found, stored.has_value());
  }
  return found;
}

void Guards::check_extent(Partition partition, Offset next, const log::Watermarks& extent) const {
  if (extent.high < next) {
    refuse(Fault::kIntegrity,
           fmt::format("log truncated: partition {} of {} ends at {}, expected at least {}; the "
                       "kept log has what is missing",
                       raw(partition), topic_, raw(extent.high), raw(next)),
           std::string(kFoldAnew));
  }
  if (extent.low > next) {
    refuse(Fault::kIntegrity,
           fmt::format("gap in the log: partition {} of {} starts at {}, expected at most {}: {} "
                       "events are gone",
                       raw(partition), topic_, raw(extent.low), raw(next),
                       raw(extent.low) - raw(next)),
           fmt::format("restore them, or accept the loss: ledger-projector run --accept-gap "
                       "{}:{}-{}",
                       raw(partition), raw(next), raw(extent.low)));
  }
}

void Guards::compare(const log::Record& expected, Partition partition,
                     const log::Watermarks& extent) {
  if (expected.offset < extent.low) return;
  const std::optional<log::Record> found = probe_.read(partition, expected.offset);
  if (found && same(*found, expected)) return;
  const log::Watermarks now = probe_.extent(partition);
  if (expected.offset < now.low) return;  // retention took it between the two looks
  check_extent(partition, next(expected.offset), now);
  refuse(
      Fault::kIntegrity,
      fmt::format("topic created anew or changed: record {} of partition {} of {} differs: "
                  "expected {}; found {}",
                  raw(expected.offset), raw(partition), topic_, text_of(expected), text_of(found)),
      std::string(kFoldAnew));
}

log::Watermarks Guards::check(const Held& held) {
  const log::Watermarks extent = probe_.extent(held.partition);
  check_extent(held.partition, held.next, extent);
  if (held.first) compare(*held.first, held.partition, extent);
  if (held.last && (!held.first || held.last->offset != held.first->offset)) {
    compare(*held.last, held.partition, extent);
  }
  return extent;
}

std::set<Partition> Guards::differing(const std::vector<Held>& held) {
  std::vector<Partition> partitions;
  for (const Held& each : held) partitions.push_back(each.partition);
  const auto extents = probe_.extents(partitions);
  std::set<Partition> differ;
  for (const Held& each : held) {
    const log::Watermarks& extent = extents.at(each.partition);
    if (extent.high < each.next || extent.low > each.next) differ.insert(each.partition);
  }
  for (const auto record : {&Held::first, &Held::last}) {
    PositionVector at;
    for (const Held& each : held) {
      const bool there = each.*record && (each.*record)->offset >= extents.at(each.partition).low;
      if (there && !differ.contains(each.partition)) at[each.partition] = (each.*record)->offset;
    }
    if (at.empty()) continue;
    const auto found = probe_.records(at);
    for (const Held& each : held) {
      if (!at.contains(each.partition)) continue;
      const auto& other = found.at(each.partition);
      if (!other || !same(*other, *(each.*record))) differ.insert(each.partition);
    }
  }
  return differ;
}

void Guards::check_gap(const AcceptedGap& gap) {
  const std::string named =
      fmt::format("--accept-gap {}:{}-{}", raw(gap.partition), raw(gap.from), raw(gap.limit));
  const log::Watermarks extent = probe_.extent(gap.partition);
  if (gap.limit > extent.high) {
    throw Error(Fault::kUsage, fmt::format("{}: the partition ends at {}; name lost events only",
                                           named, raw(extent.high)));
  }
  const Offset there = first_readable(gap.partition, gap.from);
  if (there >= gap.limit) return;
  throw Error(Fault::kUsage, fmt::format("{}: event {} is still in the log, which starts at {}; "
                                         "name lost events only",
                                         named, raw(there), raw(extent.low)));
}

void Guards::refuse_damage(Partition partition, Offset at, const std::string& why) {
  const Offset there = first_readable(partition, at);
  const std::string what = fmt::format("log damaged: partition {} of {} at offset {} ({})",
                                       raw(partition), topic_, raw(at), why);
  if (there == at) refuse(Fault::kIntegrity, what, "it could be read just now: start again");
  refuse(Fault::kIntegrity, what,
         fmt::format("{} events are lost: let the broker recover the batch from a replica or a "
                     "backup, or accept the loss: ledger-projector run --accept-gap {}:{}-{}",
                     raw(there) - raw(at), raw(partition), raw(at), raw(there)));
}

// The first offset from `from` on that has a record which can be read, the log's end if none has
// one. A broker that has just started may end before that for readers: it is waited for. Behind
// kDamagedBatchesMax damaged batches it stops: nothing before the offset can be read.
Offset Guards::first_readable(Partition partition, Offset from) {
  using State = log::Found::State;
  for (int batches = 0; batches < kDamagedBatchesMax;) {
    const log::Watermarks extent = probe_.extent(partition);
    from = std::max(from, extent.low);
    if (from >= extent.high) return extent.high;
    const log::Found found = probe_.look(partition, from);
    if (found.state == State::kRecord) return found.offset;
    if (found.state == State::kDamaged) {
      from = damage_end(partition, std::max(from, found.offset), found.offset, extent.high);
      ++batches;
    } else if (found.offset >= extent.high) {
      return extent.high;
    } else if (probe_.extent(partition).low <= from) {
      throw NotReachable{fmt::format("partition {} of {} ends at {} for readers, at {} for others",
                                     raw(partition), topic_, raw(found.offset), raw(extent.high))};
    }
  }
  return from;
}

// Where the damaged batch that begins at `batch` ends: fetched from any of its offsets, it tells
// where it begins. `at` lies in it. Cost: twice log2 of its events looks.
Offset Guards::damage_end(Partition partition, Offset at, Offset batch, Offset end) {
  const auto in_batch = [&](int64_t offset) {
    const log::Found found = probe_.look(partition, Offset{offset});
    return found.state == log::Found::State::kDamaged && found.offset == batch;
  };
  int64_t inside = raw(at);
  int64_t outside = inside + 1;
  while (outside < raw(end) && in_batch(outside)) {
    inside = outside;
    outside = std::min(raw(end), outside + 1 + (outside - raw(at)));
  }
  while (outside - inside > 1) {
    const int64_t middle = inside + (outside - inside) / 2;
    (in_batch(middle) ? inside : outside) = middle;
  }
  return Offset{outside};
}

}  // namespace ledger::consumer
