// Lines of an answer as text: table, ndjson, json or csv.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/output/line.h"
#include "schemas/base/ids.h"
#include "schemas/base/json_text.h"
#include "schemas/options/output.h"

namespace ledger::query {

enum class FormatKind : uint8_t { kTable, kNdjson, kJson, kCsv };

// What a table must fit.
struct Screen {
  size_t width = 0;  // columns of the terminal; 0 = no bound
  bool bold = false;
};

// Writes lines as they come; only rows go to stdout.
class Format {
 public:
  virtual ~Format() = default;
  // `columns`: all names that a line can have, in order of output.
  virtual void begin(const std::vector<std::string>& columns) = 0;
  // Members in order of output.
  virtual void line(const Line& line) = 0;
  // Returns: names of columns that did not fit and were left out (tables only).
  virtual std::vector<std::string> end(const PositionVector& at,
                                       const std::optional<std::string>& next) = 0;
};

std::unique_ptr<Format> make_format(FormatKind kind, options::Output& out, const Screen& screen);
// A table turned on its side, for one row: a name and a value per line.
std::unique_ptr<Format> make_record_table(options::Output& out, const Screen& screen);
std::unique_ptr<Format> make_table(options::Output& out, const Screen& screen);

void write_value(JsonWriter& out, const Value& value);  // an absent one as null

// Appends the value without quotes; nothing for an absent one. `readable`: as a table shows it,
// else as CSV has it, which is JSON but for text.
void append_plain(std::string& out, const Value& value, bool readable);

}  // namespace ledger::query
