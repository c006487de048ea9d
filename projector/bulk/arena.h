// Bytes that live until all of them are dropped together.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "projector/bulk/large_memory.h"

namespace ledger::bulk {

class Arena {
 public:
  char* allocate(size_t size) {
    if (size > room_) grow(size);
    char* const start = next_;
    next_ += size;
    room_ -= size;
    return start;
  }
  const char* copy(std::string_view bytes) {
    char* const start = allocate(bytes.size());
    std::memcpy(start, bytes.data(), bytes.size());
    return start;
  }
  size_t bytes() const { return bytes_; }  // taken from the heap or the kernel

 private:
  static constexpr size_t kChunkBytes = size_t{1} << 20;
  static constexpr size_t kSmallBytes = size_t{8} << 20;  // in such chunks, then in large ones

  struct Free {
    size_t bytes = 0;
    void operator()(char* start) const { LargeAllocator<char>().deallocate(start, bytes); }
  };

  using Chunk = std::unique_ptr<char[], Free>;

  void grow(size_t size) {
    const size_t bytes = std::max(size, bytes_ < kSmallBytes ? kChunkBytes : kLargeBytes);
    Chunk chunk(LargeAllocator<char>().allocate(bytes), Free{bytes});
    next_ = chunks_.emplace_back(std::move(chunk)).get();
    room_ = bytes;
    bytes_ += bytes;
  }

  std::vector<Chunk> chunks_;
  char* next_ = nullptr;
  size_t room_ = 0;
  size_t bytes_ = 0;
};

}  // namespace ledger::bulk
