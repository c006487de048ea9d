#include "schemas/store/image.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "schemas/base/bytes.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

using record::ContentAudio;
using record::UserContentAudio;

constexpr unsigned kOptionalFields = 7;
constexpr Rid kRid{1};  // of all rows here; the sample listening's _id is derived from it

// `present`: a bit for each optional field, in the order of the record.
ContentAudio sample_audio(unsigned present) {
  ContentAudio row;
  row.id = "k57d0c1m2n3b4v5c6x7z8a9s0d1f2g3h";
  row.creation_time = 1770832800000.125;
  row.content_id = "j97e0c1m2n3b4v5c6x7z8a9s0d1f2g3h";
  row.content_type = record::ContentType::kSubject;
  row.locale = record::Locale::kId;
  row.content_hash = std::string(64, 'e');
  row.voice_id = "voice \xc3\xa9";
  row.status = record::Status::kFailed;
  row.generation_attempts = 3;
  row.updated_at = 1770832800001;
  if (present & 1) row.voice_settings = {0.5, std::nullopt, -0.0};
  if (present & 2) row.script = Offset{0};
  if (present & 4) row.audio_storage_id = "";
  if (present & 8) row.audio_duration = 12.75;
  if (present & 16) row.audio_size = 0;
  if (present & 32) row.error_message = Offset{std::numeric_limits<int64_t>::max()};
  if (present & 64) row.failed_at = 1770832800000;
  return row;
}

UserContentAudio sample_listening(bool played) {
  UserContentAudio row;
  row.id = "uca_abcdef0000000000001";
  row.creation_time = 1770832800000;
  row.user_id = "user-7";
  row.content_audio_id = "k57d";
  row.content_id = "c1";
  row.content_type = record::ContentType::kArticle;
  row.play_count = 4;
  row.updated_at = 1770832800002;
  if (played) row.last_played_at = 1770832800001.5;
  return row;
}

template <typename Record>
std::string image_of(const Record& row) {
  std::string image;
  encode_image(row, kRid, image);
  return image;
}

template <typename Record>
Record row_of(std::string_view image) {
  Record row;
  decode_image(image, kRid, row);
  return row;
}

// Bytes that are taken for a row are that row's only image; all others are an integrity fault.
template <typename Record>
void expect_image_or_fault(const std::string& bytes) {
  try {
    EXPECT_EQ(image_of(row_of<Record>(bytes)), bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kIntegrity);
  }
}

template <typename Record>
void damage_everywhere(const Record& row) {
  const std::string image = image_of(row);
  for (size_t length = 0; length < image.size(); ++length) {
    const std::string cut = image.substr(0, length);
    EXPECT_EQ(fault_of([&] { row_of<Record>(cut); }), Fault::kIntegrity) << length;
  }
  EXPECT_EQ(fault_of([&] { row_of<Record>(image + '\0'); }), Fault::kIntegrity);
  for (size_t at = 0; at < image.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = image;
      changed[at] = static_cast<char>(byte);
      expect_image_or_fault<Record>(changed);
    }
  }
}

TEST(Image, ContentAudioComesBackWithEveryOptionalAbsentOrPresent) {
  for (unsigned present = 0; present < 1U << kOptionalFields; ++present) {
    const ContentAudio row = sample_audio(present);
    EXPECT_EQ(row_of<ContentAudio>(image_of(row)), row) << present;
  }
}

TEST(Image, VoiceSettingsComeBackWithEachMemberAbsentOrPresent) {
  ContentAudio row = sample_audio(0);
  for (unsigned present = 0; present < 8; ++present) {
    row.voice_settings = record::VoiceSettings();
    if (present & 1) row.voice_settings->stability = 0;
    if (present & 2) row.voice_settings->similarity_boost = 0.25;
    if (present & 4) row.voice_settings->style = 1;
    EXPECT_EQ(row_of<ContentAudio>(image_of(row)), row) << present;
  }
}

TEST(Image, ContentAudioComesBackWithEachEnumerant) {
  for (const auto status : {record::Status::kPending, record::Status::kGeneratingScript,
                            record::Status::kGeneratingSpeech, record::Status::kCompleted}) {
    ContentAudio row = sample_audio(0);
    row.status = status;
    row.content_type = record::ContentType::kArticle;
    row.locale = record::Locale::kEn;
    EXPECT_EQ(row_of<ContentAudio>(image_of(row)), row);
  }
}

TEST(Image, UserContentAudioComesBackPlayedOrNot) {
  for (const bool played : {false, true}) {
    const UserContentAudio row = sample_listening(played);
    EXPECT_EQ(row_of<UserContentAudio>(image_of(row)), row);
  }
}

TEST(Image, MinusZeroIsKeptApartFromZero) {
  UserContentAudio row = sample_listening(true);
  row.last_played_at = -0.0;
  const auto back = row_of<UserContentAudio>(image_of(row));
  EXPECT_TRUE(std::signbit(*back.last_played_at));
}

