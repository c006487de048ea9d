// ledger-emit validate, decode, schema: what needs no broker.
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "events/commands.h"
#include "events/line_reader.h"
#include "schemas/base/error.h"
#include "schemas/base/json_text.h"
#include "schemas/base/time.h"
#include "schemas/event/codec.h"
#include "schemas/options/output.h"

namespace ledger::events {

namespace {

// Also of a descriptor that does not block, such as Node hands out.
void wait_for_input(int fd) {
  pollfd ready{fd, POLLIN, 0};
  poll(&ready, 1, -1);
}

// Blocks until there is a line. Returns: nullopt at the end.
std::optional<Line> next_line(LineReader& input) {
  for (;;) {
    const std::optional<Line> line = input.next();
    if (line || input.ended()) return line;
    wait_for_input(input.fd());
    input.fill();
  }
}

struct Validation {
  bool fill = false;
  bool quiet = false;
  uint64_t lines = 0;
  uint64_t invalid = 0;
};

void say_invalid(const Line& line, const event::LineError& error, const Validation& state,
                 options::Output& output) {
  if (state.fill) {  // stdout holds the filled lines only
    options::say(fmt::format("{}: line {}: {}{}{}\n", kProgram, line.number,
                             options::printable_line(error.field), error.field.empty() ? "" : ": ",
                             options::printable_line(error.reason)));
    return;
  }
  JsonWriter json(output.buffer());
  json.begin_object();
  json.key("line");
  json.integer(static_cast<int64_t>(line.number));
  json.key("error");
  json.text("invalid");
  json.key("field");
  json.text(error.field);
  json.key("reason");
  json.text(error.reason);
  json.end_object();
  output.write("\n");
}

void say_valid(const Line& line, const event::Event& event, const Validation& state,
               options::Output& output, JsonWriter& json) {
  const std::string_view secret = event::secret_like_member(event);
  if (!secret.empty() && !state.quiet) {
    options::say(fmt::format(
        "{}: warning: line {}: {} looks like it holds an API key; nothing is ever erased "
        "from the log, take it out\n",
        kProgram, line.number, secret));
  }
  if (!state.fill) return;
  json.restart();
  event::write_json(event, json);
  output.write("\n");
}

std::string read_value(int fd) {
  std::string value(event::kValueBytesMax + 1, '\0');  // one byte more shows that it is too long
  size_t size = 0;
  while (size < value.size()) {
    wait_for_input(fd);
    const ssize_t count = ::read(fd, value.data() + size, value.size() - size);
    if (count == 0) break;
    if (count < 0 && errno != EINTR && errno != EAGAIN) {
      throw Error(Fault::kUnavailable,
                  fmt::format("stdin: cannot read ({})", std::strerror(errno)));
    }
    size += static_cast<size_t>(count > 0 ? count : 0);
  }
  value.resize(size);
  return value;
}

}  // namespace

Fault run_validate(const options::Parsed& parsed) {
  Validation state;
  state.fill = parsed.flag("fill");
  state.quiet = parsed.quiet();
  LineReader input(open_input(input_file(parsed)));
  event::LineParser parser(line_defaults(parsed));
  options::Output output;
  JsonWriter json(output.buffer());
  while (const std::optional<Line> line = next_line(input)) {
    ++state.lines;
    const auto result = parse(parser, *line, now_unix_ms());
    if (const auto* error = std::get_if<event::LineError>(&result)) {
      ++state.invalid;
      say_invalid(*line, *error, state, output);
    } else {
      say_valid(*line, std::get<event::Event>(result), state, output, json);
    }
  }
  output.flush();
  if (!state.quiet) {
    options::say(fmt::format("{}: {} lines, {} invalid\n", kProgram, state.lines, state.invalid));
  }
  return state.invalid == 0 ? Fault::kNone : Fault::kInvalidInput;
}

Fault run_decode(const options::Parsed&) {
  const std::string value = read_value(0);
  event::Decoder decoder;
  const event::Decoded decoded = decoder.decode(value);
  if (const auto* rejection = std::get_if<event::Rejection>(&decoded)) {
    throw Error(Fault::kInvalidInput,
                fmt::format("stdin: {} bytes are no event: {}{}{}; give one raw value, see "
                            "schemas/event/EVENT_FORMAT.md",
                            value.size(), event::to_text(rejection->code),
                            rejection->field.empty() ? "" : " in ", rejection->field));
  }
  options::Output output;
  JsonWriter json(output.buffer());
  event::write_json(std::get<event::Event>(decoded), json);
  output.write("\n");
  output.flush();
  return Fault::kNone;
}

Fault run_schema(const options::Parsed&) {
  options::Output output;
  output.write(event::json_schema());
  output.write("\n");
  output.flush();
  return Fault::kNone;
}

}  // namespace ledger::events
