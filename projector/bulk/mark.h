// The notes in the folder of a generation in the making; what they mean is in leftovers.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace ledger::bulk {

// Contents of the file `building`.
struct Mark {
  std::string base;
  int taken_up = 0;
  std::string positions;
};

std::optional<Mark> read_mark(const std::filesystem::path& generation);
// A power cut or a full disk leaves the old or the new one. Throws: Error{kUnavailable, kFull}.
void write_mark(const std::filesystem::path& generation, const Mark& mark);
void remove_mark(const std::filesystem::path& generation);

// Contents of the file `replaces`, "" when it is not there.
std::string read_replaced(const std::filesystem::path& generation);
// Throws: Error{kUnavailable, kFull}.
void write_replaced(const std::filesystem::path& generation, const std::string& replaced);
// Throws: Error{kUnavailable}.
void remove_replaced_note(const std::filesystem::path& generation);

}  // namespace ledger::bulk