TEST(Image, DecodingReplacesTheWholeRow) {
  ContentAudio audio = sample_audio(127);
  decode_image(image_of(sample_audio(0)), kRid, audio);
  EXPECT_EQ(audio, sample_audio(0));
  UserContentAudio listening = sample_listening(true);
  decode_image(image_of(sample_listening(false)), kRid, listening);
  EXPECT_EQ(listening, sample_listening(false));
}

TEST(Image, ContentAudioThatIsDamagedIsAFaultOrAnotherRowsOnlyImage) {
  damage_everywhere(sample_audio(0));
  damage_everywhere(sample_audio(127));
}

TEST(Image, UserContentAudioThatIsDamagedIsAFaultOrAnotherRowsOnlyImage) {
  damage_everywhere(sample_listening(false));
  damage_everywhere(sample_listening(true));
}

UserContentAudio accessed_at_258() {
  UserContentAudio row;
  row.id = "uca_0000010000000000082";
  row.creation_time = row.updated_at = 1770832800000;
  row.user_id = "user-7";
  row.content_audio_id = "a1";
  row.content_id = "c1";
  row.content_type = record::ContentType::kArticle;
  return row;
}

TEST(Image, ExampleOfLayoutMdHasTheBytesWrittenThere) {
  const Stored<UserContentAudio> stored{Rid{258}, Offset{258}, accessed_at_258()};
  EXPECT_EQ(stored.row.id, derived_id("uca_000001", Partition{0}, Offset{258}));
  EXPECT_EQ(to_hex(encode_row(stored)),
            "00"
            "29"
            "00000001"
            "00"
            "80a4e1dd8967"
            "00"
            "12757365722d37"
            "066131"
            "066331");
}

TEST(Image, DerivedIdIsLeftOutAndAnyOtherIsThere) {
  UserContentAudio row = sample_listening(true);
  const std::string own = image_of(row);
  for (const char* other : {"uca_abcdef0000000000002",  // of another row
                            "uca_abcdef000000000001",   // a digit less
                            "uca_abcdefz000000000001",  // more than 64 bits
                            "UCA_abcdef0000000000001", "uca_Abcdef0000000000001", "k57d"}) {
    row.id = other;
    const std::string image = image_of(row);
    EXPECT_EQ(row_of<UserContentAudio>(image), row);
    EXPECT_NE(image[0], own[0]) << other;
  }
}

TEST(Image, DerivedIdHasOneFormOnly) {
  UserContentAudio row = sample_listening(true);
  row.id = "uca_abcdef0000000000002";
  std::string bytes = image_of(row);
  const UserContentAudio sample = sample_listening(true);
  EXPECT_EQ(fault_of([&] { decode_image(bytes, Rid{2}, row); }), Fault::kIntegrity);
  bytes = image_of(sample);
  decode_image(bytes, Rid{2}, row);
  EXPECT_EQ(row.id, "uca_abcdef0000000000002");
}

TEST(Image, TimesThatAreAlikeAreStoredOnce) {
  UserContentAudio row = accessed_at_258();
  const size_t once = image_of(row).size();
  row.last_played_at = row.updated_at;
  EXPECT_EQ(image_of(row).size(), once);
  EXPECT_EQ(row_of<UserContentAudio>(image_of(row)), row);
  row.updated_at = 1770832800001;
  row.last_played_at = row.updated_at;
  EXPECT_EQ(image_of(row).size(), once + 6);
  row.last_played_at = row.creation_time;
  EXPECT_EQ(image_of(row).size(), once + 12);
  EXPECT_EQ(row_of<UserContentAudio>(image_of(row)), row);
}

TEST(Image, RowIsTheAgeOfItsImageAndTheImage) {
  const Stored<UserContentAudio> stored{kRid, Offset{301}, sample_listening(true)};
  const std::string value = encode_row(stored);
  EXPECT_EQ(value, "\xac\x02" + image_of(stored.row));
  EXPECT_EQ(decode_row<UserContentAudio>(kRid, value), stored);
  const RowBytes bytes = split_row(kRid, value);
  EXPECT_EQ(bytes.from, Offset{301});
  EXPECT_EQ(bytes.image, image_of(stored.row));
  for (size_t length = 0; length < value.size(); ++length) {
    const std::string cut = value.substr(0, length);
    EXPECT_EQ(fault_of([&] { decode_row<UserContentAudio>(kRid, cut); }), Fault::kIntegrity);
  }
}

TEST(Image, AgeThatLeadsBeyondTheLastOffsetIsRefused) {
  const std::string age = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
  EXPECT_EQ(split_row(Rid{0}, age).from, Offset{std::numeric_limits<int64_t>::max()});
  EXPECT_EQ(fault_of([&] { split_row(Rid{1}, age); }), Fault::kIntegrity);
}

}  // namespace
}  // namespace ledger::store
