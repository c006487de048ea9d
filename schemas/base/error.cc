#include "schemas/base/error.h"

#include <array>
#include <cerrno>

namespace ledger {

namespace {

constexpr std::array kFaults = {
    FaultRow{Fault::kNone, "done (lists also when empty)"},
    FaultRow{Fault::kNotFound, "get or event found nothing, --expect unmet, differences found"},
    FaultRow{Fault::kUsage, "usage"},
    FaultRow{Fault::kInvalidInput, "invalid input"},
    FaultRow{Fault::kNotFresh, "not fresh enough"},
    FaultRow{Fault::kUnavailable, "unavailable, try again (brokers, lock, no views yet)"},
    FaultRow{Fault::kIncompatible, "incompatible (not this ledger, format, fold, declarations)"},
    FaultRow{Fault::kIntegrity, "integrity (gap, truncation, corruption, difference)"},
    FaultRow{Fault::kFull, "full"},
    FaultRow{Fault::kBug, "bug"},
    FaultRow{Fault::kInterrupted, "interrupted by SIGINT"},
    FaultRow{Fault::kTerminated, "interrupted by SIGTERM"},
};

}  // namespace

std::span<const FaultRow> fault_table() { return kFaults; }

bool means_full(int code) { return code == ENOSPC || code == EDQUOT || code == EFBIG; }

}  // namespace ledger
