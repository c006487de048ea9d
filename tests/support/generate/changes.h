// The real half of the input: tests/data/content_changes.tsv.
#pragma once

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "schemas/record/record.h"

namespace ledger::generate {

enum class ChangeKind : uint8_t { kCreated, kChanged, kDeleted };

inline constexpr uint32_t kNoChange = std::numeric_limits<uint32_t>::max();

struct Change {
  double time = 0;  // ms since the Unix epoch
  ChangeKind kind{};
  uint32_t content = 0;       // index of Changes::content_ids
  uint32_t life = 0;          // counts the times the content was created, from 0
  uint32_t next = kNoChange;  // the next change of the same content
  record::ContentType content_type{};
  record::Locale locale{};
  std::string hash;
  double words = 0;
};

struct Changes {
  std::vector<std::string> content_ids;  // by first appearance
  std::vector<Change> all;               // by time, strictly increasing
};

// The first `limit` changes, moved in time so that the first is at `start` if that is given.
// Throws: Error{kInvalidInput} naming the line that is not as README.md beside the file says;
// Error{kUsage} when the file cannot be read.
Changes read_changes(const std::filesystem::path& file, std::optional<uint64_t> limit,
                     std::optional<double> start);

}  // namespace ledger::generate
