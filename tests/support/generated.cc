#include "tests/support/generated.h"

#include <stdexcept>

#include "tests/support/process.h"

namespace ledger::test {

std::string generated(const std::vector<std::string>& options) {
  std::vector<std::string> argv = {program("ledger-generate"), "-q"};
  argv.insert(argv.end(), options.begin(), options.end());
  Finished made = run(argv);
  if (made.code != 0) throw std::runtime_error("ledger-generate: " + made.err);
  return std::move(made.out);
}

}  // namespace ledger::test
