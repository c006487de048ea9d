#include "tests/support/apply/direct_views.h"

#include <utility>

#include <fmt/format.h>

#include "projector/apply/declared.h"
#include "schemas/base/error.h"

namespace ledger::testing {

namespace {

using record::ContentAudio;
using record::Table;
using record::UserContentAudio;
using store::View;

constexpr size_t kNumberBytes = 9;  // of an encoded number in a key: the tag and 8 bytes

void append_content(std::string& key, std::string_view content_id, record::ContentType type) {
  index::append_text(key, content_id);
  index::append_text(key, record::to_text(type));
}

}  // namespace

DirectViews::DirectViews(store::ShardWriter& writer, KeptValues kept,
                         const index::Declarations& declarations)
    : writer_(writer),
      kept_(std::move(kept)),
      content_(apply::content_view(declarations)),
      content_voice_(apply::content_voice_view(declarations)),
      user_content_(apply::user_content_view(declarations)) {}

DirectViews::DirectViews(store::ShardWriter& writer, const store::KeptLogWriter& log,
                         const index::Declarations& declarations)
    : DirectViews(
          writer, [&log](Offset offset) { return log.read(offset); }, declarations) {}

DirectViews::DirectViews(store::ShardWriter& writer, const store::KeptLogReader& log,
                         const index::Declarations& declarations)
    : DirectViews(
          writer, [&log](Offset offset) { return log.read(offset); }, declarations) {}

std::optional<Offset> DirectViews::event_taken(const Uuid& event_id) {
  const auto found = writer_.get(View::kEventIds,
                                 {reinterpret_cast<const char*>(event_id.data()), event_id.size()});
  if (!found) return std::nullopt;
  return store::decode_offset(*found);
}

std::optional<std::string_view> DirectViews::kept_value(Offset offset) {
  earlier_ = kept_(offset);
  return earlier_ ? earlier_->value : std::nullopt;
}

std::optional<store::Stored<ContentAudio>> DirectViews::audio(std::string_view id) {
  return row_by_id<ContentAudio>(id);
}

std::optional<store::Stored<UserContentAudio>> DirectViews::listening_by_id(std::string_view id) {
  return row_by_id<UserContentAudio>(id);
}

std::vector<store::Stored<ContentAudio>> DirectViews::audios_of(std::string_view content_id,
                                                                record::ContentType type) {
  prefix_.clear();
  append_content(prefix_, content_id, type);
  std::vector<store::Stored<ContentAudio>> rows;
  scan_prefix(content_, [&](std::string_view, const store::Entry& entry) {
    rows.push_back(row<ContentAudio>(entry));
    return true;
  });
  return rows;
}

size_t DirectViews::count_audios_of(std::string_view content_id, record::ContentType type,
                                    size_t count_max) {
  prefix_.clear();
  append_content(prefix_, content_id, type);
  size_t count = 0;
  scan_prefix(content_, [&](std::string_view, const store::Entry&) { return ++count < count_max; });
  return count;
}

bool DirectViews::has_other_audio_of_voice(std::string_view content_id, record::ContentType type,
                                           std::string_view voice_id, std::string_view except_id) {
  prefix_.clear();
  append_content(prefix_, content_id, type);
  index::append_text(prefix_, voice_id);
  std::string except_key;
  index::append_text(except_key, except_id);
  bool other = false;
  scan_prefix(content_voice_, [&](std::string_view rest, const store::Entry&) {
    other = rest.substr(kNumberBytes) != except_key;  // behind _creationTime stands the _id
    return !other;
  });
  return other;
}

std::optional<store::Stored<UserContentAudio>> DirectViews::listening(std::string_view user_id,
                                                                      std::string_view content_id,
                                                                      record::ContentType type) {
  prefix_.clear();
  index::append_text(prefix_, user_id);
  append_content(prefix_, content_id, type);
  std::optional<store::Stored<UserContentAudio>> found;
  scan_prefix(user_content_, [&](std::string_view, const store::Entry& entry) {
    found = row<UserContentAudio>(entry);
    return false;
  });
  return found;
}

std::optional<std::string> DirectViews::content_hash(std::string_view content_id,
                                                     record::ContentType type) {
  const auto hash = writer_.get(View::kContentHashes, store::content_hash_key(content_id, type));
  if (!hash) return std::nullopt;
  return std::string(*hash);
}

std::optional<std::string_view> DirectViews::get(View view, std::string_view key) {
  return writer_.get(view, key);
}
void DirectViews::insert(View view, std::string_view key, std::string_view value) {
  writer_.insert(view, key, value);
}
void DirectViews::update(View view, std::string_view key, std::string_view value) {
  writer_.update(view, key, value);
}
void DirectViews::erase(View view, std::string_view key) { writer_.erase(view, key); }

template <typename Record>
store::Stored<Record> DirectViews::row(const store::Entry& entry) {
  const Table table = record::table_of<Record>();
  const auto value = writer_.get(store::rows_of(table), store::rid_key(entry.rid));
  if (value) return store::decode_row<Record>(entry.rid, *value);
  throw Error(Fault::kIntegrity,
              fmt::format("views: an index of {} points to the row {}, which is not there; the "
                          "views are damaged, run `ledger-projector rebuild`",
                          record::table_name(table), store::raw(entry.rid)));
}

template <typename Record>
std::optional<store::Stored<Record>> DirectViews::row_by_id(std::string_view id) {
  prefix_.clear();
  index::append_text(prefix_, id);
  const View by_id = store::view_of(index::by_id_of(record::table_of<Record>()));
  const auto found = writer_.get(by_id, prefix_);
  if (!found) return std::nullopt;
  return row<Record>(store::decode_entry(prefix_, *found));
}

template <typename Visit>
void DirectViews::scan_prefix(View view, Visit visit) {
  std::string from = prefix_;
  std::string_view key;
  std::string_view value;
  while (writer_.seek(view, from, key, value) && key.starts_with(prefix_)) {
    const store::Entry entry = store::decode_entry(key, value);
    from.assign(key);
    from.push_back('\0');  // the next key is at or behind this
    if (!visit(std::string_view(from).substr(prefix_.size(), key.size() - prefix_.size()), entry)) {
      return;
    }
  }
}

}  // namespace ledger::testing
