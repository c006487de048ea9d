// Which columns an answer has: all, or those of --select in its order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::query {

class Selection {
 public:
  // `select`: `f1,f2`. Throws: Error{kUsage} on a name that is none of `names` (naming the nearest)
  // or stands twice.
  Selection(const std::vector<std::string>& names, const std::optional<std::string>& select);

  const std::vector<std::string>& columns() const { return columns_; }  // in order of output
  // sources()[i] is the number of columns()[i] among `names`.
  const std::vector<size_t>& sources() const { return sources_; }

 private:
  std::vector<std::string> columns_;
  std::vector<size_t> sources_;
};

}  // namespace ledger::query
