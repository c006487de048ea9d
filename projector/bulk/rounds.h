// The rounds of one shard P on disk, so named that what a death or a power cut leaves can be told.
//
//   P.round-K.part   being written
//   P.round-K        whole and durable; the rounds before it are removed then
//   P                placed: the newest round, where the generation has its shard
//
// At every moment the newest whole one is durable, so at most the round in the making is lost.
#pragma once

#include <filesystem>

namespace ledger::bulk {

class Rounds {
 public:
  // Looks at what is there. `shard`: where the shard will be placed.
  explicit Rounds(std::filesystem::path shard);

  // The newest whole one; 0 when there is none.
  int newest() const { return newest_; }
  std::filesystem::path path() const { return path_of(newest_); }      // of the newest
  std::filesystem::path part() const { return part_of(newest_ + 1); }  // of the next

  // What is at part() becomes the newest round: its bytes first, then its name, each durably.
  // Precondition: nobody has it open. Throws: Error{kUnavailable, kFull}.
  void complete();
  // Throws: Error{kUnavailable}, also those below.
  void remove_older() const;
  void drop_part() const;  // also when there is none
  void place() const;
  // After a death: a placed shard is the newest round again, and whatever is not the newest whole
  // round is removed.
  void settle();

 private:
  std::filesystem::path path_of(int round) const;
  std::filesystem::path part_of(int round) const;
  void remove_but(const std::filesystem::path& kept) const;

  std::filesystem::path shard_;
  int newest_ = 0;
};

}  // namespace ledger::bulk
