#include "schemas/store/outcome.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

constexpr Disposition kDispositions[] = {Disposition::kApplied, Disposition::kNotApplied,
                                         Disposition::kDuplicate, Disposition::kQuarantined};

TEST(Outcome, EveryCodeHasAnUnusedNumberAndATextOfItsOwn) {
  std::set<std::string_view> texts;
  for (const Code code : all_codes()) {
    EXPECT_EQ(code_from(to_text(code)), code);
    texts.insert(to_text(code));
  }
  EXPECT_EQ(texts.size(), all_codes().size());
  EXPECT_EQ(code_from("no_such_code"), std::nullopt);
  EXPECT_EQ(code_from(""), std::nullopt);
}

TEST(Outcome, ComesBackWithAnyDispositionCodesAndField) {
  for (const Disposition disposition : kDispositions) {
    for (const Code code : all_codes()) {
      const Outcome outcome{disposition, {code, Code::kClockAhead}, "playRecorded.userId"};
      EXPECT_EQ(decode_outcome(encode_outcome(outcome)), outcome);
    }
    EXPECT_EQ(decode_outcome(encode_outcome({disposition, {}, ""})),
              (Outcome{disposition, {}, ""}));
  }
  const auto codes = all_codes();
  const Outcome all{Disposition::kApplied, {codes.begin(), codes.end()}, ""};
  EXPECT_EQ(decode_outcome(encode_outcome(all)), all);
}

TEST(Outcome, OnlyWhatIsAppliedWithoutACodeOrADuplicateIsClean) {
  EXPECT_TRUE((Outcome{Disposition::kApplied, {}, ""}).clean());
  EXPECT_TRUE((Outcome{Disposition::kDuplicate, {}, ""}).clean());
  EXPECT_FALSE((Outcome{Disposition::kApplied, {Code::kClockAhead}, ""}).clean());
  EXPECT_FALSE((Outcome{Disposition::kNotApplied, {Code::kAudioExists}, ""}).clean());
  EXPECT_FALSE((Outcome{Disposition::kQuarantined, {Code::kLimit}, "value"}).clean());
}

TEST(Outcome, SevenCodesQuarantineAndAllOthersAreAnomalies) {
  std::string names;
  for (const Code code : all_codes()) {
    if (quarantines(code)) names += std::string(to_text(code)) + " ";
  }
  EXPECT_EQ(names,
            "undecodable unknown_payload second_genesis unset limit wrong_key wrong_partition ");
}

TEST(Outcome, BytesThatAreNoOutcomeAreAnIntegrityFault) {
  const std::string bytes = encode_outcome({Disposition::kQuarantined, {Code::kLimit}, "value"});
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(fault_of([&] { decode_outcome(bytes.substr(0, length)); }), Fault::kIntegrity);
  }
  EXPECT_EQ(fault_of([&] { decode_outcome(bytes + 'x'); }), Fault::kIntegrity);
  std::string other_disposition = bytes;
  for (const char byte : {'\0', '\5', '\xff'}) {
    other_disposition[0] = byte;
    EXPECT_EQ(fault_of([&] { decode_outcome(other_disposition); }), Fault::kIntegrity);
  }
  std::string other_code = bytes;
  for (const size_t code : {size_t{0}, all_codes().size() + 1}) {
    other_code[2] = static_cast<char>(code);
    EXPECT_EQ(fault_of([&] { decode_outcome(other_code); }), Fault::kIntegrity);
  }
}

}  // namespace
}  // namespace ledger::store
