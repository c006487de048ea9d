// JSON output: one writer over a reusable string, numbers as JavaScript prints them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ledger {

// Appends `value` as JavaScript's Number::toString prints it: 1e+21, 0.000001, 1770832800000.123, 0
// for -0. Precondition (asserted): finite.
void append_js_number(std::string& out, double value);

// Writes JSON texts, compact, in the order of the calls; commas and quoting are its own.
// Why: RapidJSON does the work behind it, and no header of ours names it.
// Lifetime: `out` outlives the writer. Cost: no allocation per text once `out` has grown; reuse one
// writer.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out);
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void restart();  // the next call begins a new text; `out` is left as it is
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void text(std::string_view utf8);
  void number(double value);
  void integer(int64_t value);
  void boolean(bool value);
  void null();
  void raw(std::string_view json);  // an already complete JSON value

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger
