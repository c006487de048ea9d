#include "schemas/base/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include <date/date.h>
#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger {

namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr size_t kSecondsEnd = 19;                      // of 2026-02-11T10:00:00
constexpr double kRfc3339LimitMs = 253402300800000;     // the year 10000
constexpr double kDurationMaxUs = 100 * 365 * 86400e6;  // clocks count nanoseconds, up to 292 years

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array kDurationUnits = {Unit{"us", 1},   Unit{"ms", 1e3},   Unit{"s", 1e6},
                                       Unit{"m", 60e6}, Unit{"h", 3600e6}, Unit{"d", 86400e6}};
constexpr std::array kSizeUnits = {
    Unit{"", 1},     Unit{"B", 1},        Unit{"KB", 1e3},        Unit{"MB", 1e6},
    Unit{"GB", 1e9}, Unit{"KiB", 1024.0}, Unit{"MiB", 1048576.0}, Unit{"GiB", 1073741824.0}};

template <size_t N>
bool parse_with_unit(std::string_view text, const std::array<Unit, N>& units, double& out) {
  double number = 0;
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (code != std::errc() || number < 0) return false;
  const std::string_view name(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    out = number * unit.factor;
    return out < 9e18;
  }
  return false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes `.123` out of the text, as nanoseconds; further digits are passed over.
bool take_fraction(std::string& text, int64_t& ns) {
  ns = 0;
  if (text[kSecondsEnd] != '.') return true;
  size_t end = kSecondsEnd + 1;
  for (int64_t unit = kNsPerSecond / 10; end < text.size() && is_digit(text[end]); ++end) {
    ns += (text[end] - '0') * unit;
    unit /= 10;
  }
  const bool some = end > kSecondsEnd + 1;
  text.erase(kSecondsEnd, end - kSecondsEnd);
  return some;
}

// Seconds and their fraction apart: nanoseconds since 1970 end in the year 2262.
bool parse_rfc3339(std::string text, double& out) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return false;
  date::sys_time<std::chrono::seconds> time;
  int64_t ns = 0;
  if (!take_fraction(text, ns)) return false;
  const bool utc = text.back() == 'Z' || text.back() == 'z';
  text[10] = 'T';
  if (utc) text.replace(text.size() - 1, 1, "+00:00");
  std::istringstream in(text);
  in >> date::parse("%FT%T%Ez", time);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return false;
  out = static_cast<double>(time.time_since_epoch().count()) * 1e3 + static_cast<double>(ns) / 1e6;
  return true;
}

}  // namespace

std::string to_rfc3339(double unix_ms) {
  if (!(std::fabs(unix_ms) < kRfc3339LimitMs)) return fmt::format("{}", unix_ms);
  const double floor_s = std::floor(unix_ms / 1e3);
  auto seconds = static_cast<int64_t>(floor_s);
  int64_t ns = std::llround((unix_ms - floor_s * 1e3) * 1e6);
  if (ns == kNsPerSecond) {
    ++seconds;
    ns = 0;
  }
  std::string text =
      date::format("%FT%T", date::sys_time<std::chrono::seconds>(std::chrono::seconds(seconds)));
  if (ns != 0) text += fmt::format(".{:09}", ns);
  while (ns != 0 && text.ends_with("000")) text.resize(text.size() - 3);
  return text + "Z";
}

double parse_time(std::string_view text, double now_ms) {
  double time = 0;
  if (text == "now") return now_ms;
  if (text.starts_with("now-") || text.starts_with("now+")) {
    const double ms = static_cast<double>(parse_duration(text.substr(4)).count()) / 1e3;
    return text[3] == '-' ? now_ms - ms : now_ms + ms;
  }
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), time);
  const bool number = code == std::errc() && end == text.data() + text.size();
  if (!number && !parse_rfc3339(std::string(text), time)) {
    throw Error(Fault::kUsage,
                fmt::format("time: cannot read '{}'; write RFC 3339 with a zone "
                            "(2026-02-11T10:00:00+07:00), epoch milliseconds or now-1h",
                            text));
  }
  if (!(time > 0 && time < 9007199254740992.0)) {
    throw Error(Fault::kUsage, fmt::format("time: '{}' is out of range (0 < t < 2^53 ms)", text));
  }
  return time;
}

std::chrono::microseconds parse_duration(std::string_view text) {
  double us = 0;
  if (!parse_with_unit(text, kDurationUnits, us)) {
    throw Error(Fault::kUsage, fmt::format("duration: cannot read '{}'; write a number with one of "
                                           "us ms s m h d, like 5ms or 2h",
                                           text));
  }
  return std::chrono::microseconds(std::llround(std::min(us, kDurationMaxUs)));
}

uint64_t parse_size(std::string_view text) {
  double bytes = 0;
  if (!parse_with_unit(text, kSizeUnits, bytes)) {
    throw Error(Fault::kUsage, fmt::format("size: cannot read '{}'; write a number with one of "
                                           "KiB MiB GiB KB MB GB, like 64MiB",
                                           text));
  }
  return static_cast<uint64_t>(bytes);
}

double now_unix_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(now).count()) /
         1e3;
}

}  // namespace ledger
