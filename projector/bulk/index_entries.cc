#include "projector/bulk/index_entries.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "schemas/base/assert.h"
#include "schemas/index/key.h"
#include "schemas/store/image.h"

namespace ledger::bulk {

namespace {

constexpr unsigned kDigitBits = 11;
constexpr uint32_t kDigits = 1U << kDigitBits;
constexpr unsigned kRankBits = 32;
constexpr size_t kRowsAtOnce = 16;
constexpr char kTextEnd = '\0';  // of an encoded text
constexpr size_t kAhead = 8;     // lines fetched before their turn

// Stable: lines of equal ranks stay as they were. `limit`: above all ranks.
template <typename RankOf>
void sort_by(const RankOf& rank_of, uint32_t limit, LargeVector<uint32_t>& order) {
  LargeVector<uint32_t> sorted(order.size());
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

// Rows are made in order of time, so most often there is nothing to do.
template <typename Before>
void sort_unless_sorted(LargeVector<uint32_t>& order, const Before& before) {
  if (!std::is_sorted(order.begin(), order.end(), before)) {
    std::sort(order.begin(), order.end(), before);
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
IndexEntries<Record>::IndexEntries(const index::Declarations& declarations,
                                   const store::LogIdentity& log)
    : partition_(log.partition), id_prefix_(store::derived_id_prefix(log.ledger_id)) {
  const record::Table table = record::table_of<Record>();
  for (const auto* field : key_columns<Record>(declarations)) columns_.emplace_back().field = field;
  for (const index::IndexSpec* spec : declarations.of(table)) {
    Index& index = indexes_.emplace_back();
    index.by_id = spec->id == index::by_id_of(table);
    for (const std::string& field : spec->fields) index.columns.push_back(column_of(field));
  }
  index::append_text(id_head_, id_prefix_);
  id_head_.pop_back();
}

template <typename Record>
size_t IndexEntries<Record>::column_of(const std::string& field) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) {
    return column.field->name == field;
  });
  return static_cast<size_t>(found - columns_.begin());
}

template <typename Record>
void IndexEntries<Record>::reserve(size_t rows) {
  lines_.reserve(rows);
  numbers_.reserve(rows * columns_.size());
}

template <typename Record>
void IndexEntries<Record>::add(store::Rid rid, std::string_view value) {
  read(rid, value);
}

template <typename Record>
void IndexEntries<Record>::add(const RowTable& rows, const RowTable::Row& row) {
  Line& line = read(row.rid, row.bytes());
  if (row.entered == 0) return;
  line.moved = static_cast<uint32_t>(entered_.size() / indexes_.size());
  for (size_t index = 0; index < indexes_.size(); ++index) {
    const Offset moved = rows.entered(row, index);
    const Offset first = row.in_base ? kNoEntry : Offset{store::raw(row.rid)};
    entered_.push_back(moved == RowTable::kFirst ? first : moved);
  }
}

template <typename Record>
typename IndexEntries<Record>::Line& IndexEntries<Record>::read(store::Rid rid,
                                                                std::string_view value) {
  store::decode_image(store::split_row(rid, value).image, rid, record_);
  Line& line = lines_.emplace_back();
  line.rid = rid;
  line.creation_time = record_.creation_time;
  if (store::derived_offset(id_prefix_, partition_, record_.id) != Offset{store::raw(rid)}) {
    id_.clear();
    index::append_text(id_, record_.id);
    line.id = static_cast<uint32_t>(ids_.size());
    ids_.emplace_back(arena_.copy(id_), id_.size());
  }
  for (const Column& column : columns_) {
    const size_t begin = part_bytes_.size();
    index::append_value(part_bytes_, column.field->get(record_));
    const std::string_view part = std::string_view(part_bytes_).substr(begin);
    parts_.push_back({part_bytes_.size(), Dictionary::hash_of(part)});
    column.parts.fetch_place(parts_.back().hash);
  }
  if (parts_.size() >= kRowsAtOnce * columns_.size()) number_parts();
  return line;
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

template <typename Record>
size_t IndexEntries<Record>::bytes() const {
  size_t sum = lines_.size() * row_bytes(columns_.size()) + arena_.bytes() +
               ids_.size() * sizeof(std::string_view) + entered_.size() * sizeof(Offset);
  for (const Column& column : columns_) sum += column.parts.bytes();
  return sum;
}

template <typename Record>
void IndexEntries<Record>::sort() {
  number_parts();
  for (size_t column = 0; column < columns_.size(); ++column) {
    const LargeVector<uint32_t> ranks = columns_[column].parts.rank();
    for (size_t i = column; i < numbers_.size(); i += columns_.size()) {
      numbers_[i] = ranks[numbers_[i]];
    }
  }
  by_tail_.resize(lines_.size());
  std::iota(by_tail_.begin(), by_tail_.end(), 0U);
  sort_by_tail(by_tail_);
}

// Derived ids of one ledger and partition ascend as their rids do.
template <typename Record>
bool IndexEntries<Record>::id_before(const Line& a, const Line& b) const {
  if (a.id == kNone && b.id == kNone) return a.rid < b.rid;
  std::string one;
  std::string other;
  append_id(a, one);
  append_id(b, other);
  return one < other;
}

template <typename Record>
void IndexEntries<Record>::append_id(const Line& line, std::string& key) const {
  if (line.id != kNone) {
    key.append(ids_[line.id]);
    return;
  }
  store::append_derived_id(key, id_head_, partition_, Offset{store::raw(line.rid)});
  key.push_back(kTextEnd);
}

template <typename Record>
void IndexEntries<Record>::sort_by_tail(LargeVector<uint32_t>& order) const {
  const auto before = [&](uint32_t a, uint32_t b) {
    const uint64_t one = index::ordered_bits(lines_[a].creation_time);
    const uint64_t other = index::ordered_bits(lines_[b].creation_time);
    return one == other ? id_before(lines_[a], lines_[b]) : one < other;
  };
  sort_unless_sorted(order, before);
}

template <typename Record>
void IndexEntries<Record>::sort_by_id(LargeVector<uint32_t>& order) const {
  const auto before = [&](uint32_t a, uint32_t b) { return id_before(lines_[a], lines_[b]); };
  sort_unless_sorted(order, before);
}

template <typename Record>
LargeVector<uint32_t> IndexEntries<Record>::order_of(size_t number) const {
  const Index& index = indexes_[number];
  LargeVector<uint32_t> order;
  order.reserve(lines_.size());
  std::copy_if(by_tail_.begin(), by_tail_.end(), std::back_inserter(order),
               [&](uint32_t line) { return entered(lines_[line], number) != kNoEntry; });
  if (index.by_id) sort_by_id(order);
  for (auto column = index.columns.rbegin(); column != index.columns.rend(); ++column) {
    sort_by([&](uint32_t line) { return numbers_of(line)[*column]; },
            columns_[*column].parts.size(), order);
  }
  return order;
}

template <typename Record>
Offset IndexEntries<Record>::entered(const Line& line, size_t index) const {
  if (line.moved == kNone) return Offset{store::raw(line.rid)};
  return entered_[line.moved * indexes_.size() + index];
}

template <typename Record>
IndexEntries<Record>::Source::Source(const IndexEntries& entries, size_t index)
    : entries_(entries), index_(index), order_(entries.order_of(index)) {}

template <typename Record>
bool IndexEntries<Record>::Source::next(std::string_view& key, std::string_view& value) {
  if (next_ == order_.size()) return false;
  const LargeVector<Line>& lines = entries_.lines_;
  if (next_ + kAhead < order_.size()) {
    __builtin_prefetch(&lines[order_[next_ + kAhead]]);
    __builtin_prefetch(entries_.numbers_of(order_[next_ + kAhead]));
  }
  const uint32_t number = order_[next_++];
  const Line& line = lines[number];
  const Index& index = entries_.indexes_[index_];
  const uint32_t* const numbers = entries_.numbers_of(number);
  key_.clear();
  for (const size_t column : index.columns) {
    key_.append(entries_.columns_[column].parts.at(numbers[column]));
  }
  if (!index.by_id) index::append_number(key_, line.creation_time);
  entries_.append_id(line, key_);
  value_.clear();
  const bool told_by_key = line.id == kNone && line.moved == kNone;
  if (!told_by_key) {
    value_ = store::encode_entry(key_, {line.rid, entries_.entered(line, index_)});
  }
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
