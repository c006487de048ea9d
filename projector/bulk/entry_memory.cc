#include "projector/bulk/entry_memory.h"

#include <xxhash.h>

namespace ledger::bulk {

namespace {

constexpr double kMargin = 1.1;  // three times the error of the counts
constexpr double kTextBytes =
    2 + 4 + 48;                      // of a text beside its characters: key, number, item, places
constexpr size_t kIdBytes = 2 + 16;  // of an id that is kept, beside its characters

}  // namespace

template <typename Record>
void EntryMemory<Record>::add(const Record& row) {
  ++added_;
  if (!row.id.starts_with(id_prefix_)) id_bytes_ += kIdBytes + row.id.size();
  for (size_t i = 0; i < columns_.size(); ++i) {
    const record::FieldValue value = columns_[i]->get(row);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      texts_[i].bytes += text->size();
      texts_[i].distinct.add(XXH3_64bits(text->data(), text->size()));
    } else if (const auto* number = std::get_if<double>(&value)) {
      texts_[i].bytes += sizeof *number;
      texts_[i].distinct.add(XXH3_64bits(number, sizeof *number));
    }
  }
}

template <typename Record>
size_t EntryMemory<Record>::bytes(size_t rows) const {
  if (added_ == 0) return 0;
  const auto added = static_cast<double>(added_);
  double sum = static_cast<double>(rows) *
               (static_cast<double>(IndexEntries<Record>::row_bytes(columns_.size())) +
                static_cast<double>(id_bytes_) / added);
  for (const Texts& texts : texts_) {
    sum += kMargin * static_cast<double>(texts.distinct.estimate()) *
           (kTextBytes + static_cast<double>(texts.bytes) / added);
  }
  return static_cast<size_t>(sum);
}

template class EntryMemory<record::ContentAudio>;
template class EntryMemory<record::UserContentAudio>;

}  // namespace ledger::bulk
