// digest, indexes
#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "query/commands/answering.h"
#include "query/commands/commands.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/base/json_text.h"

namespace ledger::query {

namespace {

constexpr std::chrono::milliseconds kPollInterval{10};

struct ViewTotal {
  Partition partition{};
  std::string view;
  store::Digest digest{};
  uint64_t entries = 0;
};

// What the views stand at, compared with `at`: -1 behind it in some partition, 1 beyond it in some,
// 0 there.
int compare_positions(const Views& views, const PositionVector& at) {
  int order = 0;
  for (const auto& [partition, offset] : at) {
    check_partition(views, partition, "--at");
    const Offset position = views.positions().at(partition);
    if (position > offset) return 1;
    if (position < offset) order = -1;
  }
  return order;
}

// Digests are kept of the newest position only: waits until the views stand exactly there.
void wait_until_at(Answering& answering) {
  const auto text = answering.parsed().find_text("at");
  if (!text) return;
  const PositionVector at = parse_position_vector(*text);
  Views& views = answering.views();
  for (int order = compare_positions(views, at); order != 0; order = compare_positions(views, at)) {
    if (order > 0 || std::chrono::steady_clock::now() >= answering.deadline()) {
      throw Error(Fault::kNotFresh,
                  fmt::format("digest: the views stand at {}, {} {}; digests are of the newest "
                              "position only{}",
                              to_text(views.positions()), order > 0 ? "beyond" : "not yet at",
                              to_text(at), order > 0 ? "" : ": wait longer (--wait)"));
    }
    views.release();
    std::this_thread::sleep_for(kPollInterval);
    views.reopen();
  }
}

std::string hex_of(const store::Digest& digest) {
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// One per view, or per shard and view. All are read before the first is printed: a slow reader
// makes the answer let go of its snapshots.
std::vector<ViewTotal> view_totals(Views& views, bool per_shard) {
  const std::vector<store::ViewName> names = store::view_names(views.declarations());
  std::vector<ViewTotal> totals;
  for (const Partition partition : views.partitions()) {
    const store::ShardReader& shard = views.shard(partition);
    for (size_t i = 0; i < names.size(); ++i) {
      const bool first = per_shard || totals.size() < names.size();
      if (first) totals.push_back({partition, names[i].name, {}, 0});
      ViewTotal& total = first ? totals.back() : totals[i];
      const auto digest = shard.state().digests.find(names[i].name);
      if (digest != shard.state().digests.end()) store::add(total.digest, digest->second);
      total.entries += shard.entries(names[i].view);
    }
  }
  return totals;
}

Answer answer_of(const Views& views, uint64_t rows) {
  Answer answer;
  answer.at = views.positions();
  answer.matched = rows;
  return answer;
}

}  // namespace

Fault run_digest(const options::Parsed& parsed) {
  Answering answering(parsed);
  wait_until_at(answering);
  const bool shards = parsed.flag("shards");
  const std::vector<ViewTotal> totals = view_totals(answering.views(), shards);
  answering.begin(shards ? std::vector<std::string>{"partition", "view", "entries", "digest"}
                         : std::vector<std::string>{"view", "entries", "digest"});
  Line line;
  for (const ViewTotal& each : totals) {
    const std::string digest = hex_of(each.digest);
    line.clear();
    size_t column = 0;
    if (shards) line.add(column++, static_cast<int64_t>(raw(each.partition)));
    line.add(column, std::string_view(each.view));
    line.add(column + 1, static_cast<int64_t>(each.entries));
    line.add(column + 2, std::string_view(digest));
    answering.line(line);
  }
  answering.end(answer_of(answering.views(), totals.size()), {});
  return Fault::kNone;
}

Fault run_indexes(const options::Parsed& parsed) {
  Answering answering(parsed);
  Views& views = answering.views();
  answering.begin({"table", "index", "fields", "entries"});
  Line line;
  uint64_t rows = 0;
  for (const index::IndexSpec& index : views.declarations().indexes) {
    uint64_t entries = 0;
    for (const Partition partition : views.partitions()) {
      entries += views.shard(partition).entries(store::view_of(index.id));
    }
    std::string fields;
    JsonWriter json(fields);
    json.begin_array();
    for (const std::string& field : index.key_fields()) json.text(field);
    json.end_array();
    // What every key ends with anyway is left to JSON.
    const std::vector<std::string> named = index.fields.empty() ? index.key_fields() : index.fields;
    const std::string plain = fmt::format("{}", fmt::join(named, ", "));
    line.clear();
    line.add(0, record::table_name(index.table));
    line.add(1, std::string_view(index.name));
    line.add(2, Json{fields, plain});
    line.add(3, static_cast<int64_t>(entries));
    answering.line(line);
    ++rows;
  }
  answering.end(answer_of(views, rows), {});
  return Fault::kNone;
}

}  // namespace ledger::query
