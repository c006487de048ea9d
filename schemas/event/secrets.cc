// What looks like an API key in text that people will read for ever.
#include <algorithm>
#include <array>

#include "schemas/event/json.h"

namespace ledger::event {

namespace {

// How keys of common services begin.
constexpr std::array<std::string_view, 14> kKeyPrefixes = {
    "sk-",  "sk_",  "pk_live_", "rk_live_", "xi-",  "ghp_", "gho_",
    "xoxb", "xoxp", "AKIA",     "ASIA",     "AIza", "eyJ",  "glpat-"};
constexpr size_t kPrefixedBytesMin = 16;
constexpr size_t kMixedBytesMin = 32;  // longer than a UUID's parts, shorter than most keys

bool is_token_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

template <typename Test>
bool has(std::string_view token, Test test) {
  return std::any_of(token.begin(), token.end(), test);
}

bool is_key_like(std::string_view token) {
  const bool prefixed =
      std::any_of(kKeyPrefixes.begin(), kKeyPrefixes.end(),
                  [&](std::string_view prefix) { return token.starts_with(prefix); });
  if (prefixed && token.size() >= kPrefixedBytesMin) return true;
  return token.size() >= kMixedBytesMin &&
         has(token, [](char c) { return c >= '0' && c <= '9'; }) &&
         has(token, [](char c) { return c >= 'a' && c <= 'z'; }) &&
         has(token, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool holds_key(std::string_view text) {
  if (text.find("-----BEGIN") != std::string_view::npos) return true;
  for (size_t at = 0; at < text.size();) {
    if (!is_token_byte(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && is_token_byte(text[end])) ++end;
    if (is_key_like(text.substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

}  // namespace

std::string_view secret_like_member(const Event& event) {
  if (const auto* changed = std::get_if<StatusChanged>(&event.payload)) {
    if (changed->error_message && holds_key(*changed->error_message)) {
      return "statusChanged.errorMessage";
    }
  } else if (const auto* imported = std::get_if<RecordImported>(&event.payload)) {
    const auto* audio = std::get_if<ImportedContentAudio>(&imported->row);
    if (audio != nullptr && audio->error_message && holds_key(*audio->error_message)) {
      return "recordImported.contentAudios.errorMessage";
    }
  }
  return "";
}

}  // namespace ledger::event
