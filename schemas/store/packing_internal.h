// The packed primitives of images, outcomes and meta: varints, numbers, text. LAYOUT.md, "Packing".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/base/ids.h"

namespace ledger::store {

class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {}
  void byte(uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void varint(uint64_t value);  // LEB128, shortest
  void number(double value);    // whole and 0 <= v < 2^53: varint(2v); else 01 + be64 of the bits
  void text(std::string_view text);  // varint(2 * length) + bytes
  // As text; 64 lower-case hex digits become varint(2 * 32 + 1) + 32 bytes.
  void hash(std::string_view text);
  // As text, but UUIDs, hex digits, and Crockford digits with or without a head are packed.
  void id(std::string_view text);

 private:
  std::string& out_;
};

// Throws, all: Error{kIntegrity} naming `what` when the bytes end early or are not canonical.
class Unpacker {
 public:
  Unpacker(std::string_view bytes, std::string_view what) : rest_(bytes), what_(what) {}
  uint8_t byte();
  uint64_t varint();
  Offset offset();  // a varint below 2^63
  int32_t small();  // a varint below 2^31
  double number();
  std::string_view text();
  std::string hash();
  void id(std::string& into);
  std::string_view take(size_t length);
  void finish() const;  // nothing is left
  std::string_view rest() const { return rest_; }
  [[noreturn]] void fail() const;

 private:
  void head_and_digits(uint64_t length, std::string& into);  // of an id

  std::string_view rest_;
  std::string_view what_;
};

}  // namespace ledger::store
