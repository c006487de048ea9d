#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "query/condition.h"
#include "query/find.h"
#include "query/page.h"
#include "query/plan.h"
#include "query/row_reader.h"
#include "query/scan.h"
#include "schemas/base/assert.h"
#include "schemas/base/error.h"
#include "schemas/index/key.h"

namespace ledger::query {

namespace {

constexpr size_t kGroupsMax = 1'000'000;

// Counts per value; values are held as enc(value), whose order is Convex's.
class Groups {
 public:
  explicit Groups(std::string field) : field_(std::move(field)) {}

  void add(std::string_view encoded) {
    if (last_ == nullptr || last_->first != encoded) last_ = &slot(encoded);
    ++last_->second;
  }
  // Once more the value of the last add().
  void add_again() { ++last_->second; }

  std::vector<CountLine> lines() const {
    std::vector<CountLine> lines;
    for (const auto& [encoded, count] : counts_) {
      auto parts = index::split(encoded);
      LEDGER_ASSERT(parts && parts->size() == 1, "field {}", field_);
      lines.push_back({std::move(parts->front()), count});
    }
    return lines;
  }

 private:
  using Counts = std::map<std::string, uint64_t, std::less<>>;

  Counts::value_type& slot(std::string_view encoded) {
    auto found = counts_.find(encoded);
    if (found == counts_.end()) found = counts_.emplace(encoded, 0).first;
    if (counts_.size() > kGroupsMax) {
      throw Error(Fault::kUsage,
                  fmt::format("count: {} has more than {} values; add conditions, or "
                              "count the rows of find with another tool",
                              field_, kGroupsMax));
    }
    return *found;
  }

  std::string field_;
  Counts counts_;
  Counts::value_type* last_ = nullptr;
};

// Groups keys by one of their parts. Keys that begin alike up to that part are one group, so a run
// of them is decoded once.
class KeyGroups {
 public:
  KeyGroups(Groups& groups, size_t part) : groups_(groups), part_(part) {}

  void add(std::string_view key) {
    if (!prefix_.empty() && key.starts_with(prefix_)) return groups_.add_again();
    const auto parts = index::split(key);
    LEDGER_ASSERT(parts && parts->size() > part_, "key of {} bytes, part {}", key.size(), part_);
    prefix_.clear();
    for (size_t i = 0; i < part_; ++i) append_part(prefix_, (*parts)[i]);
    value_.clear();
    append_part(value_, (*parts)[part_]);
    prefix_ += value_;
    groups_.add(value_);
  }
  void new_shard() { prefix_.clear(); }

