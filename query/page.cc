#include "query/page.h"

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger::query {

namespace {

std::string as_of_text(const AsOf& as_of) {
  if (const auto* vector = std::get_if<PositionVector>(&as_of)) return to_text(*vector);
  if (const auto* time_ms = std::get_if<double>(&as_of)) return fmt::format("{}", *time_ms);
  return "newest";
}

}  // namespace

Page::Page(Views& views, const AsOf& as_of, const std::optional<std::string>& cursor, bool live,
           double now_ms, std::string_view query)
    : fingerprint_(fingerprint_of(views.identity().ledger_id,
                                  fmt::format("{}as of {}", query, as_of_text(as_of)))),
      now_ms_(now_ms) {
  if (live && as_of.index() != 0) {
    throw Error(Fault::kUsage, "cursor: --live reads at the newest; leave out --as-of");
  }
  if (cursor) {
    after_ = parse_cursor(*cursor);
    check_cursor(*after_, fingerprint_);
  }
  const bool continued = after_ && !live;
  at_ = continued ? resolve(views, AsOf(after_->at)) : resolve(views, as_of);
}

std::string Page::next(std::string_view key, Partition partition) const {
  return to_text(Cursor{std::string(key), partition, at_, fingerprint_, now_ms_});
}

}  // namespace ledger::query
