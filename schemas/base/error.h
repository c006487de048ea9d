// The three channels of failure: expected outcomes are return values, faults outside our control
// are `Error`, bugs are LEDGER_ASSERT (assert.h).
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ledger {

// What the caller of a program can do about a failure; the value is the exit code.
// Source: kFaults below is the one table that feeds code, --help and the runbook.
enum class Fault : int {
  kNone = 0,
  kNotFound = 1,
  kUsage = 2,
  kInvalidInput = 3,
  kNotFresh = 4,
  kUnavailable = 5,
  kIncompatible = 6,
  kIntegrity = 7,
  kFull = 8,
  kBug = 70,
  kInterrupted = 130,
  kTerminated = 143,
};

struct FaultRow {
  Fault fault;
  std::string_view meaning;
};

// Every exit code with its meaning, ascending.
std::span<const FaultRow> fault_table();

// Whether an errno says that nothing more fits: the disk, a quota, `ulimit -f`.
bool means_full(int code);

constexpr int exit_code(Fault fault) { return static_cast<int>(fault); }

// A fault outside our control. Message: what failed: object (values); remedy.
class Error : public std::runtime_error {
 public:
  Error(Fault fault, const std::string& message) : std::runtime_error(message), fault_(fault) {}
  Fault fault() const { return fault_; }

 private:
  Fault fault_;
};

}  // namespace ledger