 private:
  Groups& groups_;
  size_t part_;
  std::string prefix_;
  std::string value_;
};

// Calls `visit(key, entry)` for each entry of one shard's range, over renewals of the snapshot.
template <typename Visit>
void each_entry(Views& views, Partition partition, ScanSpec spec, const Visit& visit) {
  std::optional<IndexScan> scan;
  const auto open = [&] {
    views.refresh();
    scan.emplace(views.shard(partition), spec);
    if (scan->streams_departed()) spec.departed_walk_max = 0;
  };
  const auto step = [&] {
    if (scan->counts()) visit(scan->key(), scan->entry());
    scan->next();
  };
  for (open(); scan->valid();) {
    if (!views.stale()) {
      step();
      continue;
    }
    // One key can have several entries: all of them before the renewal, and none after it.
    const std::string key(scan->key());
    while (scan->valid() && scan->key() == key) step();
    narrow_after(spec.range, spec.reverse, key);
    open();
  }
}

// What to read of one shard for an answer.
ScanSpec spec_of(const Views& views, const FindRequest& request, const Plan& plan, Offset at) {
  return {plan.index->id, plan.range, false, at,
          request.departed_walk_max / views.partitions().size()};
}

bool counted_by_entries(const Views& views, const FindRequest& request, const Answer& answer) {
  return request.conditions.empty() && answer.at == views.positions();
}

std::optional<size_t> part_of(const Plan& plan, const std::string& field) {
  const std::vector<std::string> fields = plan.index->key_fields();
  const auto found = std::find(fields.begin(), fields.end(), field);
  if (found == fields.end()) return std::nullopt;
  return static_cast<size_t>(found - fields.begin());
}

void check_by(record::Table table, const std::string& by) {
  check_field(table, by);
  if (by != "voiceSettings") return;
  throw Error(Fault::kUsage, "count: voiceSettings is an object; rows cannot be counted by it");
}

// By index entries alone.
void count_keys(Views& views, const FindRequest& request, const Plan& plan, Answer& answer,
                KeyGroups* groups) {
  for (const Partition partition : views.partitions()) {
    if (groups != nullptr) groups->new_shard();
    each_entry(views, partition, spec_of(views, request, plan, answer.at.at(partition)),
               [&](std::string_view key, const store::Entry&) {
                 ++answer.scanned;
                 if (groups != nullptr) groups->add(key);
               });
  }
  answer.matched = answer.scanned;
}

template <typename Record>
void encode_value(const record::FieldValue& value, Partition partition,
                  const record::Field<Record>& field, KeptTexts& texts, std::string& out) {
  out.clear();
  if (const auto* kept = std::get_if<record::KeptText>(&value)) {
    index::append_text(out, texts.read(partition, kept->offset, field.name));
  } else {
    index::append_value(out, value);
  }
}

// By rows: conditions outside the index, or a `by` outside it.
template <typename Record>
void count_rows(Views& views, const FindRequest& request, const Plan& plan,
                const std::optional<std::string>& by, Answer& answer, Groups* groups) {
  KeptTexts texts(views);
  KeptTexts by_texts(views);
  RowTest<Record> test(plan.residual, &texts);
  RowReader<Record> rows(views);
  const record::Field<Record>* field = by ? record::find_field<Record>(*by) : nullptr;
  std::string value;
  for (const Partition partition : views.partitions()) {
    const Offset at = answer.at.at(partition);
    each_entry(views, partition, spec_of(views, request, plan, at),
               [&](std::string_view, const store::Entry& entry) {
                 ++answer.scanned;
                 const Record& row = rows.read(partition, entry.rid, at);
                 if (!test.matches(partition, row)) return;
                 ++answer.matched;
                 if (field == nullptr) return;
                 encode_value(field->get(row), partition, *field, by_texts, value);
                 groups->add(value);
               });
  }
}

}  // namespace

CountAnswer count(Views& views, const FindRequest& request, const std::optional<std::string>& by) {
  if (by) check_by(request.table, *by);
  CountAnswer result;
  Answer& answer = result.answer;
  make_plan(views.declarations(), request, by);  // a wrong question is refused before its position
  answer.at = resolve(views, request.as_of);
  const Plan plan = make_plan(views.declarations(), request, by);
  answer.index = plan.index->name;
  answer.tested = !plan.residual.empty();
  if (!by && counted_by_entries(views, request, answer)) {
    for (const Partition partition : views.partitions()) {
      answer.matched += views.shard(partition).entries(store::view_of(plan.index->id));
    }
    return result;
  }
  Groups groups(by.value_or(""));
  const std::optional<size_t> part = by ? part_of(plan, *by) : std::nullopt;
  if (!answer.tested && (!by || part)) {
    KeyGroups key_groups(groups, part.value_or(0));
    count_keys(views, request, plan, answer, by ? &key_groups : nullptr);
  } else if (request.table == record::Table::kContentAudios) {
    count_rows<record::ContentAudio>(views, request, plan, by, answer, &groups);
  } else {
    count_rows<record::UserContentAudio>(views, request, plan, by, answer, &groups);
  }
  if (by) result.lines = groups.lines();
  return result;
}

}  // namespace ledger::query
