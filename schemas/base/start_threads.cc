#include "schemas/base/start_threads.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger {

std::jthread start_thread(std::function<void(std::stop_token)> work) {
  try {
    return std::jthread(std::move(work));
  } catch (const std::system_error& error) {
    throw Error(Fault::kUnavailable,
                fmt::format("threads: the system gives no more ({}); raise the limit of processes "
                            "(ulimit -u, TasksMax)",
                            error.what()));
  }
}

std::vector<std::jthread> start_threads(size_t count, const std::function<void(size_t)>& work,
                                        const std::function<void()>& stop) {
  std::vector<std::jthread> threads;
  try {
    for (size_t number = 0; number < count; ++number) {
      threads.push_back(start_thread([work, number](const std::stop_token&) { work(number); }));
    }
  } catch (...) {
    stop();
    throw;
  }
  return threads;
}

}  // namespace ledger
