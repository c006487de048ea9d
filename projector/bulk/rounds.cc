#include "projector/bulk/rounds.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"
#include "schemas/store/directory.h"

namespace ledger::bulk {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRound = ".round-";
constexpr std::string_view kPart = ".part";
constexpr int kSettled = 1;

// Everything of the shard's rounds, whole or not.
std::vector<fs::path> names_of(const fs::path& shard) {
  std::vector<fs::path> found;
  const std::string prefix = shard.filename().string().append(kRound);
  std::error_code error;
  for (fs::directory_iterator it(shard.parent_path(), error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename().string().starts_with(prefix)) found.push_back(it->path());
  }
  return found;
}

// nullopt: not whole, or nothing of ours.
std::optional<int> round_of(const fs::path& path) {
  const std::string name = path.filename().string();
  const size_t first = name.find(kRound) + kRound.size();
  int round = 0;
  const auto [end, code] = std::from_chars(name.data() + first, name.data() + name.size(), round);
  if (code != std::errc() || end != name.data() + name.size() || round < 1) return std::nullopt;
  return round;
}

void remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (!error) return;
  throw Error(Fault::kUnavailable,
              fmt::format("cannot remove {} ({}); try again", path.string(), error.message()));
}

void move_to(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return;
  throw Error(Fault::kUnavailable, fmt::format("cannot rename {} to {} ({}); try again",
                                               from.string(), to.string(), error.message()));
}

}  // namespace

Rounds::Rounds(fs::path shard) : shard_(std::move(shard)) {
  for (const fs::path& path : names_of(shard_)) {
    newest_ = std::max(newest_, round_of(path).value_or(0));
  }
}

fs::path Rounds::path_of(int round) const {
  return fmt::format("{}{}{}", shard_.string(), kRound, round);
}

fs::path Rounds::part_of(int round) const { return path_of(round).string().append(kPart); }

// The order is what a power cut is survived by: no name is durable before what it names.
void Rounds::complete() {
  const fs::path written = part();
  store::fsync_path(written / "data.mdb");
  store::fsync_path(written);
  move_to(written, path_of(newest_ + 1));
  store::fsync_path(shard_.parent_path());
  ++newest_;
}

void Rounds::remove_older() const { remove_but(path()); }

void Rounds::drop_part() const { remove_tree(part()); }

void Rounds::place() const {
  LEDGER_ASSERT(newest_ > 0, "{}", shard_.string());
  move_to(path(), shard_);
}

void Rounds::settle() {
  std::error_code ignored;
  // It was the newest: rounds beside it are older ones, whose removal a power cut undid.
  if (fs::exists(shard_, ignored)) {
    remove_but({});
    newest_ = kSettled;
    move_to(shard_, path());
  }
  remove_but(newest_ == 0 ? fs::path() : path());
}

void Rounds::remove_but(const fs::path& kept) const {
  for (const fs::path& path : names_of(shard_)) {
    if (path != kept) remove_tree(path);
  }
}

}  // namespace ledger::bulk
