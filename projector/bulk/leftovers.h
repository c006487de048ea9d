// What builds that died left: generations newer than the live one that never were live. A later
// build goes on with the newest, if it would have made the same.
//
//   gen-N/building   there from the first round until gen-N is published:
//                    "log" or "gen-K", from what it is made; then how often it was taken up, and at
//                    which positions the last time
//   gen-N/replaces   "gen-K", which gen-N stands in place of: there until gen-K is removed
//
// A generation without `building` was live once. It may be what an operator turned away from, so it
// is nothing to build on.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "schemas/store/directory.h"
#include "schemas/store/shard_state.h"

namespace ledger::bulk {

// From the kept log alone (nullopt), or on top of a generation: a damaged one would live on in what
// is made from it, so a rebuild never takes up that.
using Base = std::optional<store::Generation>;

// Makes the folder of `fresh` durably, as one that is being built.
// Throws: Error{kUnavailable, kFull}.
void begin_generation(const store::ViewDirectory& directory, store::Generation fresh, Base base);
// `fresh` will stand in place of `replaced`, which then goes, also when whoever says so dies.
// Throws: Error{kUnavailable, kFull}.
void note_replaced(const store::ViewDirectory& directory, store::Generation fresh,
                   store::Generation replaced);
// Removes what the live generation was noted to replace, if that is still there.
// Throws: Error{kUnavailable}.
void remove_replaced(const store::ViewDirectory& directory);
// It is published. Throws: Error{kUnavailable}.
void end_generation(const store::ViewDirectory& directory, store::Generation live);

struct Leftover {
  store::Generation generation{};
  PositionVector positions;  // of the shards that have a whole round or layer
};

// Whether a shard that was left, at the end of a whole round or layer, is what this build would
// have made by then.
using Fits = std::function<bool(Partition, const store::ShardIdentity&, Offset position)>;

// Is told of each generation that was removed, but of those that were replaced.
using Removed = std::function<void(store::Generation)>;
inline const Removed kSilently = [](store::Generation) {};
std::string removal_text(store::Generation removed);  // for a log line

// Settles the rounds of the newest leftover and removes all others; that one too unless it is of
// the same base and every whole round and layer in it fits. Also when it was taken up often without
// getting further: then it may be what ends those who read it. Returns: nullopt when nothing is
// left to go on from. Precondition: the caller holds build.lock.
std::optional<Leftover> take_up(const store::ViewDirectory& directory, Base base, const Fits& fits,
                                const Removed& removed = kSilently);

// It is left by a build that did not die, which says nothing against taking it up.
void forget_taking_up(const store::ViewDirectory& directory, store::Generation left);

enum class Keep : uint8_t {
  kAll,      // whatever a build may go on with
  kRebuild,  // what `rebuild` may go on with
};
// For who does not build now: removes leftovers that no build can go on with.
// Returns: the one that stays. Precondition: the caller holds build.lock.
std::optional<store::Generation> remove_leftovers(const store::ViewDirectory& directory, Keep keep,
                                                  const Removed& removed = kSilently);

}  // namespace ledger::bulk
