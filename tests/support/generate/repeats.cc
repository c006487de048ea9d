#include "tests/support/generate/repeats.h"

namespace ledger::generate {

const std::string* Repeats::after(std::string_view line) {
  if (share_ == 0) return nullptr;
  if (recent_.size() < kBack) recent_.emplace_back();
  recent_[fresh_++ % kBack].assign(line);
  if (of(fresh_ + repeated_ + 1, share_) <= repeated_) return nullptr;
  ++repeated_;
  return &recent_[random_.below(static_cast<uint32_t>(recent_.size()))];
}

}  // namespace ledger::generate
