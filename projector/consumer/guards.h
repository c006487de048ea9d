// The guards: is this log still the one that the views were folded from? Each refusal says what was
// expected, what was found and which command resolves it.
//
//   topic gone, not a ledger, another ledger/cluster/topic/partition count   -> 6 incompatible
//   gap, truncation, a record that differs, a topic created anew             -> 7 integrity
//
// Source: contract, section 8.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "projector/consumer/probe.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/shard_state.h"

namespace ledger::consumer {

// What a shard has of its partition. `last` is record next - 1; nullopt when there is none or it
// lies in an accepted gap.
struct Held {
  Partition partition{};
  Offset next{};
  std::optional<log::Record> first;
  std::optional<log::Record> last;
};

log::Record record_of(const store::KeptEvent& event);

// An operator's word that the events [from, limit) of a partition are lost. `P:FROM-TO`.
struct AcceptedGap {
  Partition partition{};
  Offset from{};
  Offset limit{};
  bool operator==(const AcceptedGap&) const = default;
};
// Throws: Error{kUsage}.
AcceptedGap parse_accepted_gap(const std::string& text);

class Guards {
 public:
  // `views`: the directory, for the messages. Lifetime: `probe` outlives the guards.
  Guards(Probe& probe, std::string topic, std::string views);

  // Whose log the topic is. `stored`: who the views are; nullopt for an empty directory.
  // Throws: Error as above; NotReachable.
  store::LogIdentity identify(const std::optional<store::LogIdentity>& stored);

  // The whole comparison of one partition. Returns: the extent that was seen.
  // Throws: Error as above; NotReachable.
  log::Watermarks check(const Held& held);
  // The partitions of those that do not pass it, of all of them by four questions. Throws:
  // NotReachable; Error.
  std::set<Partition> differing(const std::vector<Held>& held);
  // Only what needs no record: start and end against the position.
  void check_extent(Partition partition, Offset next, const log::Watermarks& extent) const;
  // Throws: Error{kIncompatible} when the brokers know no such topic; NotReachable.
  log::Topic require_topic();

  // Is the gap really one: nothing in it that can be read?
  // Throws: Error{kUsage} when events are still there; NotReachable.
  void check_gap(const AcceptedGap& gap);
  // `at` was due, and what the log has there is damaged (`why`). Throws: Error{kIntegrity} with the
  // --accept-gap that goes on behind the damage; NotReachable.
  [[noreturn]] void refuse_damage(Partition partition, Offset at, const std::string& why);

 private:
  void judge_genesis(Partition partition, const log::OffsetZero& zero,
                     const store::LogIdentity& found, bool have_views) const;
  void compare(const log::Record& expected, Partition partition, const log::Watermarks& extent);
  Offset first_readable(Partition partition, Offset from);
  Offset damage_end(Partition partition, Offset at, Offset batch, Offset end);
  [[noreturn]] void refuse(Fault fault, const std::string& what, const std::string& remedy) const;

  Probe& probe_;
  std::string topic_;
  std::string views_;
};

}  // namespace ledger::consumer
