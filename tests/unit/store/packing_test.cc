#include <limits>

#include <gtest/gtest.h>

#include "schemas/base/bytes.h"
#include "schemas/store/packing_internal.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  EXPECT_TRUE(parse_hex(hex, bytes)) << hex;
  return bytes;
}

template <typename Pack>
std::string packed(Pack pack) {
  std::string bytes;
  Packer packer(bytes);
  pack(packer);
  return to_hex(bytes);
}

template <typename Unpack>
Fault unpack_fault(std::string_view hex, Unpack unpack) {
  const std::string bytes = bytes_of(hex);
  Unpacker in(bytes, "a sample");
  return fault_of([&] { unpack(in); });
}

TEST(Packing, VarintIsTheShortestLeb128) {
  const auto varint = [](uint64_t value) {
    return packed([&](Packer& out) { out.varint(value); });
  };
  EXPECT_EQ(varint(0), "00");
  EXPECT_EQ(varint(127), "7f");
  EXPECT_EQ(varint(128), "8001");
  EXPECT_EQ(varint(300), "ac02");
  EXPECT_EQ(varint(std::numeric_limits<uint64_t>::max()), "ffffffffffffffffff01");
}

TEST(Packing, VarintThatIsCutShortTooLongOrTooLargeIsRefused) {
  const auto varint = [](Unpacker& in) { in.varint(); };
  for (const char* hex : {"", "80", "8000", "ff8000", "ffffffffffffffffff02",
                          "ffffffffffffffffff8101", "ffffffffffffffffffff01"}) {
    EXPECT_EQ(unpack_fault(hex, varint), Fault::kIntegrity) << hex;
  }
  const auto offset = [](Unpacker& in) { in.offset(); };
  EXPECT_EQ(unpack_fault("ffffffffffffffff7f", offset), Fault::kNone);
  EXPECT_EQ(unpack_fault("80808080808080808001", offset), Fault::kIntegrity);
  const auto small = [](Unpacker& in) { in.small(); };
  EXPECT_EQ(unpack_fault("ffffffff07", small), Fault::kNone);
  EXPECT_EQ(unpack_fault("8080808008", small), Fault::kIntegrity);
}

TEST(Packing, WholeNumberIsAVarintAndAnyOtherItsBits) {
  const auto number = [](double value) { return packed([&](Packer& out) { out.number(value); }); };
  EXPECT_EQ(number(0), "00");
  EXPECT_EQ(number(1), "02");
  EXPECT_EQ(number(9007199254740991), "feffffffffffff1f");
  EXPECT_EQ(number(9007199254740992), "014340000000000000");
  EXPECT_EQ(number(-0.0), "018000000000000000");
  EXPECT_EQ(number(0.5), "013fe0000000000000");
  EXPECT_EQ(number(-1), "01bff0000000000000");
}

TEST(Packing, NumberHasOneFormOnly) {
  const auto number = [](Unpacker& in) { in.number(); };
  EXPECT_EQ(unpack_fault("03", number), Fault::kIntegrity);                  // no tag
  EXPECT_EQ(unpack_fault("013ff0000000000000", number), Fault::kIntegrity);  // 1, as bits
  EXPECT_EQ(unpack_fault("8080808080808020", number), Fault::kIntegrity);    // 2^53, as a varint
  EXPECT_EQ(unpack_fault("013ff00000", number), Fault::kIntegrity);          // cut short
}

TEST(Packing, HashOf64LowerCaseHexDigitsTakesHalfTheBytes) {
  const std::string digits = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  const auto hash = [](const std::string& text) {
    return packed([&](Packer& out) { out.hash(text); });
  };
  EXPECT_EQ(hash(digits), std::string("41").append(digits));
  EXPECT_EQ(hash("ab"), "046162");
  EXPECT_EQ(hash(""), "00");
  for (std::string other :
       {digits.substr(1), digits + "0", std::string("A").append(digits.substr(1))}) {
    const std::string bytes = bytes_of(hash(other));
    Unpacker in(bytes, "a hash");
    EXPECT_EQ(in.hash(), other);
    in.finish();
  }
}

TEST(Packing, HashHasOneFormOnly) {
  const auto hash = [](Unpacker& in) { in.hash(); };
  const std::string digits(64, '7');
  EXPECT_EQ(unpack_fault(std::string("8001").append(to_hex(digits)), hash),
            Fault::kIntegrity);                              // packable, as text
  EXPECT_EQ(unpack_fault("03ab", hash), Fault::kIntegrity);  // packed, one byte
}

TEST(Packing, TextWithTheHashTagOrBeyondTheEndIsRefused) {
  const auto text = [](Unpacker& in) { in.text(); };
  EXPECT_EQ(unpack_fault("0461", text), Fault::kIntegrity);
  EXPECT_EQ(unpack_fault("0361", text), Fault::kIntegrity);
  EXPECT_EQ(unpack_fault("046162", text), Fault::kNone);
}

TEST(Packing, BytesThatAreLeftOverAreRefusedByName) {
  Unpacker in("x", "a row of samples");
  EXPECT_EQ(message_of([&] { in.finish(); }),
            "views: a row of samples is damaged; rebuild the views: ledger-projector rebuild");
}

}  // namespace
}  // namespace ledger::store
