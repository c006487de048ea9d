#include "query/condition.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/error.h"
#include "schemas/base/time.h"
#include "schemas/index/key.h"
#include "schemas/options/sources.h"

namespace ledger::query {

namespace {

using record::FieldKind;

struct FieldFacts {
  std::string_view name;
  FieldKind kind{};
};

template <typename Record>
std::vector<FieldFacts> facts_of() {
  std::vector<FieldFacts> facts;
  for (const auto& field : record::fields<Record>()) facts.push_back({field.name, field.kind});
  return facts;
}

std::vector<FieldFacts> facts_of(record::Table table) {
  return table == record::Table::kContentAudios ? facts_of<record::ContentAudio>()
                                                : facts_of<record::UserContentAudio>();
}

FieldFacts find_facts(record::Table table, std::string_view field) {
  for (const FieldFacts& each : facts_of(table)) {
    if (each.name == field) return each;
  }
  throw Error(Fault::kUsage,
              fmt::format("field: {} has no field '{}'{} (fields: {})", record::table_name(table),
                          field, options::suggestion(field, field_names(table)),
                          fmt::join(field_names(table), ", ")));
}

double parse_number(std::string_view field, std::string_view text, double now_ms) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = code == std::errc() && end == text.data() + text.size();
  if (whole && std::isfinite(number)) return number;
  if (is_time(field)) return parse_time(text, now_ms);
  throw Error(Fault::kUsage,
              fmt::format("condition: '{}' is no number, and {} is one", text, field));
}

template <typename Enumeration>
std::vector<std::string> texts_of(Enumeration last) {
  std::vector<std::string> texts;
  for (uint16_t i = 1; i <= static_cast<uint16_t>(last); ++i) {
    texts.emplace_back(record::to_text(static_cast<Enumeration>(i)));
  }
  return texts;
}

// A bound may be any text; an `=` on a text that no row can have is a typing error.
void check_enumeration(std::string_view field, std::string_view text) {
  const std::vector<std::string> texts = field == "contentType"
                                             ? texts_of(record::ContentType::kSubject)
                                         : field == "locale" ? texts_of(record::Locale::kId)
                                                             : texts_of(record::Status::kFailed);
  if (std::find(texts.begin(), texts.end(), text) != texts.end()) return;
  throw Error(Fault::kUsage, fmt::format("condition: '{}' is no {}{} (one of {})", text, field,
                                         options::suggestion(text, texts), fmt::join(texts, ", ")));
}

[[noreturn]] void refuse_object(std::string_view field) {
  throw Error(Fault::kUsage, fmt::format("condition: {} is an object and cannot be compared; print "
                                         "it with --select {} and test it there",
                                         field, field));
}

// Which of `=`, lower bound, upper bound: at most one of each on a field.
int kind_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return 0;
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
      return 1;
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
      return 2;
  }
  LEDGER_ASSERT(false, "comparison {}", static_cast<int>(comparison));
}

// The order of keys: all bits of a number count, also the sign of 0.
int64_t ordered(double number) {
  const auto bits = std::bit_cast<int64_t>(number);
  return bits >= 0 ? bits : std::bit_cast<int64_t>(~uint64_t{0} >> 1 ^ static_cast<uint64_t>(bits));
}

template <typename T>
int compare(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

bool holds(Comparison comparison, int order) {
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterOrEqual:
      return order >= 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessOrEqual:
      return order <= 0;
  }
  LEDGER_ASSERT(false, "comparison {}", static_cast<int>(comparison));
}

// absent < number < text, as in keys.
int compare_absent(const index::KeyPart& asked) { return asked.index() == 0 ? 0 : -1; }

int compare_number(double value, const index::KeyPart& asked) {
  const auto* number = std::get_if<double>(&asked);
  if (number != nullptr) return compare(ordered(value), ordered(*number));
  return asked.index() == 0 ? 1 : -1;
}

