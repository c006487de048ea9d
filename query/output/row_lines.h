// Rows as lines: Convex JSON, absent fields left out.
#pragma once

#include <string>

#include "query/kept_text.h"
#include "query/output/line.h"
#include "query/output/selection.h"
#include "query/request.h"
#include "schemas/base/json_text.h"
#include "schemas/record/fields.h"

namespace ledger::query {

// A field's value as a line shows it. Kept texts are read; `settings` is the buffer for
// voiceSettings.
// Lifetime: of the record, of `texts`' next read of the same field, of `settings`.
Value to_value(const record::FieldValue& value, Partition partition, std::string_view field,
               KeptTexts& texts, std::string& settings);

class RowLines {
 public:
  // Throws: Error{kUsage} as Selection.
  RowLines(Views& views, record::Table table, const std::optional<std::string>& select);

  const std::vector<std::string>& columns() const { return selection_.columns(); }
  // Lifetime: until the next call. Cost: no allocation, but for kept texts and voiceSettings.
  const Line& make(const Row& row);

 private:
  template <typename Record>
  void fill(Partition partition, const Record& record);

  Selection selection_;
  KeptTexts texts_;
  std::string settings_;
  Line line_;
};

}  // namespace ledger::query
