#include "schemas/options/output.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

#include "schemas/base/error.h"

namespace ledger::options {

namespace {
constexpr size_t kFlushBytes = size_t{64} * 1024;
}

void Output::write(std::string_view text) {
  buffer_.append(text);
  flush_if_large();
}

void Output::flush_if_large() {
  if (buffer_.size() >= kFlushBytes) flush();
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EPIPE) throw OutputClosed();
    const Fault fault = errno == ENOSPC || errno == EDQUOT ? Fault::kFull : Fault::kUnavailable;
    throw Error(fault, fmt::format("stdout: cannot write {} bytes ({}); free space or redirect "
                                   "elsewhere",
                                   rest.size(), std::strerror(errno)));
  }
  buffer_.clear();
}

}  // namespace ledger::options
