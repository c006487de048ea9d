#include "projector/bulk/index_entries.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "schemas/base/assert.h"
#include "schemas/index/key.h"
#include "schemas/store/image.h"

namespace ledger::bulk {

namespace {

constexpr size_t kTimeBytes = 9;  // of enc(_creationTime)
constexpr unsigned kDigitBits = 11;
constexpr uint32_t kDigits = 1U << kDigitBits;
constexpr unsigned kRankBits = 32;
constexpr Slot kPulseEvery = 4096;
constexpr size_t kRowsAtOnce = 16;
constexpr size_t kAhead = 8;  // lines fetched before their turn

// Stable: lines of equal ranks stay as they were. `limit`: above all ranks.
template <typename RankOf>
void sort_by(const RankOf& rank_of, uint32_t limit, std::vector<uint32_t>& order) {
  std::vector<uint32_t> sorted(order.size());
  const uint32_t highest = limit == 0 ? 0 : limit - 1;
  for (unsigned shift = 0; shift < kRankBits && highest >> shift != 0; shift += kDigitBits) {
    const auto digit_of = [&](uint32_t line) { return rank_of(line) >> shift & (kDigits - 1); };
    std::array<uint32_t, kDigits + 1> starts{};
    for (const uint32_t line : order) ++starts[digit_of(line) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (const uint32_t line : order) sorted[starts[digit_of(line)]++] = line;
    order.swap(sorted);
  }
}

}  // namespace

template <typename Record>
std::vector<const record::Field<Record>*> key_columns(const index::Declarations& declarations) {
  std::vector<const record::Field<Record>*> columns;
  for (const index::IndexSpec* spec : declarations.of(record::table_of<Record>())) {
    for (const std::string& name : spec->fields) {
      const record::Field<Record>* const field = record::find_field<Record>(name);
      LEDGER_ASSERT(field != nullptr, "field {}", name);
      if (std::find(columns.begin(), columns.end(), field) == columns.end()) {
        columns.push_back(field);
      }
    }
  }
  return columns;
}

template <typename Record>
IndexEntries<Record>::IndexEntries(const RowTable& rows, const index::Declarations& declarations,
                                   const std::function<void()>& pulse)
    : rows_(rows) {
  const record::Table table = record::table_of<Record>();
  for (const auto* field : key_columns<Record>(declarations)) columns_.emplace_back().field = field;
  for (const index::IndexSpec* spec : declarations.of(table)) {
    Index& index = indexes_.emplace_back();
    index.tail_at = spec->id == index::by_id_of(table) ? kTimeBytes : 0;
    for (const std::string& field : spec->fields) index.columns.push_back(column_of(field));
  }
  Record record;  // kept for the capacity of its text
  for (Slot slot = 0; slot < rows.rows().size(); ++slot) {
    if (slot % kPulseEvery == 0) pulse();
    const RowTable::Row& row = rows.rows()[slot];
    const bool as_in_base = row.in_base && row.entered == 0;
    if (!row.live || as_in_base) continue;
    store::decode_image(store::split_row(row.rid, row.bytes()).image, row.rid, record);
    read(slot, record);
    if (parts_.size() >= kRowsAtOnce * columns_.size()) number_parts();
  }
  number_parts();
  for (size_t column = 0; column < columns_.size(); ++column) {
    const std::vector<uint32_t> ranks = columns_[column].parts.rank();
    for (size_t i = column; i < numbers_.size(); i += columns_.size()) {
      numbers_[i] = ranks[numbers_[i]];
    }
  }
  by_tail_.resize(lines_.size());
  std::iota(by_tail_.begin(), by_tail_.end(), 0U);
  sort_by_tail(by_tail_, 0);
}

template <typename Record>
size_t IndexEntries<Record>::column_of(const std::string& field) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) {
    return column.field->name == field;
  });
  return static_cast<size_t>(found - columns_.begin());
}

template <typename Record>
void IndexEntries<Record>::read(Slot slot, const Record& record) {
  const RowTable::Row& row = rows_.rows()[slot];
  const bool is_plain = !row.in_base && row.entered == 0;
  tail_.clear();
  index::append_number(tail_, record.creation_time);
  index::append_text(tail_, record.id);
  lines_.push_back(
      {row.rid, arena_.copy(tail_), static_cast<uint32_t>(tail_.size()), is_plain ? kPlain : slot});
  for (const Column& column : columns_) {
    const size_t begin = part_bytes_.size();
    index::append_value(part_bytes_, column.field->get(record));
    const std::string_view part = std::string_view(part_bytes_).substr(begin);
    parts_.push_back({part_bytes_.size(), Dictionary::hash_of(part)});
    column.parts.fetch_place(parts_.back().hash);
  }
}

