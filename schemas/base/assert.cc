#include "schemas/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace ledger {

void assertion_failed(const char* expression, const char* file, int line,
                      const std::string& operands) {
  std::fprintf(stderr, "bug: %s:%d: %s is false (%s)\n", file, line, expression, operands.c_str());
  std::abort();
}

}  // namespace ledger
