// Threads that may not be had: a limit of processes or of memory is a fault like a full disk.
#pragma once

#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace ledger {

// Throws: Error{kUnavailable} when the system gives no more threads.
std::jthread start_thread(std::function<void(std::stop_token)> work);
// The same `count` times. Before it throws, those that began are told to `stop` and waited for.
std::vector<std::jthread> start_threads(size_t count, const std::function<void(size_t)>& work,
                                        const std::function<void()>& stop);

}  // namespace ledger
