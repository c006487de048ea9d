#include "projector/bulk/rounds.h"

#include <algorithm>
#include <array>
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
constexpr std::string_view kLayer = ".layer-";
constexpr std::string_view kEntries = ".entries-";
constexpr std::string_view kPart = ".part";
constexpr std::array kKinds = {kRound, kLayer, kEntries};
constexpr int kSettled = 1;

// Everything of the shard but the shard itself, whole or not.
std::vector<fs::path> names_of(const fs::path& shard) {
  std::vector<fs::path> found;
  const std::string name = shard.filename().string();
  std::error_code error;
  for (fs::directory_iterator it(shard.parent_path(), error), end; !error && it != end;
       it.increment(error)) {
    const std::string other = it->path().filename().string();
    const bool is_ours = std::any_of(kKinds.begin(), kKinds.end(), [&](std::string_view kind) {
      return other.starts_with(name + std::string(kind));
    });
    if (is_ours) found.push_back(it->path());
  }
  return found;
}

// What stands behind `kind` in the name; "" when it is of another kind.
std::string behind(std::string_view kind, const fs::path& path) {
  const std::string name = path.filename().string();
  const size_t at = name.find(kind);
  return at == std::string::npos ? std::string() : name.substr(at + kind.size());
}

// nullopt: it is no number alone.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// nullopt, both: not whole, or nothing of ours.
std::optional<int> round_of(const fs::path& path) {
  const auto round = number_in<int>(behind(kRound, path));
  return round && *round >= 1 ? round : std::nullopt;
}

std::optional<Rounds::Layer> layer_of(const fs::path& path) {
  const std::string range = behind(kLayer, path);
  const size_t middle = range.find('-');
  if (middle == std::string::npos) return std::nullopt;
  const auto from = number_in<int64_t>(std::string_view(range).substr(0, middle));
  const auto to = number_in<int64_t>(std::string_view(range).substr(middle + 1));
  if (!from || !to || *from >= *to) return std::nullopt;
  return Rounds::Layer{Offset{*from}, Offset{*to}};
}

bool is_part(const fs::path& path) { return path.filename().string().ends_with(kPart); }

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

fs::path Rounds::path(const Layer& layer) const {
  return fmt::format("{}{}{}-{}", shard_.string(), kLayer, raw(layer.from), raw(layer.to));
}

fs::path Rounds::entries_part(size_t number) const {
  return part_of(fmt::format("{}{}{}", shard_.string(), kEntries, number));
}

fs::path Rounds::part_of(const fs::path& whole) { return whole.string().append(kPart); }

std::vector<Rounds::Layer> Rounds::layers(Offset from) const {
  std::vector<Layer> found;
  for (const fs::path& path : names_of(shard_)) {
    if (const auto layer = layer_of(path)) found.push_back(*layer);
  }
  std::sort(found.begin(), found.end(), [](const Layer& a, const Layer& b) {
    return a.from == b.from ? a.to > b.to : a.from < b.from;
  });
  std::vector<Layer> chain;
  for (const Layer& layer : found) {
    if (layer.from != from) continue;
    chain.push_back(layer);
    from = layer.to;
  }
  return chain;
}

bool Rounds::has_layers() const {
  const std::vector<fs::path> names = names_of(shard_);
  return std::any_of(names.begin(), names.end(), [](const auto& name) { return layer_of(name); });
}

// The order is what a power cut is survived by: no name is durable before what it names.
void Rounds::complete(const fs::path& whole) const {
  const fs::path written = part_of(whole);
  store::fsync_path(written / "data.mdb");
  store::fsync_path(written);
  move_to(written, whole);
  store::fsync_path(shard_.parent_path());
}

void Rounds::complete() {
  complete(path_of(newest_ + 1));
  ++newest_;
}

void Rounds::complete(const Layer& layer) const { complete(path(layer)); }

void Rounds::remove_others(const std::vector<Layer>& kept) const {
  remove_if([&](const fs::path& path) {
    if (const auto layer = layer_of(path)) {
      return std::find(kept.begin(), kept.end(), *layer) == kept.end();
    }
    return round_of(path) != newest_;
  });
}

void Rounds::drop_parts() const { remove_if(is_part); }

void Rounds::place() const {
  LEDGER_ASSERT(newest_ > 0, "{}", shard_.string());
  move_to(path(), shard_);
}

void Rounds::settle() {
  std::error_code ignored;
  // It was the newest: what lies beside it is older, and a power cut undid its removal.
  if (fs::exists(shard_, ignored)) {
    newest_ = 0;
    remove_others();
    newest_ = kSettled;
    move_to(shard_, path());
  }
  remove_if([&](const fs::path& path) { return !layer_of(path) && round_of(path) != newest_; });
}

void Rounds::remove_if(const std::function<bool(const fs::path&)>& goes) const {
  for (const fs::path& path : names_of(shard_)) {
    if (goes(path)) remove_tree(path);
  }
}

}  // namespace ledger::bulk
