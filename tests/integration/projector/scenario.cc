#include "tests/integration/projector/scenario.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/support/generated.h"
namespace ledger::test {

namespace {

void append(std::vector<std::string>& argv, std::vector<std::string> more) {
  argv.insert(argv.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<std::string> run_command_on(const std::string& brokers, const std::string& topic,
                                        const std::string& views,
                                        const std::vector<std::string>& more) {
  std::vector<std::string> argv = {
      program("ledger-projector"), "run", "--brokers", brokers, "--topic", topic, "--views", views};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

std::string Scenario::send(std::string_view lines) const {
  const Finished send = run(ledger_.send_command(), lines);
  EXPECT_EQ(send.code, 0) << send.err;
  return lines_of(send.err).back();
}

std::vector<std::string> Scenario::run_command(std::vector<std::string> more,
                                               const std::string& views) const {
  return run_command_on(ledger_.address(), ledger_.topic(), path(views), more);
}

Finished Scenario::catch_up(std::vector<std::string> more, const std::string& views) const {
  more.emplace_back("--until-end");
  return run(run_command(std::move(more), views));
}

Finished Scenario::rebuild(std::vector<std::string> more, const std::string& views) const {
  std::vector<std::string> argv = {program("ledger-projector"), "rebuild", "--views", path(views)};
  append(argv, std::move(more));
  return run(argv);
}

Finished Scenario::query(std::vector<std::string> arguments, const std::string& views) const {
  std::vector<std::string> argv = {program("ledger-query")};
  append(argv, std::move(arguments));
  append(argv, {"--views", path(views)});
  return run(argv);
}

std::vector<std::string> Scenario::answer(std::vector<std::string> arguments,
                                          const std::string& views) const {
  const Finished answer = query(std::move(arguments), views);
  EXPECT_EQ(answer.code, 0) << answer.err;
  return lines_of(answer.out);
}

std::string Scenario::digests(const std::string& views) const {
  return joined(answer({"digest", "--shards"}, views));
}

std::string Scenario::position(const std::string& views) const {
  return member(answer({"status"}, views).at(0), "position");
}

store::RunState Scenario::run_state(const std::string& views) const {
  const auto state = store::read_run_state(std::filesystem::path(path(views)) / "run.json");
  if (!state) throw std::runtime_error("no run.json in " + path(views));
  return *state;
}

store::RunState Scenario::wait_until_following() const {
  const log::Retry retry = bounded_retry();
  store::RunState state = run_state();
  while (state.phase != store::RunPhase::kFollowing) {
    retry("not following yet");
    state = run_state();
  }
  return state;
}

std::string broker_name(const testing::TestParamInfo<BrokerKind>& info) {
  return to_text(info.param);
}

std::string play_line(int event_id, const std::string& user, const std::string& content) {
  return fmt::format(
      R"({{"eventId":"0197a1c2-0000-7000-8000-{:012}","occurredAt":1770832800000,)"
      R"("actor":{{"kind":"service","id":"player"}},"source":"test/1","playRecorded":)"
      R"({{"userId":"{}","contentAudioId":"a1","contentId":"{}","contentType":"article"}}}})",
      event_id, user, content);
}

std::string generated(int count) {
  return generated({"--changes", "40", "--events", std::to_string(count)});
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

size_t count_with(const std::vector<std::string>& lines, std::string_view part) {
  return static_cast<size_t>(
      std::count_if(lines.begin(), lines.end(),
                    [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

}  // namespace ledger::test
