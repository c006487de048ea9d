#include "projector/bulk/mark.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/store/directory.h"

namespace ledger::bulk {

namespace fs = std::filesystem;

namespace {

constexpr const char* kBuilding = "building";
constexpr const char* kBuildingNew = "building.new";
constexpr const char* kReplaces = "replaces";

[[noreturn]] void fail(int code, std::string_view action, const fs::path& path) {
  throw Error(means_full(code) ? Fault::kFull : Fault::kUnavailable,
              fmt::format("cannot {} {} ({}); free disk space or check the permissions", action,
                          path.string(), std::generic_category().message(code)));
}

// Durable but for its name. On an error nothing stays.
void write_file(const fs::path& path, const std::string& text) {
  errno = 0;
  std::ofstream file(path);
  file << text << std::flush;
  if (file) {
    store::fsync_path(path);
    return;
  }
  const int code = errno;
  std::error_code ignored;  // the failure to write is what is told
  fs::remove(path, ignored);
  fail(code, "write", path);
}

}  // namespace

std::optional<Mark> read_mark(const fs::path& generation) {
  std::ifstream file(generation / kBuilding);
  Mark mark;
  if (!(file >> mark.base >> mark.taken_up)) return std::nullopt;
  file >> mark.positions;  // none before it was taken up
  return mark;
}

void write_mark(const fs::path& generation, const Mark& mark) {
  const fs::path fresh = generation / kBuildingNew;
  write_file(fresh, fmt::format("{}\n{} {}\n", mark.base, mark.taken_up, mark.positions));
  std::error_code error;
  fs::rename(fresh, generation / kBuilding, error);
  if (error) fail(error.value(), "rename", fresh);
  store::fsync_path(generation);
}

void remove_mark(const fs::path& generation) {
  std::error_code ignored;  // beside a live generation it says nothing
  fs::remove(generation / kBuilding, ignored);
}

std::string read_replaced(const fs::path& generation) {
  std::string name;
  std::ifstream(generation / kReplaces) >> name;
  return name;
}

void write_replaced(const fs::path& generation, const std::string& replaced) {
  write_file(generation / kReplaces, replaced + '\n');
  store::fsync_path(generation);
}

void remove_replaced_note(const fs::path& generation) {
  std::error_code error;
  fs::remove(generation / kReplaces, error);
  if (error) fail(error.value(), "remove", generation / kReplaces);
}

}  // namespace ledger::bulk
