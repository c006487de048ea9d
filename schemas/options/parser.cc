#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include "schemas/base/time.h"
#include "schemas/options/options.h"
#include "schemas/options/sources.h"

namespace ledger::options {

namespace po = boost::program_options;

namespace {

constexpr std::array kTrueTexts = {"true", "yes", "on", "1"};
constexpr std::array kFalseTexts = {"false", "no", "off", "0"};
constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

template <typename Names>
bool contains(const Names& names, const std::string& text) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool is_many(Kind kind) { return kind == Kind::kList || kind == Kind::kProperties; }

// Throws: Error{kUsage} naming `origin` when `text` is no value of the option's kind.
void check_value(const Option& option, const std::string& text, const std::string& origin) {
  try {
    if (option.kind == Kind::kSize) parse_size(text);
    if (option.kind == Kind::kDuration) parse_duration(text);
  } catch (const Error& error) {
    throw Error(Fault::kUsage, fmt::format("{}: {}", origin, error.what()));
  }
  if (option.kind == Kind::kCount) {
    uint64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size()) {
      throw Error(Fault::kUsage, fmt::format("{}: '{}' is no whole number >= 0", origin, text));
    }
  }
  if (option.kind == Kind::kFlag && !contains(kTrueTexts, text) && !contains(kFalseTexts, text)) {
    throw Error(Fault::kUsage, fmt::format("{}: '{}' is neither true nor false", origin, text));
  }
  if (!option.choices.empty() && !contains(option.choices, text)) {
    throw Error(Fault::kUsage,
                fmt::format("{}: '{}' is none of {}{}", origin, text,
                            fmt::join(option.choices, ", "), suggestion(text, option.choices)));
  }
}

std::string flag_text(const Option& option) {
  return option.kind == Kind::kProperties ? fmt::format("-{}", option.letter)
                                          : fmt::format("--{}", option.name);
}

}  // namespace

class Parser {
 public:
  Parser(const Program& program, std::vector<std::string> arguments)
      : program_(program), arguments_(std::move(arguments)) {}

  Parsed parse() {
    take_command();
    collect_options();
    const auto from_argv = parse_argv();
    const auto given_config = from_argv.find("config");
    std::vector<std::string> config = environment_values(option("config"));
    if (given_config != from_argv.end()) config = given_config->second;
    const std::vector<ConfigLine> lines =
        config.empty() ? std::vector<ConfigLine>{} : read_config(config.back(), program_);
    for (const Option& each : options_) {
      const auto argv = from_argv.find(each.name);
      take(each, argv == from_argv.end() ? std::vector<std::string>{} : argv->second, lines);
    }
    check_operands();
    return std::move(parsed_);
  }

 private:
  void take_command();
  void collect_options();
  std::map<std::string, std::vector<std::string>> parse_argv();
  void take(const Option& option, const std::vector<std::string>& argv,
            const std::vector<ConfigLine>& lines);
  void take_properties(const std::vector<std::string>& argv, const Option& option,
                       const std::vector<ConfigLine>& lines);
  void check_operands() const;
  const Option& option(std::string_view name) const;
  const Option* find_common(const std::string& argument) const;
  [[noreturn]] void refuse_option(const std::string& argument) const;

  const Program& program_;
  std::vector<std::string> arguments_;
  const Command* command_ = nullptr;
  std::vector<Option> options_;
  Parsed parsed_;
};

std::vector<Option> with_standard(std::vector<Option> options) {
  options.push_back({"config", Kind::kText, "FILE", "read options from a file"});
  options.push_back({"quiet", Kind::kFlag, "", "print errors only on stderr", "", 'q'});
  return options;
}

