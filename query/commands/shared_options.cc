#include "query/commands/answering.h"

namespace ledger::query {

using options::Kind;
using options::Option;

std::vector<Option> output_options() {
  return {{"output",
           Kind::kText,
           "FORMAT",
           "table on a terminal, else ndjson",
           "",
           'o',
           {"table", "ndjson", "json", "csv"}}};
}

std::vector<Option> reading_options() {
  return {
      {"as-of", Kind::kText, "V|TIME", "answer as the ledger stood: 0:12,1:9, a time, now-1h"},
      {"at-least", Kind::kText, "V", "only when the views stand at V or further on"},
      {"wait", Kind::kDuration, "TIME", "how long to wait for --at-least and for views", "0s"},
  };
}

std::vector<Option> paging_options() {
  return {
      {"reverse", Kind::kFlag, "", "last first"},
      {"limit", Kind::kCount, "N", "N rows at most (a table shows 100)"},
      {"all", Kind::kFlag, "", "no limit, also in a table"},
      {"cursor", Kind::kText, "C", "the page after C, as of the first page"},
      {"live", Kind::kFlag, "", "with --cursor: at the newest, not as of the first page"},
  };
}

std::vector<Option> condition_options() {
  return {
      {"gt", Kind::kList, "FIELD=VALUE", "field > value"},
      {"gte", Kind::kList, "FIELD=VALUE", "field >= value"},
      {"lt", Kind::kList, "FIELD=VALUE", "field < value; absent is less than all"},
      {"lte", Kind::kList, "FIELD=VALUE", "field <= value"},
      {"index", Kind::kText, "NAME", "the index to go by (see ledger-query indexes)"},
      {"index-only", Kind::kFlag, "", "refuse conditions that the index does not answer"},
  };
}

Option select_option() {
  return {"select", Kind::kText, "F1,F2", "print these members only, in this order"};
}

Option expect_option() {
  return {"expect",
          Kind::kText,
          "HOW",
          "exit 1 unless that many are found",
          "",
          '\0',
          {"none", "one", "some"}};
}

std::vector<Option> join(std::initializer_list<std::vector<Option>> parts) {
  std::vector<Option> all;
  for (const std::vector<Option>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace ledger::query
