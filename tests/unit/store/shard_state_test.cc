#include "schemas/store/shard_state.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

ShardState sample_state() {
  ShardState state;
  state.position = Offset{1234567};
  state.log_time_max_ms = 1770832800000;
  state.counters = {1234567, 1000000, 34, 200000, 33, {}, {}};
  for (const Code code : all_codes()) {
    state.counters.codes[code] = 1000 + static_cast<uint64_t>(code);
  }
  state.counters.rows = {{record::Table::kContentAudios, 7},
                         {record::Table::kUserContentAudios, 300}};
  state.digests["event_ids"] = {0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  state.digests["versions"] = {};
  return state;
}

TEST(ShardState, ComesBackFromItsBytes) {
  EXPECT_EQ(decode_state(encode_state(sample_state()), "gen-1/0"), sample_state());
  EXPECT_EQ(decode_state(encode_state(ShardState()), "gen-1/0"), ShardState());
  ShardState last;
  last.position = Offset{std::numeric_limits<int64_t>::max()};
  EXPECT_EQ(decode_state(encode_state(last), "gen-1/0"), last);
}

TEST(ShardState, BytesThatAreNoStateAreAnIntegrityFault) {
  const std::string bytes = encode_state(sample_state());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(fault_of([&] { decode_state(bytes.substr(0, length), "gen-1/0"); }),
              Fault::kIntegrity);
  }
  EXPECT_EQ(fault_of([&] { decode_state(bytes + 'x', "gen-1/0"); }), Fault::kIntegrity);
  ShardState unknown;
  unknown.counters.codes[static_cast<Code>(all_codes().size() + 1)] = 1;
  EXPECT_EQ(fault_of([&] { decode_state(encode_state(unknown), "gen-1/0"); }), Fault::kIntegrity);
  unknown = {};
  unknown.counters.rows[static_cast<record::Table>(3)] = 1;
  EXPECT_EQ(fault_of([&] { decode_state(encode_state(unknown), "gen-1/0"); }), Fault::kIntegrity);
}

TEST(ShardState, IdentitiesComeBackFromTheirBytes) {
  ShardIdentity identity = sample_identity();
  identity.log.partition = Partition{3};
  identity.log.partition_count = std::numeric_limits<int32_t>::max();
  identity.log.ephemeral = true;
  EXPECT_EQ(decode_shard_identity(encode_identity(identity), "gen-1/0"), identity);
  EXPECT_EQ(decode_log_identity(encode_identity(identity.log), "log/0"), identity.log);
  const std::string bytes = encode_identity(identity.log);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(fault_of([&] { decode_log_identity(bytes.substr(0, length), "log/0"); }),
              Fault::kIntegrity);
  }
}

TEST(ShardState, ListsOutOfOrderOrWithAKeyTwiceAreAnIntegrityFault) {
  ShardState state;
  state.counters.rows = {{record::Table::kContentAudios, 7},
                         {record::Table::kUserContentAudios, 7}};
  state.digests["a"] = {};
  state.digests["b"] = {};
  const std::string bytes = encode_state(state);
  ASSERT_EQ(decode_state(bytes, "gen-1/0"), state);
  const size_t first_name = bytes.size() - 2 * 18 + 1;
  const size_t second_table = bytes.size() - 2 * 18 - 1 - 2;
  for (const auto& [at, byte] :
       {std::pair(first_name, 'b'), std::pair(first_name, 'c'), std::pair(second_table, '\1')}) {
    std::string changed = bytes;
    changed[at] = byte;
    EXPECT_EQ(fault_of([&, &text = changed] { decode_state(text, "gen-1/0"); }), Fault::kIntegrity)
        << at << byte;
  }
}

TEST(ShardState, DamageNamesTheShard) {
  const auto error = error_of([] { decode_state("\x01", "gen-1/0"); });
  ASSERT_TRUE(error);
  EXPECT_NE(std::string(error->what()).find("gen-1/0"), std::string::npos) << error->what();
}

