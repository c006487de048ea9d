#include "query/output/row_lines.h"

#include "query/condition.h"
#include "schemas/event/json.h"

namespace ledger::query {

Value to_value(const record::FieldValue& value, Partition partition, std::string_view field,
               KeptTexts& texts, std::string& settings) {
  if (const auto* number = std::get_if<double>(&value)) {
    return is_time(field) ? Value(Time{*number}) : Value(*number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) return *text;
  if (const auto* kept = std::get_if<record::KeptText>(&value)) {
    return texts.read(partition, kept->offset, field);
  }
  if (const auto* object = std::get_if<const record::VoiceSettings*>(&value)) {
    settings.clear();
    JsonWriter json(settings);
    event::write_json(**object, json);
    return Json{settings};
  }
  return std::monostate();
}

RowLines::RowLines(Views& views, record::Table table, const std::optional<std::string>& select)
    : selection_(field_names(table), select), texts_(views) {}

const Line& RowLines::make(const Row& row) {
  line_.clear();
  std::visit([&](const auto* record) { fill(row.partition, *record); }, row.record);
  return line_;
}

template <typename Record>
void RowLines::fill(Partition partition, const Record& record) {
  const auto fields = record::fields<Record>();
  for (size_t i = 0; i < columns().size(); ++i) {
    const record::Field<Record>& field = fields[selection_.sources()[i]];
    line_.add(i, to_value(field.get(record), partition, field.name, texts_, settings_));
  }
}

}  // namespace ledger::query
