// The codec against Convex's own vectors: every value, key and range of index_keys.json that is
// made of absent, numbers and text (no field of a record has another type with a key).
#include <cstdlib>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "schemas/base/bytes.h"
#include "schemas/index/key.h"
#include "schemas/index/range.h"

namespace ledger::index {
namespace {

using simdjson::dom::element;

struct Vectors {
  simdjson::dom::parser parser;
  element root;

  Vectors() {
    const char* source = std::getenv("LEDGER_SOURCE_DIR");
    if (source == nullptr) throw std::runtime_error("LEDGER_SOURCE_DIR is not set");
    root = parser.load(std::string(source) + "/tests/golden/index/index_keys.json");
  }
};

std::string text_of(element json) {
  const std::string_view text = json.get_string();
  return std::string(text);
}

// Convex JSON. Returns: nullopt for a type that no key of ours has.
std::optional<KeyPart> part_of(element json) {
  if (json.is_string()) return KeyPart(text_of(json));
  if (json.is_number()) return KeyPart(double(json.get_double()));
  element inner;
  if (json["$undefined"].get(inner) == simdjson::SUCCESS) return KeyPart();
  if (json["$float"].get(inner) == simdjson::SUCCESS && text_of(inner) == "AAAAAAAA+H8=") {
    return KeyPart(std::numeric_limits<double>::quiet_NaN());
  }
  return std::nullopt;
}

bool same(const KeyPart& a, const KeyPart& b) {
  const auto* number = std::get_if<double>(&a);
  const auto* other = std::get_if<double>(&b);
  const bool both_nan = number && other && *number != *number && *other != *other;
  return both_nan || a == b;
}

TEST(IndexKeyVectors, EveryValueHasConvexsBytesAndComesBack) {
  Vectors vectors;
  int covered = 0;
  std::string previous;
  for (const element value : vectors.root["values"].get_array()) {
    const auto part = part_of(value["v"]);
    if (!part) continue;
    ++covered;
    std::string key;
    append_part(key, *part);
    EXPECT_EQ(to_hex(key), text_of(value["key"]));
    EXPECT_LT(previous, key);
    previous = key;

    const auto parts = split(key);
    ASSERT_TRUE(parts && parts->size() == 1) << text_of(value["key"]);
    EXPECT_TRUE(same(parts->front(), *part)) << text_of(value["key"]);
  }
  EXPECT_EQ(covered, 14);
}

TEST(IndexKeyVectors, BytesOfOtherTypesAreNoKeyOfOurs) {
  Vectors vectors;
  int refused = 0;
  for (const element value : vectors.root["values"].get_array()) {
    if (part_of(value["v"])) continue;
    ++refused;
    std::string key;
    ASSERT_TRUE(parse_hex(text_of(value["key"]), key));
    EXPECT_FALSE(split(key)) << text_of(value["key"]);
  }
  EXPECT_EQ(refused, 19);
}

TEST(IndexKeyVectors, EveryIndexKeyOfTheDocumentIsConvexs) {
  Vectors vectors;
  const element doc = vectors.root["doc"];
  record::ContentAudio row;
  row.id = text_of(doc["_id"]);
  row.creation_time = doc["_creationTime"].get_double();
  row.content_id = text_of(doc["contentId"]);
  row.content_type = record::content_type_from(text_of(doc["contentType"])).value();
  row.voice_id = text_of(doc["voiceId"]);
  row.status = record::status_from(text_of(doc["status"])).value();
  row.content_hash = text_of(doc["contentHash"]);

  const Declarations declarations = load_declarations();
  int covered = 0;
  for (const auto expected : vectors.root["index_keys"].get_object()) {
    const IndexSpec* spec = declarations.find(record::Table::kContentAudios, expected.key);
    ASSERT_NE(spec, nullptr) << expected.key;
    std::string key;
    KeyBuilder<record::ContentAudio>(*spec).build(row, key);
    EXPECT_EQ(to_hex(key), text_of(expected.value)) << expected.key;
    ++covered;
  }
  EXPECT_EQ(covered, 4);
}

// [["eq", field, value]..., ["gt", field, value]...] of the vectors.
RangeExpression expression_of(element json, const IndexSpec& spec) {
  RangeExpression expression;
  const auto fields = spec.key_fields();
  for (const element step : json.get_array()) {
    const std::string comparison = text_of(step.at(0));
    const KeyPart value = part_of(step.at(2)).value();
    EXPECT_EQ(text_of(step.at(1)), fields.at(expression.equal.size()));
    if (comparison == "eq") {
      expression.equal.push_back(value);
    } else if (comparison == "gt" || comparison == "gte") {
      expression.lower = Bound{value, comparison == "gte"};
    } else {
      expression.upper = Bound{value, comparison == "lte"};
    }
  }
  return expression;
}

TEST(IndexKeyVectors, EveryRangeIsConvexs) {
  Vectors vectors;
  const Declarations declarations = load_declarations();
  int covered = 0;
  for (const element vector : vectors.root["ranges"].get_array()) {
    const IndexSpec* spec =
        declarations.find(record::Table::kContentAudios, text_of(vector["index"]));
    ASSERT_NE(spec, nullptr);
    const KeyRange range = to_key_range(expression_of(vector["range"], *spec));
    EXPECT_EQ(to_hex(range.first), text_of(vector["start"]));
    EXPECT_EQ(range.limit.has_value(), !vector["end"].is_null());
    if (range.limit) {
      EXPECT_EQ(to_hex(*range.limit), text_of(vector["end"]));
    }
    ++covered;
  }
  EXPECT_EQ(covered, 5);
}

}  // namespace
}  // namespace ledger::index
