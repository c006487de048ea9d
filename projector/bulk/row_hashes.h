// By what lookups and a RowDirectory find rows of both tables.
#pragma once

#include <cstdint>
#include <string_view>

#include "schemas/record/record.h"

namespace ledger::bulk {

// Of the key by which the fold finds a listening.
uint64_t natural_hash(std::string_view user_id, std::string_view content_id,
                      record::ContentType type);
uint64_t audio_hash(std::string_view id);
// Of listenings whose _id was imported.
uint64_t foreign_hash(std::string_view id);

}  // namespace ledger::bulk
