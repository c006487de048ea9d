// The model's events as bytes of the topic.
#pragma once

#include <string>

#include "tests/property/model/value.h"

namespace ledger::model {

// The value bytes of a fact; it may break limits.
std::string encode(const Fact& fact);

// The value bytes of an event whose payload's tag is one that no schema has yet.
std::string encode_unknown_payload(const Fact& fact);

}  // namespace ledger::model
