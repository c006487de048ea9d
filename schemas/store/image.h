// Row images: the packed bytes of a record. A row is its age (from - rid, a varint) and the image;
// a version is the image alone. The rid is needed to read an image: an `_id` derived from it is
// left out.
#pragma once

#include <string>
#include <string_view>

#include "schemas/record/record.h"
#include "schemas/store/layout.h"

namespace ledger::store {

// A live row. `from`: the event that made this image.
template <typename Record>
struct Stored {
  Rid rid{};
  Offset from{};
  Record row;
  bool operator==(const Stored&) const = default;
};

// Appends the image: lossless, canonical (equal records have equal bytes on every machine).
void encode_image(const record::ContentAudio& row, Rid rid, std::string& out);
void encode_image(const record::UserContentAudio& row, Rid rid, std::string& out);

// Throws: Error{kIntegrity} when the bytes are no image.
void decode_image(std::string_view image, Rid rid, record::ContentAudio& row);
void decode_image(std::string_view image, Rid rid, record::UserContentAudio& row);

// Precondition (asserted): from is not before the rid.
template <typename Record>
std::string encode_row(const Stored<Record>& stored);
// Throws: Error{kIntegrity}, as split_row() does.
template <typename Record>
Stored<Record> decode_row(Rid rid, std::string_view value);

// A row's value, the image not read. Lifetime: of `value`.
struct RowBytes {
  Offset from{};
  std::string_view image;
};
RowBytes split_row(Rid rid, std::string_view value);

}  // namespace ledger::store
