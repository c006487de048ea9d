#include <algorithm>

#include <fmt/format.h>

#include "schemas/options/sources.h"

namespace ledger::options {

namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row;
  for (size_t j = 0; j <= b.size(); ++j) row.push_back(j);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min(replaced, std::min(row[j], row[j + 1]) + 1);
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& names) {
  const size_t distance_max = name.size() < 4 ? 1 : std::max<size_t>(2, name.size() / 3);
  std::optional<std::string> best;
  size_t best_distance = distance_max + 1;
  for (const std::string& candidate : names) {
    const bool abbreviated = name.size() >= 2 && candidate.starts_with(name);
    const size_t distance = abbreviated ? 0 : edit_distance(name, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& names) {
  const auto found = nearest(name, names);
  return found ? fmt::format("; did you mean '{}'?", *found) : "";
}

}  // namespace ledger::options