TEST(ShardState, AnotherFormatVersionIsIncompatibleAndNeedsAnEmptyDirectory) {
  const ShardIdentity identity = sample_identity();
  std::string log = encode_identity(identity.log);
  std::string shard = encode_identity(identity);
  log[0] = shard[0] = static_cast<char>(kFormatVersion + 1);
  const auto of_log = error_of([&] { decode_log_identity(log, "log/0"); });
  const auto of_shard = error_of([&] { decode_shard_identity(shard, "gen-1/0"); });
  ASSERT_TRUE(of_log && of_shard);
  EXPECT_EQ(of_log->fault(), Fault::kIncompatible);
  EXPECT_EQ(of_shard->fault(), Fault::kIncompatible);
  const std::string versions = ": format version is stored " + std::to_string(kFormatVersion + 1) +
                               ", expected " + std::to_string(kFormatVersion) +
                               "; use the release that wrote it, or fold the topic into an empty "
                               "directory: `ledger-projector run --views NEW_DIR`";
  EXPECT_EQ(of_log->what(), "log/0" + versions);
  EXPECT_EQ(of_shard->what(), "gen-1/0" + versions);
}

// The message on `change`d identities; empty when they are taken for the same.
template <typename Change>
std::string refusal(Change change) {
  ShardIdentity stored = sample_identity();
  change(stored);
  const auto error = error_of([&] { check_identity(stored, sample_identity(), "gen-1/0"); });
  if (!error) return "";
  EXPECT_EQ(error->fault(), Fault::kIncompatible);
  return error->what();
}

TEST(ShardState, IdentityCheckNamesTheFirstDifference) {
  const auto says = [](const std::string& message, const std::string& part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_EQ(message.find("gen-1/0: "), 0U) << message;
  };
  EXPECT_EQ(refusal([](ShardIdentity&) {}), "");
  says(refusal([](ShardIdentity& id) { id.log.ledger_id[0] = 9; }), "ledgerId is stored '09020304");
  says(refusal([](ShardIdentity& id) { id.log.cluster_id = "x"; }),
       "cluster id is stored 'x', expected 'cluster-1'");
  says(refusal([](ShardIdentity& id) { id.log.topic = "x"; }), "topic is stored 'x'");
  says(refusal([](ShardIdentity& id) { id.log.partition = Partition{1}; }),
       "partition is stored '1', expected '0'");
  says(refusal([](ShardIdentity& id) { id.log.partition_count = 2; }),
       "partition count is stored '2'");
  says(refusal([](ShardIdentity& id) { id.log.ephemeral = true; }), "ephemeral is stored 'true'");
  says(refusal([](ShardIdentity& id) { id.fold_version = 2; }),
       "fold version is stored 2, expected 1; run `ledger-projector rebuild`");
  says(refusal([](ShardIdentity& id) { id.declarations.indexes.pop_back(); }),
       "other index declarations");
}

TEST(Digest, IsASumThatForgetsTheOrderAndWhatWasTakenOut) {
  const Digest a = entry_hash("v", "k1", "x");
  const Digest b = entry_hash("v", "k2", "y");
  Digest ab{};
  add(ab, a);
  add(ab, b);
  Digest ba{};
  add(ba, b);
  add(ba, a);
  EXPECT_EQ(ab, ba);
  subtract(ab, a);
  EXPECT_EQ(ab, b);
  subtract(ab, b);
  EXPECT_EQ(ab, Digest{});
  Digest below{};  // mod 2^128
  subtract(below, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  for (const uint8_t byte : below) EXPECT_EQ(byte, 0xFF);
}

TEST(Digest, SeparatesViewKeyAndValue) {
  EXPECT_NE(entry_hash("v", "ab", "c"), entry_hash("v", "a", "bc"));
  EXPECT_NE(entry_hash("va", "b", "c"), entry_hash("v", "ab", "c"));
  EXPECT_NE(entry_hash("v", "a", ""), entry_hash("v", "", "a"));
}

}  // namespace
}  // namespace ledger::store
