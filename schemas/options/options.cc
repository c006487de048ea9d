#include "schemas/options/options.h"

#include <charconv>

#include <fmt/format.h>

#include "schemas/base/assert.h"
#include "schemas/base/time.h"
#include "schemas/options/sources.h"

namespace ledger::options {

Option views_option() { return {"views", Kind::kText, "DIR", "the view directory"}; }
Option brokers_option() { return {"brokers", Kind::kText, "LIST", "Kafka brokers, HOST:PORT,..."}; }
Option topic_option() {
  return {"topic", Kind::kText, "NAME", "the topic of the log", "content-audio-events"};
}
Option properties_option() {
  return {"property",   Kind::kProperties,
          "PROP=VALUE", "set any librdkafka property; PROP=@FILE reads it from a file (secrets)",
          "",           'X'};
}

const Parsed::Value& Parsed::at(std::string_view name, Kind kind) const {
  const auto found = values_.find(name);
  LEDGER_ASSERT(found != values_.end(), "command '{}' declares no option '{}'", command_, name);
  LEDGER_ASSERT(found->second.kind == kind, "option '{}' has kind {}, not {}", name,
                static_cast<int>(found->second.kind), static_cast<int>(kind));
  return found->second;
}

namespace {

template <typename T>
T given(const std::optional<T>& value, std::string_view name) {
  if (value) return *value;
  throw Error(Fault::kUsage,
              fmt::format("--{0} is missing: give --{0}, {1} or a line `{0} = ...` in the --config "
                          "file",
                          name, environment_name(name)));
}

}  // namespace

bool Parsed::flag(std::string_view name) const { return !at(name, Kind::kFlag).texts.empty(); }

std::optional<std::string> Parsed::find_text(std::string_view name) const {
  const Value& value = at(name, Kind::kText);
  if (value.texts.empty()) return std::nullopt;
  return value.texts.back();
}

std::optional<uint64_t> Parsed::find_count(std::string_view name) const {
  const Value& value = at(name, Kind::kCount);
  if (value.texts.empty()) return std::nullopt;
  uint64_t number = 0;
  const std::string& text = value.texts.back();
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<uint64_t> Parsed::find_size(std::string_view name) const {
  const Value& value = at(name, Kind::kSize);
  if (value.texts.empty()) return std::nullopt;
  return parse_size(value.texts.back());
}

std::optional<std::chrono::microseconds> Parsed::find_duration(std::string_view name) const {
  const Value& value = at(name, Kind::kDuration);
  if (value.texts.empty()) return std::nullopt;
  return parse_duration(value.texts.back());
}

std::string Parsed::text(std::string_view name) const {
  std::optional<std::string> value = find_text(name);
  if (value && value->empty()) value.reset();  // `--brokers "$UNSET"` names none
  return given(value, name);
}
uint64_t Parsed::count(std::string_view name) const { return given(find_count(name), name); }
uint64_t Parsed::size(std::string_view name) const { return given(find_size(name), name); }
std::chrono::microseconds Parsed::duration(std::string_view name) const {
  return given(find_duration(name), name);
}

std::vector<std::string> Parsed::list(std::string_view name) const {
  return at(name, Kind::kList).texts;
}

}  // namespace ledger::options
