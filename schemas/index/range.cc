#include "schemas/index/range.h"

#include "schemas/base/assert.h"

namespace ledger::index {

KeyRange to_key_range(const RangeExpression& expression) {
  std::string prefix;
  for (const KeyPart& value : expression.equal) append_part(prefix, value);
  const auto with = [&prefix](const Bound& bound) {
    std::string key = prefix;
    append_part(key, bound.value);
    return key;
  };

  KeyRange range{prefix, std::nullopt};
  if (const auto& lower = expression.lower) {
    std::optional<std::string> first = with(*lower);
    if (!lower->inclusive) first = increment(*std::move(first));
    LEDGER_ASSERT(first, "prefix of {} bytes", prefix.size());  // a tag is never FF
    range.first = *std::move(first);
  }
  if (const auto& upper = expression.upper) {
    range.limit = upper->inclusive ? increment(with(*upper)) : with(*upper);
  } else {
    range.limit = increment(std::move(prefix));
  }
  return range;
}

std::optional<std::string> increment(std::string bytes) {
  while (!bytes.empty() && bytes.back() == '\xff') bytes.pop_back();
  if (bytes.empty()) return std::nullopt;
  bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) + 1);
  return bytes;
}

}  // namespace ledger::index
