#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "schemas/options/sources.h"

namespace ledger::options {

namespace {

// Programs that may share one config file, and the names that all of them accept outside a section.
constexpr std::array kPrograms = {"ledger-emit", "ledger-projector", "ledger-query",
                                  "ledger-broker", "ledger-generate"};
constexpr std::array kSharedNames = {"views", "brokers", "topic", "property", "quiet"};
constexpr std::array kSecretProperties = {"sasl.password",
                                          "ssl.key.password",
                                          "ssl.keystore.password",
                                          "ssl.key.pem",
                                          "sasl.oauthbearer.client.secret",
                                          "sasl.oauthbearer.config"};
constexpr size_t kSecretFileBytesMax = 1024 * 1024;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string> option_names(const Program& program) {
  std::vector<std::string> names;
  const auto take = [&names](const std::vector<Option>& options) {
    for (const Option& option : options) names.push_back(option.name);
  };
  take(program.common);
  for (const Command& command : program.commands) take(command.options);
  names.insert(names.end(), kSharedNames.begin(), kSharedNames.end());
  return names;
}

template <typename Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string section_name(std::string_view line, const std::string& origin) {
  std::string name(trim(line.substr(1, line.find(']') - 1)));
  if (!line.ends_with(']') || !contains(kPrograms, name)) {
    throw Error(Fault::kUsage,
                fmt::format("config: {}: '{}' is no section; write [PROGRAM] with one of {}{}",
                            origin, line, fmt::join(kPrograms, ", "),
                            suggestion(name, {kPrograms.begin(), kPrograms.end()})));
  }
  return name;
}

std::string read_secret(const std::string& path, const std::string& property) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kSecretFileBytesMax + 1, '\0');
  in.read(text.data(), std::ssize(text));
  text.resize(static_cast<size_t>(in.gcount()));
  if (!in.is_open() || in.bad() || text.size() > kSecretFileBytesMax) {
    throw Error(Fault::kUsage,
                fmt::format("property {}: cannot read the file {} (at most {} bytes); check the "
                            "path after '@' and its permissions",
                            property, path, kSecretFileBytesMax));
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

std::string environment_name(std::string_view option) {
  std::string name = "LEDGER_";
  for (const char c : option) {
    name.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
  }
  return name;
}

std::vector<std::string> environment_values(const Option& option) {
  const char* value = std::getenv(environment_name(option.name).c_str());
  if (value == nullptr || *value == '\0') return {};
  if (option.kind != Kind::kList && option.kind != Kind::kProperties) return {value};
  std::vector<std::string> values;
  for (std::string_view rest = value; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (!trim(rest.substr(0, end)).empty()) values.emplace_back(trim(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return values;
}

std::vector<ConfigLine> read_config(const std::string& path, const Program& program) {
  std::ifstream in(path);
  in.peek();  // a folder opens, and cannot be read
  if (!in.is_open() || in.bad()) {
    throw Error(Fault::kUsage, fmt::format("config: cannot read {}; check --config", path));
  }
  in.clear();  // an empty file is at its end
  const std::vector<std::string> names = option_names(program);
  std::vector<ConfigLine> lines;
  std::string section;
  size_t number = 0;
  for (std::string whole; std::getline(in, whole);) {
    const std::string_view line = trim(whole);
    const std::string origin = fmt::format("{}:{}", path, ++number);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      section = section_name(line, origin);
      continue;
    }
    if (!section.empty() && section != program.name) continue;
    const size_t equals = line.find('=');
    std::string name(trim(line.substr(0, equals)));
    if (equals == std::string_view::npos || name.empty()) {
      throw Error(Fault::kUsage,
                  fmt::format("config: {}: not `name = value`; comments begin with #", origin));
    }
    if (!contains(names, name)) {
      throw Error(Fault::kUsage,
                  fmt::format("config: {}: {} has no option '{}'{} (options of another program "
                              "stand under its [section])",
                              origin, program.name, name, suggestion(name, names)));
    }
    lines.push_back({name, std::string(trim(line.substr(equals + 1))), origin});
  }
  return lines;
}

std::pair<std::string, std::string> parse_property(const std::string& text, bool in_argv,
                                                   const std::string& origin) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(Fault::kUsage, fmt::format("{}: write PROP=VALUE or PROP=@FILE", origin));
  }
  const std::string name = text.substr(0, equals);
  std::string value = text.substr(equals + 1);
  if (value.starts_with('@')) return {name, read_secret(value.substr(1), name)};
  const bool secret =
      contains(kSecretProperties, name) || name.ends_with("password") || name.ends_with("secret");
  if (secret && in_argv) {
    throw Error(Fault::kUsage,
                fmt::format("{0}: property {1} is a secret and every user of this machine can read "
                            "the command line; put it in a file and write -X {1}=@FILE",
                            origin, name));
  }
  return {name, std::move(value)};
}

}  // namespace ledger::options
