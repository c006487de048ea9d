// The declared indexes that the fold looks rows up in.
#pragma once

#include "schemas/index/spec.h"
#include "schemas/store/layout.h"

namespace ledger::apply {

// Throws, all: Error{kIncompatible} when record.capnp does not declare it.
store::View content_view(const index::Declarations& declarations);  // [contentId, contentType]
store::View content_voice_view(const index::Declarations& declarations);  // .. and voiceId
// userContentAudios [userId, contentId, contentType]
store::View user_content_view(const index::Declarations& declarations);

}  // namespace ledger::apply
