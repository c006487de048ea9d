#include "query/history.h"

#include <algorithm>

#include <fmt/format.h>

#include "query/outcome.h"
#include "query/page.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"
#include "schemas/index/key.h"

namespace ledger::query {

namespace {

constexpr size_t kStepsMax = 1024;  // held at a time

// One event that named the record, with the lives of the record that it touched. An event that ends
// one life and begins another has two.
struct Step {
  Offset offset{};
  std::vector<store::Rid> lives;  // empty: not applied
};

std::vector<store::Rid> lives_of(const store::ShardReader& shard, record::Table table,
                                 std::string_view id, Offset at) {
  const index::IndexId by_id = index::by_id_of(table);
  std::string key;
  index::append_text(key, id);
  std::vector<store::Rid> lives;
  const auto take = [&](std::string_view value) {
    const store::Entry entry = store::decode_entry(key, value);
    if (entry.entered < at) lives.push_back(entry.rid);
  };
  store::ViewCursor past = shard.cursor(store::View::kPast);
  for (past.seek(store::past_key(by_id, key, Offset{0})); past.valid(); past.next()) {
    const store::PastKey left = store::decode_past_key(past.key());
    if (left.index != by_id || left.key != key) break;
    take(past.value());
  }
  if (const auto live = shard.get(store::view_of(by_id), key)) take(*live);
  std::sort(lives.begin(), lives.end());
  lives.erase(std::unique(lives.begin(), lives.end()), lives.end());
  return lives;
}

// Steps of [first, limit) in the order of the answer, the first ones of it.
struct Span {
  Offset first{};
  Offset limit{};
  bool reverse = false;
  size_t steps_max = kStepsMax;
};

// To what comes after `given`.
void narrow_after(Span& span, Offset given) {
  if (span.reverse) {
    span.limit = std::min(span.limit, given);
  } else {
    span.first = std::max(span.first, next(given));
  }
}

void seek(store::ViewCursor& cursor, const std::string& first, const std::string& limit,
          bool reverse) {
  reverse ? cursor.seek_before(limit) : cursor.seek(first);
}
void go_on(store::ViewCursor& cursor, bool reverse) { reverse ? cursor.prev() : cursor.next(); }

void add_versions(const store::ShardReader& shard, record::Table table, store::Rid life,
                  const Span& span, std::vector<Step>& steps) {
  store::ViewCursor versions = shard.cursor(store::View::kVersions);
  seek(versions, store::version_key(life, span.first), store::version_key(life, span.limit),
       span.reverse);
  size_t taken = 0;
  for (; versions.valid() && taken < span.steps_max; go_on(versions, span.reverse), ++taken) {
    const store::VersionKey version = store::decode_version_key(versions.key());
    if (version.rid != life || version.from < span.first || version.from >= span.limit) break;
    steps.push_back({version.from, {life}});
  }
  const auto row = shard.get(store::rows_of(table), store::rid_key(life));
  if (!row) return;
  const Offset from = store::split_row(life, *row).from;
  if (from >= span.first && from < span.limit) steps.push_back({from, {life}});
}

void add_not_applied(const store::ShardReader& shard, record::Table table, std::string_view id,
                     const Span& span, std::vector<Step>& steps) {
  const std::string first = store::record_outcome_key(table, id, span.first);
  const std::string_view prefix = std::string_view(first).substr(0, first.size() - 8);
  store::ViewCursor outcomes = shard.cursor(store::View::kRecordOutcomes);
  seek(outcomes, first, store::record_outcome_key(table, id, span.limit), span.reverse);
  size_t taken = 0;
  for (; outcomes.valid() && taken < span.steps_max; go_on(outcomes, span.reverse), ++taken) {
    if (!outcomes.key().starts_with(prefix) || outcomes.key().size() != first.size()) break;
    const Offset offset = store::decode_record_outcome_key(outcomes.key());
    if (offset < span.first || offset >= span.limit) break;
    steps.push_back({offset, {}});
  }
}

// In the order of the answer, one step an event. Each source gives its first ones, so that the
// first ones of all are among them.
std::vector<Step> steps_of(const store::ShardReader& shard, record::Table table,
                           std::string_view id, Offset at, const Span& span) {
  std::vector<Step> steps;
  for (const store::Rid life : lives_of(shard, table, id, at)) {
    add_versions(shard, table, life, span, steps);
  }
  add_not_applied(shard, table, id, span, steps);
  std::stable_sort(steps.begin(), steps.end(), [&span](const Step& a, const Step& b) {
    return span.reverse ? a.offset > b.offset : a.offset < b.offset;
  });
  std::vector<Step> merged;
  for (Step& each : steps) {
    const bool same = !merged.empty() && merged.back().offset == each.offset;
    if (same) {
      auto& lives = merged.back().lives;
      lives.insert(lives.end(), each.lives.begin(), each.lives.end());
    } else if (merged.size() == span.steps_max) {
      break;
    } else {
      merged.push_back(std::move(each));
    }
  }
  return merged;
}

template <typename Record>
std::optional<AnyRecord> image_of(const store::ShardReader& shard, const Step& step, Offset at) {
  for (const store::Rid life : step.lives) {
    auto stored = store::read_row_at<Record>(shard, life, at);
    if (stored) return AnyRecord(std::move(stored->row));
  }
  return std::nullopt;
}

std::optional<AnyRecord> image_of(const store::ShardReader& shard, record::Table table,
                                  const Step& step, Offset at) {
  return table == record::Table::kContentAudios
             ? image_of<record::ContentAudio>(shard, step, at)
             : image_of<record::UserContentAudio>(shard, step, at);
}

std::string offset_text(Offset offset) {
  std::string key;
  append_be64(key, static_cast<uint64_t>(raw(offset)));
  return key;
}

// The steps of a partition that are still to be given, on a page that begins after the cursor.
Span span_of(const Page& page, Partition partition, bool reverse, uint64_t limit) {
  Span span{Offset{0}, page.at().at(partition), reverse};
  span.steps_max = static_cast<size_t>(std::min<uint64_t>(limit, kStepsMax - 1)) + 1;
  if (!page.after() || page.after()->key.size() != sizeof(uint64_t)) return span;
  const Partition last = page.after()->partition;
  const Offset offset{static_cast<int64_t>(read_be64(page.after()->key))};
  if (partition == last) {
    narrow_after(span, offset);
  } else if (reverse ? partition > last : partition < last) {
    span.limit = span.first;
  }
  return span;
}

void give_step(Views& views, const HistoryRequest& request, Partition partition, const Step& step,
               event::Decoder& decoder, const HistorySink& sink) {
  views.refresh();
  const store::ShardReader& shard = views.shard(partition);
  const auto kept = views.kept_log(partition).read(step.offset);
  if (!kept) {
    throw Error(Fault::kIntegrity,
                fmt::format("kept log: event {}:{} made a version and is not there; restore log/ "
                            "from a copy, or fold the topic into another directory: "
                            "ledger-projector run --views NEW_DIR",
                            raw(partition), raw(step.offset)));
  }
  const event::Decoded decoded = decoder.decode(kept->value);
  const store::Outcome outcome = outcome_of(shard, step.offset, decoded);
  const Event event{partition, *kept, outcome, decoded};
  sink({event, image_of(shard, request.table, step, step.offset),
        image_of(shard, request.table, step, next(step.offset))});
}

}  // namespace

Answer history(Views& views, const HistoryRequest& request, const HistorySink& sink) {
  Page page(views, request);
  page.begin(views,
             fmt::format("history {} {}:{} {}\n", record::table_name(request.table),
                         request.id.size(), request.id, request.reverse ? "reverse" : "forward"));
  Answer answer;
  answer.at = page.at();
  answer.index = "by_id";
  const uint64_t limit = request.limit.value_or(UINT64_MAX);
  std::vector<Partition> partitions = views.partitions();
  if (request.reverse) std::reverse(partitions.begin(), partitions.end());
  event::Decoder decoder;
  Partition last_partition{};
  Offset last{};
  for (const Partition partition : partitions) {
    Span span = span_of(page, partition, request.reverse, limit);
    for (std::vector<Step> steps; span.first < span.limit; narrow_after(span, last)) {
      views.refresh();
      steps = steps_of(views.shard(partition), request.table, request.id, page.at().at(partition),
                       span);
      if (steps.empty()) break;
      for (const Step& step : steps) {
        if (answer.matched == limit) {
          answer.next = page.next(offset_text(last), last_partition);
          return answer;
        }
        ++answer.matched;
        last = step.offset;
        last_partition = partition;
        give_step(views, request, partition, step, decoder, sink);
      }
    }
  }
  return answer;
}

}  // namespace ledger::query
