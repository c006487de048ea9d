// Runs part of a test in a forked child, for what a process cannot take back: mounts, limits, its
// user.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include <gtest/gtest.h>

namespace ledger::store {

// Returns: 0 when `act` ended without a failed expectation or an exception; 128 + a signal.
// Precondition: this process has no threads and no open environment.
template <typename Act>
int in_child(Act act) {
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    int code = 0;
    try {
      act();
      code = testing::Test::HasFailure() ? 1 : 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      code = 2;
    }
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace ledger::store
