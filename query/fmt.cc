// The compiled part of fmt, inside ledger-query: Debian has no archive of it, and libfmt.so would
// bring libstdc++.so along, whose loading takes longer than an answer. Functions of fmt that are
// used and not named here are found in libfmt.so all the same; the tests of the architecture say
// so.
#define FMT_HEADER_ONLY
#include <fmt/format.h>

namespace ledger::query {

// Named, hence compiled.
[[gnu::used]] std::string (*const kVformat)(fmt::string_view, fmt::format_args) = &fmt::vformat;
[[gnu::used]] void (*const kThrow)(const char*) = &fmt::detail::throw_format_error;
[[gnu::used]] bool (*const kPrintable)(uint32_t) = &fmt::detail::is_printable;

}  // namespace ledger::query
