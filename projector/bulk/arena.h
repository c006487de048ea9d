// Bytes that live until all of them are dropped together.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

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
  size_t bytes() const { return bytes_; }  // taken from the heap

 private:
  static constexpr size_t kChunkBytes = size_t{1} << 20;

  void grow(size_t size) {
    room_ = std::max(size, kChunkBytes);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    next_ = chunks_.back().get();
    bytes_ += room_;
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  size_t room_ = 0;
  size_t bytes_ = 0;
};

}  // namespace ledger::bulk
