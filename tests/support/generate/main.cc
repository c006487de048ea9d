// ledger-generate: settings from the command line, lines to stdout. GENERATOR.md says what is in
// them.
#include <charconv>

#include <fmt/format.h>

#include "schemas/base/json_text.h"
#include "schemas/base/time.h"
#include "schemas/event/json.h"
#include "schemas/options/options.h"
#include "schemas/options/output.h"
#include "tests/support/generate/repeats.h"
#include "tests/support/generate/stream.h"

namespace ledger::generate {

namespace {

using options::Kind;
using options::Parsed;

constexpr uint32_t kUsersMax = 100'000'000;
constexpr uint32_t kWorkloadUsers = 1'000'000;

double parse_share(const std::string& text) {
  double share = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (failure != std::errc() || end != text.data() + text.size() || !(share >= 0 && share <= 0.5)) {
    throw Error(Fault::kUsage,
                fmt::format("--duplicates is no share: {}; give 0 to 0.5, as in 0.01", text));
  }
  return share;
}

uint32_t parse_count(const Parsed& parsed, const char* name, uint32_t fallback, uint32_t most) {
  const uint64_t count = parsed.find_count(name).value_or(fallback);
  if (count < 1 || count > most) {
    throw Error(Fault::kUsage,
                fmt::format("--{} is out of range: {}; give 1 to {}", name, count, most));
  }
  return static_cast<uint32_t>(count);
}

Settings settings_from(const Parsed& parsed, bool workload_w, double share) {
  Settings settings;
  settings.input = parsed.text("input");
  settings.seed = parsed.count("seed");
  settings.real_only = parsed.flag("real-only");
  settings.changes = parsed.find_count("changes");
  settings.voices = parse_count(parsed, "voices", settings.voices, kVoicesMax);
  settings.users =
      parse_count(parsed, "users", workload_w ? kWorkloadUsers : settings.users, kUsersMax);
  if (const auto start = parsed.find_text("start")) {
    settings.start = parse_time(*start, now_unix_ms());
  }
  if (const auto lines = parsed.find_count("events")) {
    settings.events = *lines - Repeats::of(*lines, share);
  }
  if (workload_w && !settings.events) {
    throw Error(Fault::kUsage, "workload w has no end of its own; give --events");
  }
  return settings;
}

Fault generate(const Parsed& parsed) {
  const bool workload_w = parsed.text("workload") == "w";
  const double share = parse_share(parsed.text("duplicates"));
  const Settings settings = settings_from(parsed, workload_w, share);
  const auto stream = workload_w ? open_workload_w(settings) : open_recorded(settings);
  Repeats repeats(share, settings.seed);

  options::Output out;
  JsonWriter json(out.buffer());
  event::Event event;
  while (stream->next(event)) {
    const size_t begin = out.buffer().size();
    json.restart();
    event::write_json(event, json);
    out.buffer().push_back('\n');
    const auto line = std::string_view(out.buffer()).substr(begin);
    if (const std::string* repeat = repeats.after(line)) out.buffer().append(*repeat);
    out.flush_if_large();
  }
  out.flush();
  return Fault::kNone;
}

options::Program program() {
  options::Program program;
  program.name = "ledger-generate";
  program.summary =
      "prints events as NDJSON: real content changes, with jobs and plays made up over them";
  program.examples = {
      {"ledger-generate --real-only", "the 6,641 real changes as events"},
      {"ledger-generate --events 1000000 | ledger-emit send -", "real changes, jobs and plays"},
      {"ledger-generate --workload w --events 5000000", "workload W, for measuring"}};
  options::Command command;
  command.summary =
      "equal options, equal bytes; source tells generator/real from generator/synthetic";
  command.options = {
      {"events", Kind::kCount, "N", "lines to print; without it all changes and jobs, no plays"},
      {"real-only", Kind::kFlag, "", "content changes alone"},
      {"changes", Kind::kCount, "N", "only the first N changes of the file"},
      {"seed", Kind::kCount, "N", "another seed, other ids, jobs and plays", "42"},
      {"users", Kind::kCount, "N", "listeners to draw from; 10000, of workload w 1000000"},
      {"voices", Kind::kCount, "N", "audios of each content, 1 to 16; 2 if not given"},
      {"duplicates", Kind::kText, "SHARE", "share of lines that repeat one before", "0"},
      {"start", Kind::kText, "TIME", "move the first event to this time"},
      {"workload", Kind::kText, "NAME", "what to make", "recorded", '\0', {"recorded", "w"}},
      {"input", Kind::kText, "FILE", "the content changes", LEDGER_CONTENT_CHANGES}};
  command.run = generate;
  program.commands = {command};
  return program;
}

}  // namespace

}  // namespace ledger::generate

int main(int argc, char** argv) {
  return ledger::options::run_main(ledger::generate::program(), argc, argv);
}
