#include "query/output/selection.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/options/sources.h"

namespace ledger::query {

Selection::Selection(const std::vector<std::string>& names,
                     const std::optional<std::string>& select) {
  if (!select) {
    columns_ = names;
    sources_.resize(names.size());
    std::iota(sources_.begin(), sources_.end(), size_t{0});
    return;
  }
  for (std::string_view rest = *select;;) {
    const size_t comma = rest.find(',');
    const std::string name(rest.substr(0, comma));
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw Error(Fault::kUsage,
                  fmt::format("--select: there is no '{}'{} (one of {})", name,
                              options::suggestion(name, names), fmt::join(names, ", ")));
    }
    if (std::find(columns_.begin(), columns_.end(), name) != columns_.end()) {
      throw Error(Fault::kUsage, fmt::format("--select: '{}' stands twice; leave one", name));
    }
    columns_.push_back(name);
    sources_.push_back(static_cast<size_t>(found - names.begin()));
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace ledger::query
