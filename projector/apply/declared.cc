#include "projector/apply/declared.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "schemas/base/error.h"

namespace ledger::apply {

namespace {

store::View required(const index::Declarations& declarations, record::Table table,
                     const std::vector<std::string>& fields) {
  for (const index::IndexSpec* spec : declarations.of(table)) {
    if (spec->fields == fields) return store::view_of(spec->id);
  }
  throw Error(Fault::kIncompatible,
              fmt::format("record.capnp: {} declares no index on [{}], in which the fold looks "
                          "rows up; declare it again",
                          record::table_name(table), fmt::join(fields, ", ")));
}

}  // namespace

store::View content_view(const index::Declarations& declarations) {
  return required(declarations, record::Table::kContentAudios, {"contentId", "contentType"});
}

store::View content_voice_view(const index::Declarations& declarations) {
  return required(declarations, record::Table::kContentAudios,
                  {"contentId", "contentType", "voiceId"});
}

store::View user_content_view(const index::Declarations& declarations) {
  return required(declarations, record::Table::kUserContentAudios,
                  {"userId", "contentId", "contentType"});
}

}  // namespace ledger::apply
