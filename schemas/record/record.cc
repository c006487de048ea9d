#include "schemas/record/record.h"

#include <array>

namespace ledger::record {

namespace {

// Index = enumerant of record.capnp.
constexpr std::array<std::string_view, 3> kContentTypes = {"unset", "article", "subject"};
constexpr std::array<std::string_view, 3> kLocales = {"unset", "en", "id"};
constexpr std::array<std::string_view, 6> kStatuses = {
    "unset", "pending", "generating_script", "generating_speech", "completed", "failed"};

template <typename Enumeration, size_t N>
std::optional<Enumeration> from_text(const std::array<std::string_view, N>& texts,
                                     std::string_view text) {
  for (size_t i = 1; i < N; ++i) {
    if (texts[i] == text) return static_cast<Enumeration>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(ContentType value) { return kContentTypes.at(static_cast<size_t>(value)); }
std::string_view to_text(Locale value) { return kLocales.at(static_cast<size_t>(value)); }
std::string_view to_text(Status value) { return kStatuses.at(static_cast<size_t>(value)); }

std::optional<ContentType> content_type_from(std::string_view text) {
  return from_text<ContentType>(kContentTypes, text);
}
std::optional<Locale> locale_from(std::string_view text) {
  return from_text<Locale>(kLocales, text);
}
std::optional<Status> status_from(std::string_view text) {
  return from_text<Status>(kStatuses, text);
}

std::string_view table_name(Table table) {
  return table == Table::kContentAudios ? "contentAudios" : "userContentAudios";
}

std::optional<Table> table_from(std::string_view name) {
  for (const Table table : {Table::kContentAudios, Table::kUserContentAudios}) {
    if (table_name(table) == name) return table;
  }
  return std::nullopt;
}

}  // namespace ledger::record
