#include "tests/support/event/vectors.h"

#include <cstdlib>

#include <simdjson.h>

#include "schemas/base/bytes.h"
#include "schemas/base/error.h"

namespace ledger::event {

std::string golden_path(const std::string& file) {
  const char* source = std::getenv("LEDGER_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/tests/golden/event/" + file;
}

std::vector<Case> read_cases(const std::string& file) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (const auto code = parser.load(golden_path(file)).get(array)) {
    throw Error(Fault::kInvalidInput, file + ": " + simdjson::error_message(code));
  }
  std::vector<Case> cases;
  for (const auto element : array) {
    Case& one = cases.emplace_back();
    for (const auto [name, value] : element.get_object()) {
      if (value.is_null()) continue;
      one[std::string(name)] =
          value.is_string() ? std::string(value.get_string().value()) : simdjson::minify(value);
    }
  }
  return cases;
}

std::string bytes_of(const Case& vector) {
  std::string bytes;
  if (!parse_hex(vector.at("bytes"), bytes)) {
    throw Error(Fault::kInvalidInput, vector.at("name") + ": bytes are not hex");
  }
  if (vector.contains("repeat")) return std::string(std::stoul(vector.at("repeat")), bytes.at(0));
  return bytes;
}

}  // namespace ledger::event
