// Where option values come from besides the command line: the environment and the config file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/options/options.h"

namespace ledger::options {

// `options` and the ones that every program has: --config, -q.
std::vector<Option> with_standard(std::vector<Option> options);

// `brokers` -> LEDGER_BROKERS
std::string environment_name(std::string_view option);

// The values that the environment has for `option`; empty when it has none.
std::vector<std::string> environment_values(const Option& option);

struct ConfigLine {
  std::string name;
  std::string value;
  std::string origin;  // FILE:LINE
};

// The lines that are for `program`, in file order.
// Throws: Error{kUsage} on a file that cannot be read, a line that is no `name = value`, an unknown
// name or section.
std::vector<ConfigLine> read_config(const std::string& path, const Program& program);

// Splits PROP=VALUE and loads @FILE. `in_argv`: a literal secret is refused.
// Throws: Error{kUsage}; the message never holds a value.
std::pair<std::string, std::string> parse_property(const std::string& text, bool in_argv,
                                                   const std::string& origin);

// The member of `names` nearest to `name`, if it is near enough to be a typing error.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& names);
// "; did you mean 'brokers'?" or "".
std::string suggestion(std::string_view name, const std::vector<std::string>& names);

}  // namespace ledger::options