// The command is the first argument that is neither an option nor the value of a common option.
void Parser::take_command() {
  if (program_.commands.size() == 1 && program_.commands[0].name.empty()) {
    command_ = program_.commands.data();
    return;
  }
  options_ = with_standard(program_.common);
  std::vector<std::string> names;
  for (const Command& command : program_.commands) names.push_back(command.name);
  for (size_t i = 0; i < arguments_.size(); ++i) {
    const std::string& argument = arguments_[i];
    if (argument.size() > 1 && argument[0] == '-') {
      const Option* common = find_common(argument);
      if (common == nullptr) refuse_option(argument);
      const bool adjacent =
          argument[1] == '-' ? argument.find('=') != std::string::npos : argument.size() > 2;
      if (common->kind != Kind::kFlag && !adjacent) ++i;
      continue;
    }
    const auto found = std::find(names.begin(), names.end(), argument);
    if (found == names.end()) {
      throw Error(Fault::kUsage, fmt::format("no command '{}'{} (commands: {})", argument,
                                             suggestion(argument, names), fmt::join(names, ", ")));
    }
    command_ = &program_.commands[static_cast<size_t>(found - names.begin())];
    arguments_.erase(arguments_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
  throw Error(Fault::kUsage,
              fmt::format("a command is missing; one of {} (see --help)", fmt::join(names, ", ")));
}

const Option* Parser::find_common(const std::string& argument) const {
  const std::string name = argument.substr(2, argument.find('=') - 2);
  for (const Option& each : options_) {
    if (argument[1] == '-' ? each.name == name : each.letter == argument[1]) return &each;
  }
  return nullptr;
}

void Parser::collect_options() {
  options_ = with_standard(program_.common);
  options_.insert(options_.end(), command_->options.begin(), command_->options.end());
  parsed_.command_ = command_->name;
}

std::map<std::string, std::vector<std::string>> Parser::parse_argv() {
  po::options_description description;
  for (const Option& each : options_) {
    const std::string names =
        each.letter == '\0' ? each.name : fmt::format("{},{}", each.name, each.letter);
    if (each.kind == Kind::kFlag) {
      description.add_options()(names.c_str(), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::string>(), "");
    }
  }
  std::map<std::string, std::vector<std::string>> values;
  try {
    const auto result =
        po::command_line_parser(arguments_).options(description).style(kStyle).run();
    for (const auto& each : result.options) {
      if (each.position_key >= 0) {
        parsed_.operands_.insert(parsed_.operands_.end(), each.value.begin(), each.value.end());
      } else {
        values[each.string_key].push_back(each.value.empty() ? "true" : each.value.front());
      }
    }
  } catch (const po::unknown_option& unknown) {
    refuse_option(unknown.get_option_name());
  } catch (const po::error& error) {
    throw Error(Fault::kUsage, error.what());
  }
  return values;
}

void Parser::take(const Option& each, const std::vector<std::string>& argv,
                  const std::vector<ConfigLine>& lines) {
  Parsed::Value& value = parsed_.values_[each.name];
  value.kind = each.kind;
  if (each.kind == Kind::kProperties) {
    take_properties(argv, each, lines);
    return;
  }
  std::string origin = flag_text(each);
  value.texts = argv;
  if (value.texts.empty()) {
    value.texts = environment_values(each);
    origin = environment_name(each.name);
  }
  if (value.texts.empty()) {
    for (const ConfigLine& line : lines) {
      if (line.name != each.name) continue;
      value.texts.push_back(line.value);
      origin = fmt::format("config: {}: {}", line.origin, each.name);
    }
  }
  if (value.texts.empty() && !each.fallback.empty()) value.texts = {each.fallback};
  for (const std::string& text : value.texts) check_value(each, text, origin);
  if (!is_many(each.kind) && value.texts.size() > 1) value.texts = {value.texts.back()};
  if (each.kind == Kind::kFlag && !value.texts.empty() && contains(kFalseTexts, value.texts[0])) {
    value.texts.clear();
  }
}

void Parser::take_properties(const std::vector<std::string>& argv, const Option& each,
                             const std::vector<ConfigLine>& lines) {
  for (const ConfigLine& line : lines) {
    if (line.name != each.name) continue;
    parsed_.properties_.push_back(
        parse_property(line.value, false, fmt::format("config: {}: {}", line.origin, each.name)));
  }
  for (const std::string& text : environment_values(each)) {
    parsed_.properties_.push_back(parse_property(text, false, environment_name(each.name)));
  }
  for (const std::string& text : argv) {
    parsed_.properties_.push_back(parse_property(text, true, flag_text(each)));
  }
}

void Parser::check_operands() const {
  const size_t count = parsed_.operands_.size();
  if (count >= command_->operands_min && count <= command_->operands_max) return;
  std::string usage = program_.name;
  for (const std::string_view word : {command_->name, command_->operands}) {
    if (!word.empty()) usage.append(" ").append(word);
  }
  if (count < command_->operands_min) {
    throw Error(Fault::kUsage, fmt::format("an operand is missing; write: {}", usage));
  }
  throw Error(Fault::kUsage, fmt::format("'{}' is one operand too many; write: {}",
                                         parsed_.operands_[command_->operands_max], usage));
}

const Option& Parser::option(std::string_view name) const {
  return *std::find_if(options_.begin(), options_.end(),
                       [name](const Option& each) { return each.name == name; });
}

void Parser::refuse_option(const std::string& argument) const {
  std::vector<std::string> names = {"--help", "--version"};
  for (const Option& each : options_) names.push_back("--" + each.name);
  const std::string name = argument.substr(0, argument.find('='));
  const std::string of = command_ == nullptr || command_->name.empty()
                             ? program_.name
                             : program_.name + " " + command_->name;
  throw Error(Fault::kUsage,
              fmt::format("{} has no option {}{}", of, name, suggestion(name, names)));
}

Parsed parse(const Program& program, const std::vector<std::string>& arguments) {
  return Parser(program, arguments).parse();
}

}  // namespace ledger::options
