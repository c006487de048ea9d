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
#include <rapidjson/document.h>

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

// The readers below throw it on a missing or mistyped member; parse_run_state() makes it an Error.
struct Mistyped {
  const char* member;
};

using rapidjson::Value;

const Value* find(const Value& object, const char* name) {
  if (!object.IsObject()) throw Mistyped{name};
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

const Value& require(const Value& object, const char* name) {
  const Value* const value = find(object, name);
  if (value == nullptr) throw Mistyped{name};
  return *value;
}

double number(const Value& object, const char* name) {
  const Value& value = require(object, name);
  if (!value.IsNumber()) throw Mistyped{name};
  return value.GetDouble();
}

int64_t integer(const Value& object, const char* name) {
  const Value& value = require(object, name);
  if (!value.IsInt64()) throw Mistyped{name};
  return value.GetInt64();
}

std::string_view text(const Value& object, const char* name) {
  const Value& value = require(object, name);
  if (!value.IsString()) throw Mistyped{name};
  return {value.GetString(), value.GetStringLength()};
}

RunPhase phase_of(std::string_view text) {
  for (size_t i = 0; i < kPhases.size(); ++i) {
    if (kPhases[i] == text) return static_cast<RunPhase>(i);
  }
  throw Mistyped{"state"};
}

RunState state_of(const Value& root) {
  RunState state;
  state.pid = integer(root, "pid");
  state.phase = phase_of(text(root, "state"));
  state.started_ms = number(root, "startedAt");
  state.heartbeat_ms = number(root, "heartbeat");
  if (find(root, "caughtUp") != nullptr) state.caught_up_ms = number(root, "caughtUp");
  const Value& partitions = require(root, "partitions");
  if (!partitions.IsArray()) throw Mistyped{"partitions"};
  for (const Value& part : partitions.GetArray()) {
    RunPartition seen{Offset{integer(part, "position")}, std::nullopt};
    if (find(part, "end") != nullptr) seen.end = Offset{integer(part, "end")};
    state.partitions.emplace(Partition{static_cast<int32_t>(integer(part, "partition"))}, seen);
  }
  if (const Value* const refusal = find(root, "refusal")) {
    state.refusal = RunRefusal{number(*refusal, "at"),
                               static_cast<Fault>(static_cast<int>(integer(*refusal, "exitCode"))),
                               std::string(text(*refusal, "message"))};
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
  const auto refuse = [](std::string_view why) {
    return Error(Fault::kIntegrity,
                 fmt::format("run state: run.json is not what ledger-projector writes ({}); it is "
                             "rewritten when ledger-projector run starts",
                             why));
  };
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>(
      json.data(), json.size());
  if (document.HasParseError()) throw refuse("no JSON");
  try {
    return state_of(document);
  } catch (const Mistyped& mistyped) {
    throw refuse(fmt::format("member {}", mistyped.member));
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

std::optional<RunState> try_read_run_state(const std::filesystem::path& path,
                                           std::string& trouble) {
  try {
    return read_run_state(path);
  } catch (const Error& error) {
    trouble = error.what();
    return std::nullopt;
  }
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
