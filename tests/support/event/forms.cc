#include "tests/support/event/forms.h"

#include "schemas/event/codec.h"
#include "schemas/event/json.h"

namespace ledger::event {

std::string encoded(const Event& event) {
  std::string value;
  encode(event, value);
  return value;
}

std::string to_line(const Event& event) {
  std::string line;
  JsonWriter writer(line);
  write_json(event, writer);
  return line;
}

std::string value_of(std::string_view line) {
  LineParser parser({});
  return encoded(std::get<Event>(parser.parse(line, 0)));
}

}  // namespace ledger::event