int compare_text(std::string_view value, const index::KeyPart& asked) {
  const auto* text = std::get_if<std::string>(&asked);
  return text != nullptr ? value.compare(*text) : 1;
}

}  // namespace

Condition parse_condition(record::Table table, Comparison comparison, std::string_view text,
                          double now_ms) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw Error(Fault::kUsage,
                fmt::format("condition: '{}' is not FIELD=VALUE (fields of {}: {})", text,
                            record::table_name(table), fmt::join(field_names(table), ", ")));
  }
  const std::string_view field = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  const FieldFacts facts = find_facts(table, field);
  Condition condition{std::string(field), comparison, {}};
  if (facts.kind == FieldKind::kVoiceSettings) refuse_object(field);
  if (facts.kind == FieldKind::kNumber) {
    condition.value = parse_number(field, value, now_ms);
    return condition;
  }
  const bool equal = comparison == Comparison::kEqual;
  if (facts.kind == FieldKind::kEnumeration && equal) check_enumeration(field, value);
  condition.value = std::string(value);
  return condition;
}

void check_conditions(record::Table table, const std::vector<Condition>& conditions) {
  constexpr std::array<std::string_view, 3> kKinds = {"= conditions", "lower bounds",
                                                      "upper bounds"};
  std::map<std::pair<std::string_view, int>, int> seen;
  for (const Condition& each : conditions) {
    const FieldFacts facts = find_facts(table, each.field);
    if (facts.kind == FieldKind::kVoiceSettings) refuse_object(each.field);
    const bool number = std::holds_alternative<double>(each.value);
    const bool absent = std::holds_alternative<std::monostate>(each.value);
    if (!absent && number != (facts.kind == FieldKind::kNumber)) {
      throw Error(Fault::kUsage, fmt::format("condition: {} is a {}, and the value is not",
                                             each.field, number ? "text" : "number"));
    }
    const int kind = kind_of(each.comparison);
    if (++seen[{each.field, kind}] > 1) {
      throw Error(Fault::kUsage, fmt::format("condition: two {} on {}; leave one",
                                             kKinds.at(static_cast<size_t>(kind)), each.field));
    }
  }
}

std::vector<std::string> field_names(record::Table table) {
  std::vector<std::string> names;
  for (const FieldFacts& each : facts_of(table)) names.emplace_back(each.name);
  return names;
}

bool is_time(std::string_view field) {
  return field == "_creationTime" || field == "updatedAt" || field == "failedAt" ||
         field == "lastPlayedAt";
}

void check_field(record::Table table, std::string_view field) { find_facts(table, field); }

void append_part(std::string& key, const index::KeyPart& part) {
  if (const auto* number = std::get_if<double>(&part)) return index::append_number(key, *number);
  if (const auto* text = std::get_if<std::string>(&part)) return index::append_text(key, *text);
  index::append_absent(key);
}

template <typename Record>
RowTest<Record>::RowTest(std::vector<Condition> conditions, KeptTexts* texts) : texts_(texts) {
  for (Condition& each : conditions) {
    const record::Field<Record>* field = record::find_field<Record>(each.field);
    LEDGER_ASSERT(field != nullptr, "field '{}'", each.field);
    tests_.push_back({field, std::move(each)});
  }
}

template <typename Record>
bool RowTest<Record>::matches(Partition partition, const Record& record) {
  for (const Test& test : tests_) {
    const record::FieldValue value = test.field->get(record);
    const index::KeyPart& asked = test.condition.value;
    int order = 0;
    if (const auto* number = std::get_if<double>(&value)) {
      order = compare_number(*number, asked);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      order = compare_text(*text, asked);
    } else if (const auto* kept = std::get_if<record::KeptText>(&value)) {
      order = compare_text(texts_->read(partition, kept->offset, test.field->name), asked);
    } else {
      order = compare_absent(asked);
    }
    if (!holds(test.condition.comparison, order)) return false;
  }
  return true;
}

template class RowTest<record::ContentAudio>;
template class RowTest<record::UserContentAudio>;

}  // namespace ledger::query
