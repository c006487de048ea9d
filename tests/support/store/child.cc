// store-child: works on a view directory in a process of its own, which may be killed, be another
// user or die of a damaged page.
//
//   write DIR            batches without end, a line after each: its position
//   read DIR             reads all of shard and kept log; one line: position, end
//   read-copy DIR        the same without locks
//
// Exits with the code of the fault, its message on stderr. STORE_CHILD_UID: becomes that user.
#include <grp.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "tests/support/store/store_samples.h"
#include "tests/support/store/toy_ledger.h"

namespace ledger::store {
namespace {

void become_user() {
  const char* text = std::getenv("STORE_CHILD_UID");
  if (text == nullptr) return;
  const auto uid = static_cast<uid_t>(std::strtoul(text, nullptr, 10));
  if (setgroups(0, nullptr) != 0 || setgid(uid) != 0 || setuid(uid) != 0) {
    throw std::runtime_error(std::string("cannot become another user: ") + std::strerror(errno));
  }
}

void write(const std::filesystem::path& directory) {
  const ShardIdentity identity = sample_identity();
  KeptLogWriter log(directory / "log" / "0", identity.log);
  ShardWriter shard(directory / "gen-1" / "0", identity);
  toy_catch_up(log, shard);
  for (;;) {
    toy_batch(log, shard);
    fmt::print("{}\n", raw(shard.state().position));
    std::fflush(stdout);
  }
}

void read(const std::filesystem::path& directory, bool no_lock) {
  const ShardReader shard(directory / "gen-1" / "0", no_lock);
  const KeptLogReader log(directory / "log" / "0", no_lock);
  if (scanned_digests(shard) != shard.state().digests) {
    throw Error(Fault::kIntegrity, "the digests are not those of the entries");
  }
  Offset end{0};
  log.scan(end, log.end(), [&](const KeptEvent& event) {
    end = next(event.offset);
    return true;
  });
  if (end != log.end()) throw Error(Fault::kIntegrity, "the kept log ends early");
  fmt::print("{} {}\n", raw(shard.state().position), raw(end));
}

int run(const std::vector<std::string>& arguments) {
  try {
    become_user();
    if (arguments.at(0) == "write") write(arguments.at(1));
    read(arguments.at(1), arguments.at(0) == "read-copy");
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code(error.fault());
  }
}

}  // namespace
}  // namespace ledger::store

int main(int argc, char** argv) { return ledger::store::run({argv + 1, argv + argc}); }
