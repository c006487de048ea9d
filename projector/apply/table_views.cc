#include "projector/apply/table_views.h"

#include <bit>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"
#include "schemas/base/error.h"

namespace ledger::apply {

namespace {

// Numbers by their bits, as keys have them: 0 and -0 are two.
bool same_value(const record::FieldValue& a, const record::FieldValue& b) {
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  if (x != nullptr && y != nullptr) {
    return std::bit_cast<uint64_t>(*x) == std::bit_cast<uint64_t>(*y);
  }
  return a == b;
}

}  // namespace

template <typename Record>
TableViews<Record>::Index::Index(const index::IndexSpec& spec)
    : id(spec.id), view(store::view_of(spec.id)), builder(spec) {
  for (const std::string& name : spec.key_fields()) {
    parts.push_back(record::find_field<Record>(name));
    LEDGER_ASSERT(parts.back() != nullptr, "index {} field {}", spec.name, name);
  }
}

template <typename Record>
bool TableViews<Record>::Index::same_key(const Record& a, const Record& b) const {
  for (const auto* part : parts) {
    if (!same_value(part->get(a), part->get(b))) return false;
  }
  return true;
}

template <typename Record>
TableViews<Record>::TableViews(const index::Declarations& declarations)
    : rows_(store::rows_of(record::table_of<Record>())) {
  for (const index::IndexSpec* spec : declarations.of(record::table_of<Record>())) {
    indexes_.emplace_back(*spec);
  }
}

template <typename Record>
int TableViews<Record>::apply(Offset offset, const fold::Change<Record>& change,
                              Operations& operations) {
  if (change.before && change.after) {
    replace(offset, *change.before, *change.after, operations);
    return 0;
  }
  if (change.after) {
    begin(offset, *change.after, operations);
    return 1;
  }
  LEDGER_ASSERT(change.before.has_value(), "empty change at {}", raw(offset));
  end(offset, *change.before, operations);
  return -1;
}

template <typename Record>
void TableViews<Record>::begin(Offset offset, const Stored& after, Operations& operations) {
  LEDGER_ASSERT(store::raw(after.rid) == raw(offset) && after.from == offset,
                "rid {} from {} at {}", store::raw(after.rid), raw(after.from), raw(offset));
  operations.insert(rows_, store::rid_key(after.rid), store::encode_row(after));
  for (const Index& index : indexes_) enter(offset, index, after, operations);
}

template <typename Record>
void TableViews<Record>::replace(Offset offset, const Stored& before, const Stored& after,
                                 Operations& operations) {
  LEDGER_ASSERT(after.rid == before.rid && after.from == offset, "rid {} {} from {} at {}",
                store::raw(before.rid), store::raw(after.rid), raw(after.from), raw(offset));
  keep_version(before, operations);
  operations.update(rows_, store::rid_key(after.rid), store::encode_row(after));
  for (const Index& index : indexes_) {
    if (index.same_key(before.row, after.row)) continue;
    leave(offset, index, before, operations);
    enter(offset, index, after, operations);
  }
}

template <typename Record>
void TableViews<Record>::end(Offset offset, const Stored& before, Operations& operations) {
  keep_version(before, operations);
  operations.insert(store::View::kVersions, store::version_key(before.rid, offset), {});
  operations.erase(rows_, store::rid_key(before.rid));
  for (const Index& index : indexes_) leave(offset, index, before, operations);
}

template <typename Record>
void TableViews<Record>::keep_version(const Stored& before, Operations& operations) {
  operations.supersede(record::table_of<Record>(), before.rid, before.from, Image(before, image_));
}

template <typename Record>
void TableViews<Record>::enter(Offset offset, const Index& index, const Stored& after,
                               Operations& operations) {
  operations.enter(index.view, Key(index, after.row, key_), {after.rid, offset});
}

template <typename Record>
void TableViews<Record>::leave(Offset offset, const Index& index, const Stored& before,
                               Operations& operations) {
  const Key key(index, before.row, key_);
  const auto left = operations.leave(index.view, key, before.rid);
  const std::string_view bytes = key.bytes();
  if (!left) {
    throw Error(Fault::kIntegrity,
                fmt::format("apply: index {} lacks the key {} of the row {}; the views are "
                            "damaged, run `ledger-projector rebuild`",
                            index::raw(index.id), to_hex(bytes), before.row.id));
  }
  const std::string entry = store::encode_entry(bytes, *left);
  operations.insert(store::View::kPast, store::past_key(index.id, bytes, offset), entry);
  operations.insert(store::View::kLeftAt, store::left_at_key(offset, index.id, bytes), entry);
}

template class TableViews<record::ContentAudio>;
template class TableViews<record::UserContentAudio>;

}  // namespace ledger::apply