// For several rows together: each step needs what the one before fetched into the cache.
template <typename Record>
void IndexEntries<Record>::number_parts() {
  const size_t count = columns_.size();
  for (size_t i = 0; i < parts_.size(); ++i) columns_[i % count].parts.fetch_item(parts_[i].hash);
  for (size_t i = 0; i < parts_.size(); ++i) columns_[i % count].parts.fetch_text(parts_[i].hash);
  size_t begin = 0;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const auto part = std::string_view(part_bytes_).substr(begin, parts_[i].end - begin);
    numbers_.push_back(columns_[i % count].parts.number(part, parts_[i].hash));
    begin = parts_[i].end;
  }
  parts_.clear();
  part_bytes_.clear();
}

// Rows are made in order of time, so most often there is nothing to do.
template <typename Record>
void IndexEntries<Record>::sort_by_tail(std::vector<uint32_t>& order, size_t tail_at) const {
  const auto before = [&](uint32_t a, uint32_t b) {
    return lines_[a].bytes().substr(tail_at) < lines_[b].bytes().substr(tail_at);
  };
  if (!std::is_sorted(order.begin(), order.end(), before)) {
    std::sort(order.begin(), order.end(), before);
  }
}

template <typename Record>
std::vector<uint32_t> IndexEntries<Record>::order_of(size_t number) const {
  const Index& index = indexes_[number];
  std::vector<uint32_t> order;
  order.reserve(lines_.size());
  std::copy_if(by_tail_.begin(), by_tail_.end(), std::back_inserter(order),
               [&](uint32_t line) { return has_entry(lines_[line], number); });
  if (index.tail_at != 0) sort_by_tail(order, index.tail_at);
  for (auto column = index.columns.rbegin(); column != index.columns.rend(); ++column) {
    sort_by([&](uint32_t line) { return numbers_of(line)[*column]; },
            columns_[*column].parts.size(), order);
  }
  return order;
}

template <typename Record>
bool IndexEntries<Record>::has_entry(const Line& line, size_t index) const {
  if (line.slot == kPlain) return true;
  const RowTable::Row& row = rows_.rows()[line.slot];
  return !row.in_base || rows_.entered(row, index) != RowTable::kFirst;
}

template <typename Record>
store::Entry IndexEntries<Record>::entry_of(const Line& line, size_t index) const {
  const Offset first{store::raw(line.rid)};
  if (line.slot == kPlain) return {line.rid, first};
  const Offset moved = rows_.entered(rows_.rows()[line.slot], index);
  return {line.rid, moved == RowTable::kFirst ? first : moved};
}

template <typename Record>
IndexEntries<Record>::Source::Source(const IndexEntries& entries, size_t index)
    : entries_(entries), index_(index), order_(entries.order_of(index)) {}

template <typename Record>
bool IndexEntries<Record>::Source::next(std::string_view& key, std::string_view& value) {
  if (next_ == order_.size()) return false;
  const std::vector<Line>& lines = entries_.lines_;
  if (next_ + 2 * kAhead < order_.size()) {
    __builtin_prefetch(&lines[order_[next_ + 2 * kAhead]]);
    __builtin_prefetch(entries_.numbers_of(order_[next_ + 2 * kAhead]));
    __builtin_prefetch(lines[order_[next_ + kAhead]].tail);
  }
  const uint32_t number = order_[next_++];
  const Line& line = lines[number];
  const Index& index = entries_.indexes_[index_];
  const uint32_t* const numbers = entries_.numbers_of(number);
  key_.clear();
  for (const size_t column : index.columns) {
    key_.append(entries_.columns_[column].parts.at(numbers[column]));
  }
  key_.append(line.bytes().substr(index.tail_at));
  value_ = store::encode_entry(key_, entries_.entry_of(line, index_));
  key = key_;
  value = value_;
  return true;
}

template std::vector<const record::Field<record::ContentAudio>*> key_columns<record::ContentAudio>(
    const index::Declarations&);
template std::vector<const record::Field<record::UserContentAudio>*>
key_columns<record::UserContentAudio>(const index::Declarations&);
template class IndexEntries<record::ContentAudio>;
template class IndexEntries<record::UserContentAudio>;

}  // namespace ledger::bulk
