// Where a page of an answer begins, and how it says where the next one does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/cursor.h"
#include "query/request.h"
#include "query/views.h"

namespace ledger::query {

class Page {
 public:
  // Without a cursor: finds what the page is read at. Before the query is planned, since the views
  // may be reopened for it: a newer generation can have other declarations.
  // Throws: Error{kUsage} on what is no cursor, on `live` together with `as_of`; Error{kNotFresh}
  // as resolve().
  Page(Views& views, const PageRequest& request);
  // `query`: its canonical form. A cursor brings the position vector of the first page along,
  // unless `live`.
  // Throws: Error{kUsage} on a cursor of another query; Error{kNotFresh} as resolve().
  void begin(Views& views, std::string_view query);

  const PositionVector& at() const { return at_; }               // after begin()
  const std::optional<Cursor>& after() const { return after_; }  // key and partition to go on after
  std::string next(std::string_view key, Partition partition) const;

 private:
  std::string as_of_text_;
  bool live_;
  uint64_t fingerprint_ = 0;
  std::optional<Cursor> after_;
  PositionVector at_;
  double now_ms_ = 0;
};

}  // namespace ledger::query
