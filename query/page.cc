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

Page::Page(Views& views, const PageRequest& request)
    : as_of_text_(as_of_text(request.as_of)), live_(request.live), now_ms_(request.now_ms) {
  if (live_ && request.as_of.index() != 0) {
    throw Error(Fault::kUsage, "cursor: --live reads at the newest; leave out --as-of");
  }
  if (request.cursor) {
    after_ = parse_cursor(*request.cursor);
  } else {
    at_ = resolve(views, request.as_of);
  }
}

void Page::begin(Views& views, std::string_view query) {
  fingerprint_ =
      fingerprint_of(views.identity().ledger_id, fmt::format("{}as of {}", query, as_of_text_));
  if (!after_) return;
  check_cursor(*after_, fingerprint_);
  at_ = live_ ? views.positions() : resolve(views, AsOf(after_->at));
}

std::string Page::next(std::string_view key, Partition partition) const {
  return to_text(Cursor{std::string(key), partition, at_, fingerprint_, now_ms_});
}

}  // namespace ledger::query
