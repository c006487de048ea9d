// Conditions -> the index that answers them, its key range, and the conditions left to test per
// row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/request.h"
#include "schemas/index/range.h"
#include "schemas/index/spec.h"

namespace ledger::query {

struct Plan {
  const index::IndexSpec* index = nullptr;  // of the declarations: until views are reopened
  index::KeyRange range;
  std::vector<Condition> residual;  // tested per row
};

// The index: `request.index`, else the one whose leading fields have the most `=` conditions plus
// at most one bounded field, with the fewest declared fields left; by_creation_time when no index
// begins with any of them (or, for a count, one that begins with `by`).
// Throws: Error{kUsage} on an unknown index or field, a value of another type, two conditions of
// one kind on a field, a tie (listing the choices), and on conditions that the index does not
// answer if `request.index_only`.
// Source: contract, sections 7 and 9.
Plan make_plan(const index::Declarations& declarations, const FindRequest& request,
               const std::optional<std::string>& by = std::nullopt);

// The query as bytes, for the fingerprint of a cursor: equal queries, equal bytes.
std::string canonical_text(const Plan& plan, const FindRequest& request);

// `content_voice (contentId, contentType, voiceId)`
std::string describe(const index::IndexSpec& index);

}  // namespace ledger::query
