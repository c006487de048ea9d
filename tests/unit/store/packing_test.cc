#include <limits>
#include <string>
#include <vector>

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

std::string packed_id(std::string_view id) {
  return packed([&](Packer& out) { out.id(id); });
}

TEST(Packing, IdHasTheBytesThatAreWrittenDown) {
  EXPECT_EQ(packed_id(""), "00");
  EXPECT_EQ(packed_id("a1"), "066131");
  EXPECT_EQ(packed_id("user-7"), "12757365722d37");
  EXPECT_EQ(packed_id("000"), "0a0000");
  EXPECT_EQ(packed_id("zzz"), "0afffe");
  EXPECT_EQ(packed_id("01234567z"), "1c00443214c7f8");
  EXPECT_EQ(packed_id("u12345"),
            "127531323334"
            "35");  // 5 digits are too few behind a head
  EXPECT_EQ(packed_id("user_123456"), "1405757365725f08864298");
  EXPECT_EQ(packed_id("00112233445566778899aabbccddeeff"), "0400112233445566778899aabbccddeeff");
  EXPECT_EQ(packed_id("0197a1c2-3344-7566-8788-99aabbccddee"),
            "070197a1c233447566878899aabbccddee");
}

TEST(Packing, IdOf32CrockfordDigitsTakes21BytesAnd23WithALetterThatIsNone) {
  EXPECT_EQ(packed_id("k57d0c1m2n3b4v5c6x7z8a9s0d1f2g3h").size(), 2 * 21U);
  EXPECT_EQ(packed_id("ju7d0c1m2n3b4v5c6x7z8a9s0d1f2g3h").size(), 2 * 23U);
}

TEST(Packing, IdsComeBack) {
  std::vector<std::string> ids = {"0197A1C2-3344-7566-8788-99AABBCCDDEE",
                                  "0197a1c2-3344-7566-8788-99aabbccddee",
                                  "00112233445566778899AABBCCDDEEFF", "\xc3\xa9t\xc3\xa9"};
  for (size_t length = 0; length <= 128; ++length) {
    ids.emplace_back(length, '7');
    ids.push_back(std::string("u").append(length, 'z'));
    ids.push_back(std::string(length, 'a').append("_"));
  }
  for (const std::string& id : ids) {
    const std::string bytes = bytes_of(packed_id(id));
    Unpacker in(bytes, "an id");
    std::string back = "of before";
    in.id(back);
    in.finish();
    EXPECT_EQ(back, id);
  }
}

TEST(Packing, IdHasOneFormOnly) {
  const auto id = [](Unpacker& in) {
    std::string into;
    in.id(into);
  };
  EXPECT_EQ(unpack_fault("09303030", id), Fault::kIntegrity);        // digits, as text
  EXPECT_EQ(unpack_fault("0a0001", id), Fault::kIntegrity);          // bits behind the last digit
  EXPECT_EQ(unpack_fault("0a00", id), Fault::kIntegrity);            // cut short
  EXPECT_EQ(unpack_fault("0130", id), Fault::kIntegrity);            // no digits, packed
  EXPECT_EQ(unpack_fault("140008864298", id), Fault::kIntegrity);    // an empty head
  EXPECT_EQ(unpack_fault("14013108864298", id), Fault::kIntegrity);  // a head of digits
  EXPECT_EQ(unpack_fault("110175"
                         "08864280",
                         id),
            Fault::kIntegrity);  // 5 digits behind a head
  EXPECT_EQ(unpack_fault("61"
                         "00443214c7004432"
                         "14c700443214c700443214c7",
                         id),
            Fault::kIntegrity);  // 32 hex digits, as digits
  EXPECT_EQ(unpack_fault("ffffffffffffffffff01", id), Fault::kIntegrity);  // longer than all
}

TEST(Packing, IdThatIsDamagedIsAFaultOrAnotherIdsOnlyForm) {
  for (const char* id : {"user_123456", "k57d0c1m", "00112233445566778899aabbccddeeff",
                         "0197a1c2-3344-7566-8788-99aabbccddee", "user-7"}) {
    const std::string bytes = bytes_of(packed_id(id));
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(byte);
        Unpacker in(changed, "an id");
        std::string back;
        if (fault_of([&] {
              in.id(back);
              in.finish();
            }) == Fault::kIntegrity)
          continue;
        EXPECT_EQ(packed_id(back), to_hex(changed));
      }
    }
  }
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
