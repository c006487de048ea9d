// What a build has of one shard P on disk, so named that what a death or a power cut leaves can be
// told.
//
//   P.layer-FROM-TO   what the events [FROM, TO) brought; see layers.h
//   P.round-K         the shard at the end of its layers; those, and the round before, are removed
//   P                 placed: the newest round, where the generation has its shard
//   P.entries-K.part  entries that do not fit into memory while the next round is written
//   (name).part       being written; without it: whole and durable
//
// At every moment all layers or the round that they were merged into are durable, so at most what
// is in the making is lost: a layer, or a merge with the last round, which is in memory alone.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "schemas/base/ids.h"

namespace ledger::bulk {

class Rounds {
 public:
  struct Layer {
    Offset from{};
    Offset to{};
    bool operator==(const Layer&) const = default;
  };

  // Looks at what is there. `shard`: where the shard will be placed.
  explicit Rounds(std::filesystem::path shard);

  // The newest whole one; 0 when there is none.
  int newest() const { return newest_; }
  std::filesystem::path path() const { return path_of(newest_); }               // of the newest
  std::filesystem::path part() const { return part_of(path_of(newest_ + 1)); }  // of the next
  std::filesystem::path path(const Layer& layer) const;
  std::filesystem::path part(const Layer& layer) const { return part_of(path(layer)); }
  std::filesystem::path entries_part(size_t number) const;  // beside part()

  // Whole layers that go on from `from`, each from where the one before ends. Of several that begin
  // alike the longest, which others were merged into.
  std::vector<Layer> layers(Offset from) const;
  bool has_layers() const;  // of any kind

  // What is at part() becomes the newest round, what is at part(layer) that layer: its bytes first,
  // then its name, each durably.
  // Precondition: nobody has it open. Throws: Error{kUnavailable, kFull}.
  void complete();
  void complete(const Layer& layer) const;
  // All but the newest round, or that and those layers. Throws: Error{kUnavailable}, also those
  // below.
  void remove_others(const std::vector<Layer>& kept = {}) const;
  void drop_parts() const;  // also when there are none
  void place() const;
  // After a death: a placed shard is the newest round again, and rounds that are not the newest, or
  // not whole, are removed.
  void settle();

 private:
  std::filesystem::path path_of(int round) const;
  static std::filesystem::path part_of(const std::filesystem::path& whole);
  void complete(const std::filesystem::path& whole) const;
  void remove_if(const std::function<bool(const std::filesystem::path&)>& goes) const;

  std::filesystem::path shard_;
  int newest_ = 0;
};

}  // namespace ledger::bulk
