#include "tests/support/generate/changes.h"

#include <array>
#include <charconv>
#include <fstream>
#include <unordered_map>

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger::generate {

namespace {

constexpr size_t kColumns = 8;
constexpr std::string_view kHeader =
    "time_ms\tchange\tcontentId\tcontentType\tlocale\tcontentHash\tbytes\twords";

using Columns = std::array<std::string_view, kColumns>;

// What is known of a content on the way down the file.
struct Seen {
  uint32_t content = 0;
  uint32_t last = 0;  // its last change
  uint32_t lives = 0;
  bool live = false;
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : file_(file.string()) {}
  void add(std::string_view line);
  Changes take() { return std::move(changes_); }
  size_t count() const { return changes_.all.size(); }
  [[noreturn]] void refuse(std::string_view why) const;

 private:
  Columns split(std::string_view line) const;
  Change parse(const Columns& columns) const;
  void link(Change& change, std::string_view content_id);

  std::string file_;
  size_t line_ = 1;  // of the file, the last one read
  Changes changes_;
  std::unordered_map<std::string, Seen> seen_;
};

}  // namespace

Changes read_changes(const std::filesystem::path& file, std::optional<uint64_t> limit,
                     std::optional<double> start) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) {
    throw Error(Fault::kUsage, fmt::format("cannot read the content changes: {}; give a file that "
                                           "can be read with --input",
                                           file.string()));
  }
  Reader reader(file);
  if (line != kHeader) reader.refuse("the header is another one");
  while ((!limit || reader.count() < *limit) && std::getline(in, line)) reader.add(line);
  if (reader.count() == 0) reader.refuse("there are no changes");

  Changes changes = reader.take();
  const double moved = start ? *start - changes.all.front().time : 0;
  for (Change& change : changes.all) change.time += moved;
  return changes;
}

namespace {

void Reader::add(std::string_view line) {
  ++line_;
  const Columns columns = split(line);
  Change change = parse(columns);
  if (!changes_.all.empty() && change.time <= changes_.all.back().time) {
    refuse("time_ms does not increase");
  }
  link(change, columns[2]);
  changes_.all.push_back(std::move(change));
}

Columns Reader::split(std::string_view line) const {
  Columns columns;
  for (size_t i = 0; i < kColumns; ++i) {
    const size_t tab = i + 1 < kColumns ? line.find('\t') : line.size();
    if (tab == line.npos) refuse("too few columns");
    columns[i] = line.substr(0, tab);
    line.remove_prefix(std::min(line.size(), tab + 1));
  }
  return columns;
}

Change Reader::parse(const Columns& columns) const {
  const auto number = [this](std::string_view text) {
    int64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || value < 0) {
      refuse(fmt::format("`{}` is no number", text));
    }
    return static_cast<double>(value);
  };
  Change change;
  change.time = number(columns[0]);
  if (columns[1] == "created") {
    change.kind = ChangeKind::kCreated;
  } else if (columns[1] == "changed") {
    change.kind = ChangeKind::kChanged;
  } else if (columns[1] == "deleted") {
    change.kind = ChangeKind::kDeleted;
  } else {
    refuse(fmt::format("change is `{}`", columns[1]));
  }
  const auto content_type = record::content_type_from(columns[3]);
  const auto locale = record::locale_from(columns[4]);
  if (!content_type || !locale) refuse("contentType or locale is unknown");
  change.content_type = *content_type;
  change.locale = *locale;
  change.hash = columns[5];
  if (change.kind != ChangeKind::kDeleted) change.words = number(columns[7]);
  return change;
}

// Joins the change to those of its content before it.
void Reader::link(Change& change, std::string_view content_id) {
  const auto index = static_cast<uint32_t>(changes_.all.size());
  const auto [it, fresh] = seen_.try_emplace(std::string(content_id));
  Seen& seen = it->second;
  if (fresh) {
    seen.content = static_cast<uint32_t>(changes_.content_ids.size());
    changes_.content_ids.emplace_back(content_id);
  } else {
    changes_.all[seen.last].next = index;
  }
  const bool creates = change.kind == ChangeKind::kCreated;
  if (creates == seen.live) {
    refuse(creates ? "a live content is created" : "a content that is not live changes");
  }
  if (creates) ++seen.lives;
  seen.live = change.kind != ChangeKind::kDeleted;
  seen.last = index;
  change.content = seen.content;
  change.life = seen.lives - 1;
}

void Reader::refuse(std::string_view why) const {
  throw Error(Fault::kInvalidInput,
              fmt::format("content changes are damaged: {} line {}: {}; take the file as it was "
                          "published",
                          file_, line_, why));
}

}  // namespace

}  // namespace ledger::generate
