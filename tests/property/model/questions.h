// Random questions about a ledger, with values that are there, nearly there, or not there.
#pragma once

#include <string>
#include <vector>

#include "tests/property/model/ask_events.h"
#include "tests/property/model/random.h"

namespace ledger::model {

struct RowsQuestion {
  std::string_view table;
  std::vector<Test> tests;
  std::optional<std::string> index;  // by name; nothing: chosen by the tests
  bool index_only = false;
  bool reverse = false;
};

// Draws questions from what stands in some ledger. Lifetime: of the arguments.
class Questioner {
 public:
  Questioner(Random& random, const Ledger& ledger, const std::vector<Log>& logs)
      : random_(random), ledger_(ledger), logs_(logs) {}

  std::string_view table() { return random_.chance(50) ? kAudios : kListenings; }
  RowsQuestion rows();
  // A field of the table that rows can be counted by.
  std::string any_field(std::string_view table);
  // An _id that lives, lived, was named or never was.
  std::string id(std::string_view table);
  EventTests events();
  std::string event_id();

 private:
  std::vector<Test> index_tests(std::string_view table, const std::vector<std::string>& parts);
  void add_other_tests(std::string_view table, std::vector<Test>& tests);
  const Row* some_row(std::string_view table);
  Value value_near(std::string_view table, const std::string& name);
  Value changed(Value value, bool number);
  const Fact* some_fact();
  void add_member(const Fact& fact, EventTests& tests);

  Random& random_;
  const Ledger& ledger_;
  const std::vector<Log>& logs_;
};

}  // namespace ledger::model
