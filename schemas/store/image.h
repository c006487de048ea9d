// Row images: the packed bytes of a record. A row is `from` (be64) and the image; a version is the
// image alone.
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
void encode_image(const record::ContentAudio& row, std::string& out);
void encode_image(const record::UserContentAudio& row, std::string& out);

// Throws: Error{kIntegrity} when the bytes are no image.
void decode_image(std::string_view image, record::ContentAudio& row);
void decode_image(std::string_view image, record::UserContentAudio& row);

template <typename Record>
std::string encode_row(const Stored<Record>& stored);
template <typename Record>
Stored<Record> decode_row(Rid rid, std::string_view value);

}  // namespace ledger::store
