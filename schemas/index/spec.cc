#include "schemas/index/spec.h"

#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

#include "schemas/base/error.h"

namespace ledger::index {

namespace {

constexpr std::string_view kNoFields = "-";  // how the text form writes an empty field list

// Takes the bytes up to `end` off the front of `text`. Returns: nullopt when `end` is not there.
std::optional<std::string_view> take_until(std::string_view& text, char end);
std::optional<IndexSpec> parse_line(std::string_view line);
bool parse_fields(std::string_view text, std::vector<std::string>& fields);

}  // namespace

std::vector<std::string> IndexSpec::key_fields() const {
  if (id == by_id_of(table)) return {"_id"};
  std::vector<std::string> names = fields;
  names.insert(names.end(), {"_creationTime", "_id"});
  return names;
}

std::vector<const IndexSpec*> Declarations::of(record::Table table) const {
  std::vector<const IndexSpec*> found;
  for (const IndexSpec& spec : indexes) {
    if (spec.table == table) found.push_back(&spec);
  }
  return found;
}

const IndexSpec* Declarations::find(record::Table table, std::string_view name) const {
  const auto it = std::find_if(indexes.begin(), indexes.end(), [&](const IndexSpec& spec) {
    return spec.table == table && spec.name == name;
  });
  return it == indexes.end() ? nullptr : &*it;
}

const IndexSpec* Declarations::find(IndexId id) const {
  const auto it = std::find_if(indexes.begin(), indexes.end(),
                               [id](const IndexSpec& spec) { return spec.id == id; });
  return it == indexes.end() ? nullptr : &*it;
}

std::string to_text(const Declarations& declarations) {
  std::string text;
  for (const IndexSpec& spec : declarations.indexes) {
    text += fmt::format("{} {} {} {}\n", raw(spec.id), record::table_name(spec.table), spec.name,
                        spec.fields.empty() ? std::string(kNoFields)
                                            : fmt::format("{}", fmt::join(spec.fields, ",")));
  }
  return text;
}

Declarations parse_declarations(std::string_view text) {
  Declarations declarations;
  int line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const auto line = take_until(text, '\n');
    auto spec = line ? parse_line(*line) : std::nullopt;
    if (!spec) {
      throw Error(
          Fault::kIntegrity,
          fmt::format("stored index declarations are damaged: line {} is not `id table name "
                      "field,field`; rebuild the views with `ledger-projector rebuild`",
                      line_number));
    }
    declarations.indexes.push_back(*std::move(spec));
  }
  return declarations;
}

namespace {

std::optional<std::string_view> take_until(std::string_view& text, char end) {
  const size_t at = text.find(end);
  if (at == text.npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

std::optional<IndexSpec> parse_line(std::string_view line) {
  const auto id = take_until(line, ' ');
  const auto table_name = take_until(line, ' ');
  const auto name = take_until(line, ' ');
  if (!id || !table_name || !name || name->empty()) return std::nullopt;

  uint16_t number = 0;
  const auto [end, failure] = std::from_chars(id->data(), id->data() + id->size(), number);
  const auto table = record::table_from(*table_name);
  if (failure != std::errc() || end != id->data() + id->size() || !table) return std::nullopt;

  IndexSpec spec{IndexId{number}, *table, std::string(*name), {}};
  if (!parse_fields(line, spec.fields)) return std::nullopt;
  return spec;
}

bool parse_fields(std::string_view text, std::vector<std::string>& fields) {
  if (text == kNoFields) return true;
  while (const auto field = take_until(text, ',')) fields.emplace_back(*field);
  fields.emplace_back(text);
  return std::none_of(fields.begin(), fields.end(), [](const std::string& field) {
    return field.empty() || field.find(' ') != field.npos;
  });
}

}  // namespace

}  // namespace ledger::index
