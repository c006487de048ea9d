// One table's row and index views: what a change of a row does to them. Internal to
// projector/apply.
//
//   before and after   rows updated, the old image becomes a version; per index whose fields
//                      changed the old key leaves and the new one enters
//   before only        rows erased, the old image becomes a version, then a deletion marker; all
//                      keys leave
//   after only         rows inserted; all keys enter
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "projector/apply/apply.h"

namespace ledger::apply {

template <typename Record>
class TableViews {
 public:
  explicit TableViews(const index::Declarations& declarations);

  // Returns: what it adds to the number of live rows.
  int apply(Offset offset, const fold::Change<Record>& change, Operations& operations);

 private:
  using Stored = store::Stored<Record>;

  struct Index {
    explicit Index(const index::IndexSpec& spec);
    bool same_key(const Record& a, const Record& b) const;

    index::IndexId id;
    store::View view;
    index::KeyBuilder<Record> builder;
    std::vector<const record::Field<Record>*> parts;
  };
  struct Key : LateBytes {
    Key(const Index& of, const Record& of_row, std::string& into)
        : index(of), row(of_row), buffer(into) {}
    std::string_view bytes() const override {
      index.builder.build(row, buffer);
      return buffer;
    }
    const Index& index;
    const Record& row;
    std::string& buffer;
  };

  struct Image : LateBytes {
    Image(const Stored& of_row, std::string& into) : stored(of_row), buffer(into) {}
    std::string_view bytes() const override {
      buffer.clear();
      store::encode_image(stored.row, stored.rid, buffer);
      return buffer;
    }
    const Stored& stored;
    std::string& buffer;
  };

  void begin(Offset offset, const Stored& after, Operations& operations);
  void replace(Offset offset, const Stored& before, const Stored& after, Operations& operations);
  void end(Offset offset, const Stored& before, Operations& operations);
  void keep_version(const Stored& before, Operations& operations);
  void enter(Offset offset, const Index& index, const Stored& after, Operations& operations);
  void leave(Offset offset, const Index& index, const Stored& before, Operations& operations);

  store::View rows_;
  std::vector<Index> indexes_;
  std::string key_;    // of an index; kept for its capacity
  std::string image_;  // as key_
};

extern template class TableViews<record::ContentAudio>;
extern template class TableViews<record::UserContentAudio>;

}  // namespace ledger::apply
