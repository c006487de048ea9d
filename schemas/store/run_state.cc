#include "schemas/store/run_state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <simdjson.h>

#include "schemas/base/json_text.h"

namespace ledger::store {

namespace {

constexpr size_t kBlockBytes = 512;  // that stat(2) counts in
constexpr std::array<std::string_view, 6> kPhases = {
    "starting", "catching_up", "following", "waiting_for_brokers", "refused", "stopped"};

void write_time(JsonWriter& out, std::string_view name, const std::optional<double>& time) {
  if (!time) return;
  out.key(name);
  out.number(*time);
}

void write_partitions(JsonWriter& out, const RunState& state) {
  out.key("partitions");
  out.begin_array();
  for (const auto& [partition, seen] : state.partitions) {
    out.begin_object();
    out.key("partition");
    out.integer(raw(partition));
    out.key("position");
    out.integer(raw(seen.position));
    if (seen.end) {
      out.key("end");
      out.integer(raw(*seen.end));
    }
    out.end_object();
  }
  out.end_array();
}

void write_refusal(JsonWriter& out, const RunState& state) {
  if (!state.refusal) return;
  out.key("refusal");
  out.begin_object();
  write_time(out, "at", state.refusal->at_ms);
  out.key("exitCode");
  out.integer(exit_code(state.refusal->fault));
  out.key("message");
  out.text(state.refusal->message);
  out.end_object();
}

// The readers below throw simdjson_error on a missing or mistyped member; parse_run_state() turns
// that into an Error.
using simdjson::dom::element;

std::optional<double> optional_number(element object, std::string_view name) {
  double value = 0;
  if (object[name].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

RunPhase phase_of(std::string_view text) {
  for (size_t i = 0; i < kPhases.size(); ++i) {
    if (kPhases[i] == text) return static_cast<RunPhase>(i);
  }
  throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
}

RunState state_of(element root) {
  RunState state;
  state.pid = int64_t{root["pid"]};
  state.phase = phase_of(std::string_view{root["state"]});
  state.started_ms = double{root["startedAt"]};
  state.heartbeat_ms = double{root["heartbeat"]};
  state.caught_up_ms = optional_number(root, "caughtUp");
  for (const element part : root["partitions"].get_array()) {
    RunPartition seen{Offset{int64_t{part["position"]}}, std::nullopt};
    int64_t end = 0;
    if (part["end"].get(end) == simdjson::SUCCESS) seen.end = Offset{end};
    state.partitions.emplace(Partition{static_cast<int32_t>(int64_t{part["partition"]})}, seen);
  }
  element refusal;
  if (root["refusal"].get(refusal) == simdjson::SUCCESS) {
    state.refusal = RunRefusal{double{refusal["at"]},
                               static_cast<Fault>(static_cast<int>(int64_t{refusal["exitCode"]})),
                               std::string(std::string_view{refusal["message"]})};
  }
  return state;
}

[[noreturn]] void throw_io(const std::filesystem::path& path, std::string_view verb, int error) {
  throw Error(means_full(error) ? Fault::kFull : Fault::kUnavailable,
              fmt::format("run state: cannot {} {} ({}); check the view directory and its space",
                          verb, path.string(), std::strerror(error)));
}

// Returns: an errno, 0 when all is written.
int write_file(const std::filesystem::path& path, std::string_view text, int flags) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0664);
  if (fd < 0) return errno;
  const ssize_t written = ::write(fd, text.data(), text.size());
  int code = written < 0 ? errno : 0;
  if (written >= 0 && static_cast<size_t>(written) < text.size()) code = ENOSPC;
  if (code == 0 && ::ftruncate(fd, written) != 0) code = errno;
  ::close(fd);
  return code;
}

// What may be written over a file without another block.
size_t room_in(const std::filesystem::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? static_cast<size_t>(info.st_blocks) * kBlockBytes : 0;
}

}  // namespace

std::string_view to_text(RunPhase phase) { return kPhases.at(static_cast<size_t>(phase)); }

std::string to_json(const RunState& state) {
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  out.key("pid");
  out.integer(state.pid);
  out.key("state");
  out.text(to_text(state.phase));
  write_time(out, "startedAt", state.started_ms);
  write_time(out, "heartbeat", state.heartbeat_ms);
  write_time(out, "caughtUp", state.caught_up_ms);
  write_partitions(out, state);
  write_refusal(out, state);
  out.end_object();
  return text;
}

RunState parse_run_state(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    return state_of(parser.parse(json.data(), json.size()));
  } catch (const simdjson::simdjson_error& error) {
    throw Error(Fault::kIntegrity,
                fmt::format("run state: run.json is not what ledger-projector writes ({}); it is "
                            "rewritten when ledger-projector run starts",
                            error.what()));
  }
}

std::optional<RunState> read_run_state(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_io(path, "read", errno);
  }
  std::ostringstream text;
  text << in.rdbuf();
  return parse_run_state(text.str());
}

void write_run_state(const std::filesystem::path& path, const RunState& state) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  const std::string text = to_json(state) + '\n';
  std::error_code error;
  if (const int code = write_file(fresh, text, O_CREAT | O_TRUNC); code != 0) {
    std::filesystem::remove(fresh, error);
    if (means_full(code) && room_in(path) >= text.size() && write_file(path, text, 0) == 0) return;
    throw_io(fresh, "write", code);
  }
  std::filesystem::rename(fresh, path, error);
  if (error) throw_io(path, "replace", error.value());
}

}  // namespace ledger::store
