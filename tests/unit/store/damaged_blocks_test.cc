// Blocks of a kept log that are not what was written.
#include "schemas/store/kept_block_internal.h"
#include "tests/unit/store/kept_blocks_fixture.h"

namespace ledger::store {
namespace {

TEST_F(KeptBlocks, BlockThatIsCutShortIsAnIntegrityFault) {
  write_all();
  const std::string key = key_of(1);
  const std::string block = entries("blocks").at(key);
  for (const size_t bytes : {size_t{0}, kFixedBytes - 1, kFixedBytes, head_bytes(block) - 1,
                             head_bytes(block), block.size() - 1}) {
    put_block(key, block.substr(0, bytes));
    EXPECT_EQ(scan_fault(), Fault::kIntegrity) << bytes;
  }
}

TEST_F(KeptBlocks, BlockWithARightChecksumAndAWrongHeadIsAnIntegrityFault) {
  write_all();
  const std::string key = key_of(1);
  const std::string block = entries("blocks").at(key);
  for (size_t at = 8; at < head_bytes(block); ++at) {
    if (at >= 20 && at < 28) continue;  // the log time before: a later first record hides it
    if (is_place(block, at)) continue;  // another order of the same records is not seen
    put_block(key, with_head_sum(key, with_flip(block, at), head_bytes(block)));
    EXPECT_EQ(scan_fault(), Fault::kIntegrity) << at;
  }
}

// Before memory is taken for them.
TEST_F(KeptBlocks, MoreRawBytesThanAFrameCanHoldAreAnIntegrityFaultOfTheHead) {
  write_all();
  const std::string key = key_of(1);
  const std::string block = entries("blocks").at(key);
  const uint32_t most = 255 * read_be32(std::string_view(block).substr(kFixedBytes + 8)) + 64;
  const auto open_with = [&](uint32_t raw_bytes) {
    std::string bytes;
    append_be32(bytes, raw_bytes);
    const std::string changed = with_head_sum(
        key, std::string(block).replace(kFixedBytes + 12, 4, bytes), head_bytes(block));
    return fault_of([&] { open_block(key, changed, path()); });
  };
  EXPECT_EQ(open_with(most), Fault::kNone);
  EXPECT_EQ(open_with(most + 1), Fault::kIntegrity);
}

TEST_F(KeptBlocks, BlockInAnothersPlaceIsAnIntegrityFault) {
  write_all();
  put_block(key_of(2), entries("blocks").at(key_of(1)));
  EXPECT_EQ(scan_fault(), Fault::kIntegrity);
}

TEST_F(KeptBlocks, MissingBlockIsAnIntegrityFaultOfScansThatMeetIt) {
  write_all();
  const auto blocks = entries("blocks");
  for (const auto& [key, block] : blocks) {
    tamper("blocks", [&, wanted = key](MDB_txn* txn, MDB_dbi dbi) mutable {
      MDB_val k{wanted.size(), wanted.data()};
      EXPECT_EQ(mdb_del(txn, dbi, &k, nullptr), 0);
    });
    const Offset first = offset_of(key);
    EXPECT_EQ(scan_fault(), Fault::kIntegrity) << raw(first);
    EXPECT_EQ(scan_fault(first), Fault::kIntegrity) << raw(first);
    EXPECT_EQ(scan_fault(next(first)), Fault::kIntegrity) << raw(first);
    EXPECT_EQ(fault_of([&] { KeptLogReader(path()).read(first); }), Fault::kIntegrity);
    put_block(key, block);
  }
  EXPECT_EQ(scan_fault(), Fault::kNone);
}

TEST_F(KeptBlocks, LostTailIsAnIntegrityFault) {
  write_all();
  tamper("tail", [](MDB_txn* txn, MDB_dbi dbi) { EXPECT_EQ(mdb_drop(txn, dbi, 0), 0); });
  EXPECT_EQ(scan_fault(), Fault::kIntegrity);
  EXPECT_EQ(open_fault(), Fault::kIntegrity);
}

TEST_F(KeptBlocks, DamagedLastBlockIsNoticedWhenTheLogIsOpenedForWriting) {
  write_all();
  const auto [key, block] = *entries("blocks").rbegin();
  for (const size_t at : {kFixedBytes, head_bytes(block), block.size() - 1}) {
    put_block(key, with_flip(block, at));
    EXPECT_EQ(open_fault(), Fault::kIntegrity) << at;
  }
}

}  // namespace
}  // namespace ledger::store
