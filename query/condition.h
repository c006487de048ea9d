// Conditions: written on a command line, checked, and tested on a row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/kept_text.h"
#include "query/request.h"
#include "schemas/record/fields.h"

namespace ledger::query {

// `FIELD=VALUE` -> a condition. Numbers as JSON has them; the fields that are times also take what
// parse_time() reads.
// Throws: Error{kUsage} on text without '=', an unknown field (naming the nearest), a value that
// the field cannot have.
Condition parse_condition(record::Table table, Comparison comparison, std::string_view text,
                          double now_ms);

// Throws: Error{kUsage} on an unknown field, a value of another type, two `=`, two lower or two
// upper bounds on one field.
void check_conditions(record::Table table, const std::vector<Condition>& conditions);

// Is the field a time in ms since the Unix epoch?
bool is_time(std::string_view field);

// Convex names of the table's fields, in order of output. Lifetime: static.
std::vector<std::string> field_names(record::Table table);
// Throws: Error{kUsage} naming the nearest field.
void check_field(record::Table table, std::string_view field);

// Appends enc(part).
void append_part(std::string& key, const index::KeyPart& part);

// The conditions on the rows of one table, resolved once.
template <typename Record>
class RowTest {
 public:
  // Precondition: check_conditions() passed. `texts`: asked for kept texts only.
  RowTest(std::vector<Condition> conditions, KeptTexts* texts);

  bool empty() const { return tests_.empty(); }
  // Cost: no allocation; a condition on a kept text reads the kept event.
  bool matches(Partition partition, const Record& record);

 private:
  struct Test {
    const record::Field<Record>* field;
    Condition condition;
  };
  std::vector<Test> tests_;
  KeptTexts* texts_;
};

extern template class RowTest<record::ContentAudio>;
extern template class RowTest<record::UserContentAudio>;

}  // namespace ledger::query
