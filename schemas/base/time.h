// Times as users write and read them. A time is a Float64 of milliseconds since the Unix epoch, as
// in Convex.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace ledger {

// RFC 3339 in UTC with as many fraction digits as needed (0, 3, 6 or 9): 2026-02-11T18:00:00.123Z.
// Beyond the year 9999 in epoch milliseconds.
std::string to_rfc3339(double unix_ms);

// RFC 3339 with a zone, epoch milliseconds, or `now-1h` / `now+5m`.
// Throws: Error{kUsage} saying the accepted forms.
double parse_time(std::string_view text, double now_ms);

// A duration with unit: 250us 5ms 2s 3m 2h 7d; longer ones count as 100 years. Throws:
// Error{kUsage}.
std::chrono::microseconds parse_duration(std::string_view text);

// A size with unit: 512, 64KiB, 64MiB, 1GiB (also KB/MB/GB as powers of 1000). Throws:
// Error{kUsage}.
uint64_t parse_size(std::string_view text);

double now_unix_ms();

}  // namespace ledger
