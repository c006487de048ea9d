#include "projector/bulk/leftovers.h"

#include <utility>

#include <fmt/format.h>

#include "projector/bulk/mark.h"
#include "projector/bulk/rounds.h"
#include "projector/bulk/trial.h"
#include "schemas/base/error.h"
#include "schemas/store/reader.h"

namespace ledger::bulk {

namespace fs = std::filesystem;

namespace {

constexpr int kTakenUpMax = 5;  // at the same positions
// Of layers and rounds: builds go on from what has their own form alone.
constexpr int kForm = 2;

std::string text_of(store::Generation generation) {
  return fmt::format("gen-{}", store::raw(generation));
}

std::string mark_of(Base base) {
  return fmt::format("{}/{}", base ? text_of(*base) : std::string("log"), kForm);
}

// Ascending. Without a live generation those without a mark may be what was live.
std::vector<store::Generation> leftovers(const store::ViewDirectory& directory) {
  const auto live = directory.current();
  std::vector<store::Generation> found;
  for (const store::Generation generation : directory.generations()) {
    if (live ? generation > *live : read_mark(directory.generation(generation)).has_value()) {
      found.push_back(generation);
    }
  }
  return found;
}

void remove(const store::ViewDirectory& directory, store::Generation generation,
            const Removed& removed) {
  directory.remove_generation(generation);
  removed(generation);
}

// Returns: the newest leftover, which alone is left.
std::optional<store::Generation> only_newest(const store::ViewDirectory& directory,
                                             const Removed& removed) {
  remove_replaced(directory);
  if (const auto live = directory.current()) remove_mark(directory.generation(*live));
  const std::vector<store::Generation> found = leftovers(directory);
  if (found.empty()) return std::nullopt;
  for (const store::Generation generation : found) {
    if (generation != found.back()) remove(directory, generation, removed);
  }
  return found.back();
}

// Where the shard stands, whose rounds are settled; nullopt when it does not fit.
std::optional<Offset> position_of(const fs::path& round, Partition partition, const Fits& fits) {
  if (signal_of_reading(round) != 0) return std::nullopt;
  try {
    const store::ShardReader reader(round);
    const Offset position = reader.state().position;
    if (!fits(partition, reader.identity(), position)) return std::nullopt;
    return position;
  } catch (const Error&) {
    return std::nullopt;  // of another format, or damaged
  }
}

// Where the shard of a generation stands that was built upon; 0 without one.
std::optional<Offset> start_of(const store::ViewDirectory& directory, Base base,
                               Partition partition) {
  if (!base) return Offset{0};
  try {
    return store::ShardReader(directory.shard(*base, partition)).state().position;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Where the shard stands that was left, of which only what fits together is left then. `start`:
// where it began. Returns: nullopt when it does not fit.
std::optional<Offset> settle(const fs::path& shard, Partition partition, Offset start,
                             const Fits& fits) {
  Rounds rounds(shard);
  rounds.settle();
  std::optional<Offset> stand = start;
  if (rounds.newest() > 0) stand = position_of(rounds.path(), partition, fits);
  if (!stand) return std::nullopt;
  const std::vector<Rounds::Layer> layers = rounds.layers(*stand);
  for (const Rounds::Layer& layer : layers) {
    stand = position_of(rounds.path(layer), partition, fits);
    if (stand != layer.to) return std::nullopt;
  }
  rounds.remove_others(layers);
  return stand;
}

std::optional<PositionVector> positions_of(const store::ViewDirectory& directory,
                                           store::Generation generation, Base base,
                                           const Fits& fits) {
  PositionVector positions;
  for (const Partition partition : directory.log_partitions()) {
    const auto start = start_of(directory, base, partition);
    if (!start) return std::nullopt;
    const fs::path shard = directory.shard(generation, partition);
    const auto position = settle(shard, partition, *start, fits);
    if (!position) return std::nullopt;
    const Rounds rounds(shard);
    if (rounds.newest() > 0 || rounds.has_layers()) positions[partition] = *position;
  }
  if (positions.empty()) return std::nullopt;
  return positions;
}

// Returns: false when it was done too often without getting further.
bool note_taking_up(const fs::path& generation, Mark mark, const PositionVector& positions) {
  const std::string stand = to_text(positions);
  mark.taken_up = mark.positions == stand ? mark.taken_up + 1 : 1;
  if (mark.taken_up > kTakenUpMax) return false;
  mark.positions = stand;
  write_mark(generation, mark);
  return true;
}

bool has_anything_whole(const store::ViewDirectory& directory, store::Generation generation) {
  std::error_code ignored;
  for (const Partition partition : directory.log_partitions()) {
    const fs::path shard = directory.shard(generation, partition);
    const Rounds rounds(shard);
    if (fs::exists(shard, ignored) || rounds.newest() > 0 || rounds.has_layers()) return true;
  }
  return false;
}

}  // namespace

void begin_generation(const store::ViewDirectory& directory, store::Generation fresh, Base base) {
  const fs::path folder = directory.generation(fresh);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(means_full(error.value()) ? Fault::kFull : Fault::kUnavailable,
                fmt::format("cannot create {} ({}); free disk space or check the permissions",
                            folder.string(), error.message()));
  }
  write_mark(folder, {mark_of(base), 0, {}});
  store::fsync_path(directory.root());
}

void note_replaced(const store::ViewDirectory& directory, store::Generation fresh,
                   store::Generation replaced) {
  write_replaced(directory.generation(fresh), text_of(replaced));
}

void remove_replaced(const store::ViewDirectory& directory) {
  const auto live = directory.current();
  if (!live) return;
  const std::string name = read_replaced(directory.generation(*live));
  if (name.empty()) return;
  for (const store::Generation generation : directory.generations()) {
    if (generation < *live && text_of(generation) == name) directory.remove_generation(generation);
  }
  remove_replaced_note(directory.generation(*live));
}

std::string removal_text(store::Generation removed) {
  return fmt::format(
      "removed generation {}, newer than the live one: what a build that died left, "
      "or `current` was turned back from it",
      store::raw(removed));
}

void end_generation(const store::ViewDirectory& directory, store::Generation live) {
  remove_mark(directory.generation(live));
  store::fsync_path(directory.generation(live));
}

std::optional<Leftover> take_up(const store::ViewDirectory& directory, Base base, const Fits& fits,
                                const Removed& removed) {
  const auto newest = only_newest(directory, removed);
  if (!newest) return std::nullopt;
  const fs::path folder = directory.generation(*newest);
  const auto mark = read_mark(folder);
  if (mark && mark->base == mark_of(base)) {
    remove_replaced_note(folder);  // who takes it up may be a rebuild, which replaces none
    const auto positions = positions_of(directory, *newest, base, fits);
    if (positions && note_taking_up(folder, *mark, *positions)) {
      return Leftover{*newest, *positions};
    }
  }
  remove(directory, *newest, removed);
  return std::nullopt;
}

void forget_taking_up(const store::ViewDirectory& directory, store::Generation left) {
  const fs::path folder = directory.generation(left);
  try {
    auto mark = read_mark(folder);
    if (!mark) return;
    mark->taken_up = 0;
    write_mark(folder, *mark);
  } catch (const Error&) {
    return;  // the old mark stays, by which it is given up the sooner
  }
}

std::optional<store::Generation> remove_leftovers(const store::ViewDirectory& directory, Keep keep,
                                                  const Removed& removed) {
  const auto newest = only_newest(directory, removed);
  if (!newest) return std::nullopt;
  const auto live = directory.current();
  const auto mark = read_mark(directory.generation(*newest));
  const bool stays =
      live && mark && has_anything_whole(directory, *newest) &&
      (mark->base == mark_of({}) || (keep == Keep::kAll && mark->base == mark_of(live)));
  if (stays) return newest;
  remove(directory, *newest, removed);
  return std::nullopt;
}

}  // namespace ledger::bulk
