// Rows behind index entries, as they stood at a position.
#pragma once

#include <fmt/format.h>

#include "query/views.h"
#include "schemas/base/error.h"
#include "schemas/store/image.h"

namespace ledger::query {

template <typename Record>
class RowReader {
 public:
  explicit RowReader(Views& views) : views_(views) {}

  // Lifetime: until the next call. Throws: Error{kIntegrity} when there is no such row.
  // Cost: no allocation for a live row once the fields have grown.
  const Record& read(Partition partition, store::Rid rid, Offset at) {
    const store::ShardReader& shard = views_.shard(partition);
    const auto live = shard.get(store::rows_of(record::table_of<Record>()), store::rid_key(rid));
    if (live) {
      const store::RowBytes bytes = store::split_row(rid, *live);
      from_ = bytes.from;
      if (from_ < at) {
        store::decode_image(bytes.image, rid, row_);
        return row_;
      }
    }
    auto past = store::read_row_at<Record>(shard, rid, at);
    if (!past) {
      throw Error(Fault::kIntegrity,
                  fmt::format("views: an index names row {} of partition {}, which did not live at "
                              "{}; make the views anew with ledger-projector rebuild",
                              store::raw(rid), raw(partition), raw(at)));
    }
    from_ = past->from;
    row_ = std::move(past->row);
    return row_;
  }
  Offset from() const { return from_; }  // of the row that read() gave last

 private:
  Views& views_;
  Record row_;
  Offset from_{};
};

}  // namespace ledger::query
