// A key range selects exactly the rows that the same conditions over the row's values select, for
// every index of both tables.
#include "schemas/index/range.h"
#include "tests/property/index/random_values.h"

namespace ledger::index {
namespace {

constexpr int kRangesPerIndex = 600;
constexpr int kRowsPerRange = 40;

// Short texts over a small alphabet, no NUL: what a folded record can hold.
std::string id_text(Random& random) {
  static const std::string kPieces[] = {"a", "b", "\xc3\xa9", "\xef\xbf\xbf", "\x01"};
  std::string text = random.one_of(kPieces);
  for (size_t more = random.below(3); more > 0; --more) text += random.one_of(kPieces);
  return text;
}

void fill(Random& random, record::ContentAudio& row) {
  static const record::ContentType kTypes[] = {record::ContentType::kArticle,
                                               record::ContentType::kSubject};
  static const record::Status kStatuses[] = {
      record::Status::kPending, record::Status::kGeneratingScript,
      record::Status::kGeneratingSpeech, record::Status::kCompleted, record::Status::kFailed};
  row.id = id_text(random);
  row.creation_time = random.number();
  row.content_id = id_text(random);
  row.content_type = random.one_of(kTypes);
  row.content_hash = id_text(random);
  row.voice_id = id_text(random);
  row.status = random.one_of(kStatuses);
}

void fill(Random& random, record::UserContentAudio& row) {
  static const record::ContentType kTypes[] = {record::ContentType::kArticle,
                                               record::ContentType::kSubject};
  row.id = id_text(random);
  row.creation_time = random.number();
  row.user_id = id_text(random);
  row.content_audio_id = id_text(random);
  row.content_id = id_text(random);
  row.content_type = random.one_of(kTypes);
}

template <typename Record>
std::vector<KeyPart> parts_of(const Record& row, const IndexSpec& spec) {
  std::vector<KeyPart> parts;
  for (const std::string& name : spec.key_fields()) {
    const record::FieldValue value = record::find_field<Record>(name)->get(row);
    if (const auto* text = std::get_if<std::string_view>(&value))
      parts.emplace_back(std::string(*text));
    if (const auto* number = std::get_if<double>(&value)) parts.emplace_back(*number);
  }
  return parts;
}

// Values near those that rows have: mostly a real row's, sometimes anything.
RangeExpression random_range(Random& random, const std::vector<KeyPart>& near) {
  const auto value = [&](size_t i) { return random.below(4) == 0 ? random.part() : near[i]; };
  RangeExpression range;
  const size_t equal = random.below(near.size() + 1);
  for (size_t i = 0; i < equal; ++i) range.equal.push_back(value(i));
  if (equal == near.size()) return range;
  if (random.below(2) == 0) range.lower = Bound{value(equal), random.below(2) == 0};
  if (random.below(2) == 0) range.upper = Bound{value(equal), random.below(2) == 0};
  return range;
}

bool selects(const RangeExpression& range, const std::vector<KeyPart>& parts) {
  for (size_t i = 0; i < range.equal.size(); ++i) {
    if (compare_parts(parts[i], range.equal[i]) != 0) return false;
  }
  const auto within = [&](const std::optional<Bound>& bound, int side) {
    if (!bound) return true;
    const int order = side * compare_parts(parts[range.equal.size()], bound->value);
    return order > 0 || (order == 0 && bound->inclusive);
  };
  return within(range.lower, 1) && within(range.upper, -1);
}

template <typename Record>
void expect_ranges_select_as_values_do(const IndexSpec& spec) {
  SCOPED_TRACE(testing::Message() << "LEDGER_SEED=" << test_seed() << " index " << spec.name);
  Random random(test_seed() + raw(spec.id));
  const KeyBuilder<Record> builder(spec);
  size_t selected = 0;
  for (int round = 0; round < kRangesPerIndex; ++round) {
    std::vector<Record> rows(kRowsPerRange);
    for (Record& row : rows) fill(random, row);
    const RangeExpression expression = random_range(random, parts_of(rows.front(), spec));
    const KeyRange range = to_key_range(expression);
    for (const Record& row : rows) {
      std::string key;
      builder.build(row, key);
      ASSERT_LE(key.size(), kKeyBytesMax);
      ASSERT_EQ(range.contains(key), selects(expression, parts_of(row, spec))) << "round " << round;
      selected += range.contains(key);
    }
  }
  EXPECT_GT(selected, 1000u);
}

TEST(RangeSelection, IsThatOfTheValuesForEveryIndexOfContentAudios) {
  const Declarations declarations = load_declarations();
  const auto specs = declarations.of(record::Table::kContentAudios);
  ASSERT_EQ(specs.size(), 6u);
  for (const IndexSpec* spec : specs) {
    expect_ranges_select_as_values_do<record::ContentAudio>(*spec);
  }
}

TEST(RangeSelection, IsThatOfTheValuesForEveryIndexOfUserContentAudios) {
  const Declarations declarations = load_declarations();
  const auto specs = declarations.of(record::Table::kUserContentAudios);
  ASSERT_EQ(specs.size(), 5u);
  for (const IndexSpec* spec : specs) {
    expect_ranges_select_as_values_do<record::UserContentAudio>(*spec);
  }
}

}  // namespace
}  // namespace ledger::index
