#include "schemas/event/codec.h"

#include <array>

namespace ledger::event {

namespace {

constexpr std::array<std::string_view, 4> kCodes = {"undecodable", "unknown_payload", "unset",
                                                    "limit"};

}  // namespace

std::string_view to_text(RejectCode code) { return kCodes.at(static_cast<size_t>(code)); }

bool same_payload(const Event& a, const Event& b) { return a.payload == b.payload; }

}  // namespace ledger::event
