#include "tests/property/model/item.h"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "schemas/store/outcome.h"
#include "tests/property/model/show.h"

namespace ledger::model {

namespace {

Verdict verdict_of(const store::Outcome& outcome) {
  static const std::array<const char*, 5> dispositions = {"", "applied", "not_applied", "duplicate",
                                                          "quarantined"};
  Verdict verdict{dispositions.at(static_cast<size_t>(outcome.disposition)), {}, outcome.field};
  for (const store::Code code : outcome.codes) verdict.codes.emplace_back(store::to_text(code));
  return verdict;
}

std::optional<Row> row_of(const std::optional<query::AnyRecord>& record, const Log& log) {
  if (!record) return std::nullopt;
  return std::visit([&log](const auto& each) { return row_of(each, log); }, *record);
}

void check_kept(const store::KeptEvent& kept, const Log& log) {
  const Message& sent = log.at(static_cast<size_t>(raw(kept.offset)));
  if (kept.key == sent.key && kept.value == sent.value && kept.timestamp_ms == sent.timestamp) {
    return;
  }
  throw std::runtime_error(
      fmt::format("offset {} is not kept as it was sent: {}", raw(kept.offset), show(sent)));
}

std::vector<Value> row_place(const Row& row, const std::vector<std::string>& fields,
                             int32_t partition) {
  std::vector<Value> place = order_of(row, fields);
  place.emplace_back(static_cast<double>(partition));
  return place;
}

std::vector<Value> line_place(int32_t partition, int64_t offset) {
  return {static_cast<double>(partition), static_cast<double>(offset)};
}

std::vector<Value> event_place(int64_t log_time, int32_t partition, int64_t offset) {
  return {static_cast<double>(log_time), static_cast<double>(partition),
          static_cast<double>(offset)};
}

}  // namespace

Item item_of(const Found& found, const std::vector<std::string>& fields) {
  const LiveRow& live = found.live;
  return {row_place(live.row, fields, found.partition),
          found.partition,
          live.rid,
          live.from,
          std::nullopt,
          live.row,
          {}};
}

Item item_of(const Line& line, const Twin& twin) {
  return {line_place(line.partition, line.offset),
          line.partition,
          line.offset,
          0,
          line.before,
          line.after,
          twin.steps().at(static_cast<size_t>(line.offset)).verdict};
}

Item item_of(const Listed& listed, const Twin& twin) {
  const Step& step = twin.steps().at(static_cast<size_t>(listed.offset));
  return {event_place(step.log_time, listed.partition, listed.offset),
          listed.partition,
          listed.offset,
          0,
          std::nullopt,
          std::nullopt,
          step.verdict};
}

Item item_of(const query::Row& row, const std::vector<std::string>& fields, const Log& log) {
  Row values = std::visit([&log](const auto* record) { return row_of(*record, log); }, row.record);
  auto place = row_place(values, fields, raw(row.partition));
  return {std::move(place),
          raw(row.partition),
          store::raw(row.rid),
          raw(row.from),
          std::nullopt,
          std::move(values),
          {}};
}

Item item_of(const query::HistoryLine& line, const Log& log) {
  const int32_t partition = raw(line.event.partition);
  const int64_t offset = raw(line.event.kept.offset);
  check_kept(line.event.kept, log);
  return {line_place(partition, offset),
          partition,
          offset,
          0,
          row_of(line.before, log),
          row_of(line.after, log),
          verdict_of(line.event.outcome)};
}

Item item_of(const query::Event& event, const Log& log) {
  const int32_t partition = raw(event.partition);
  const int64_t offset = raw(event.kept.offset);
  check_kept(event.kept, log);
  return {event_place(event.kept.log_time_ms, partition, offset),
          partition,
          offset,
          0,
          std::nullopt,
          std::nullopt,
          verdict_of(event.outcome)};
}

std::string show(const Item& item) {
  std::string out = fmt::format("{}:{} from {}", item.partition, item.offset, item.from);
  if (!item.verdict.disposition.empty()) out.append(" ").append(show(item.verdict));
  if (item.before) out.append(" before ").append(show(*item.before));
  if (item.after) out.append(" after ").append(show(*item.after));
  return out;
}

std::string show(const std::vector<Item>& items) {
  std::string out;
  for (const Item& item : items) out.append("\n    ").append(show(item));
  return items.empty() ? " nothing" : out;
}

}  // namespace ledger::model
