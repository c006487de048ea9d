#include "query/find.h"

#include "query/condition.h"
#include "query/page.h"
#include "query/plan.h"
#include "query/row_reader.h"
#include "query/scan.h"

namespace ledger::query {

namespace {

std::optional<ScanStart> start_of(const Page& page) {
  if (!page.after()) return std::nullopt;
  return ScanStart{page.after()->key, page.after()->partition};
}

template <typename Record>
Answer find_rows(Views& views, const FindRequest& request, const RowSink& sink) {
  make_plan(views.declarations(), request);  // a wrong question is refused before its position
  Page page(views, request);
  const Plan plan = make_plan(views.declarations(), request);
  page.begin(views, canonical_text(plan, request));
  Answer answer;
  answer.index = plan.index->name;
  answer.at = page.at();
  KeptTexts texts(views);
  RowTest<Record> test(plan.residual, &texts);
  answer.tested = !test.empty();
  RowReader<Record> rows(views);
  MergedScan scan(views, plan.index->id, plan.range, request.reverse, page.at(), start_of(page),
                  request.departed_walk_max);
  const uint64_t limit = request.limit.value_or(UINT64_MAX);
  std::string last_key;
  Partition last_partition{};
  uint64_t scanned = 0;
  for (MergedScan::Hit hit; scan.next(hit);) {
    ++scanned;
    const bool full = answer.matched == limit;
    if (full && !answer.tested) {
      answer.next = page.next(last_key, last_partition);
      break;
    }
    const Record& row = rows.read(hit.partition, hit.entry.rid, hit.at);
    if (answer.tested && !test.matches(hit.partition, row)) continue;
    if (full) {
      answer.next = page.next(last_key, last_partition);
      break;
    }
    ++answer.matched;
    answer.scanned = scanned;
    last_key.assign(hit.key);
    last_partition = hit.partition;
    sink({hit.partition, hit.entry.rid, rows.from(), &row});
  }
  if (!answer.next) answer.scanned = scanned;
  return answer;
}

}  // namespace

Answer find(Views& views, const FindRequest& request, const RowSink& sink) {
  return request.table == record::Table::kContentAudios
             ? find_rows<record::ContentAudio>(views, request, sink)
             : find_rows<record::UserContentAudio>(views, request, sink);
}

Answer get(Views& views, record::Table table, std::string_view id, const AsOf& as_of,
           const RowSink& sink) {
  FindRequest request;
  request.table = table;
  request.conditions = {{"_id", Comparison::kEqual, std::string(id)}};
  request.index = "by_id";
  request.as_of = as_of;
  return find(views, request, sink);
}

}  // namespace ledger::query
