// Where a page of an answer begins, and how it says where the next one does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/cursor.h"
#include "query/views.h"

namespace ledger::query {

class Page {
 public:
  // `query`: its canonical form. A cursor brings the position vector of the first page along,
  // unless `live`.
  // Throws: Error{kUsage} on a cursor of another query, on `live` together with `as_of`;
  // Error{kNotFresh} as resolve().
  template <typename Request>
  Page(Views& views, const Request& request, std::string_view query)
      : Page(views, request.as_of, request.cursor, request.live, request.now_ms, query) {}

  const PositionVector& at() const { return at_; }
  const std::optional<Cursor>& after() const { return after_; }  // key and partition to go on after
  std::string next(std::string_view key, Partition partition) const;

 private:
  Page(Views& views, const AsOf& as_of, const std::optional<std::string>& cursor, bool live,
       double now_ms, std::string_view query);

  uint64_t fingerprint_ = 0;
  std::optional<Cursor> after_;
  PositionVector at_;
  double now_ms_ = 0;
};

}  // namespace ledger::query
