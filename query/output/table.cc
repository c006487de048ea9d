// Tables for people: columns as wide as their contents, cut to fit the terminal.
#include <algorithm>
#include <array>
#include <numeric>

#include "query/output/format.h"
#include "query/output/screen_text.h"

namespace ledger::query {

namespace {

constexpr size_t kMeasuredRowsMax =
    1000;  // rows that decide the widths; later ones are cut to them
constexpr size_t kCellWidthMax = 60;
constexpr size_t kNarrowestCell = 8;
constexpr size_t kNarrowestSentence = 24;
constexpr size_t kValueWidthMax = 2000;  // of a record shown on its side
constexpr std::string_view kGap = "  ";

// Left out first when a table is too wide for the terminal.
constexpr std::array<std::string_view, 19> kDroppedFirst = {
    "voiceSettings", "audioStorageId", "audioSize",
    "contentHash",   "script",         "audioDuration",
    "failedAt",      "source",         "generationAttempts",
    "_creationTime", "locale",         "logTime",
    "contentType",   "applied",        "event",
    "voiceId",       "contentId",      "payload",
    "errorMessage"};

size_t drop_rank(const std::string& name) {
  const auto found = std::find(kDroppedFirst.begin(), kDroppedFirst.end(), name);
  return static_cast<size_t>(found - kDroppedFirst.begin());
}

bool is_number(const Value& value) {
  return std::holds_alternative<double>(value) || std::holds_alternative<int64_t>(value);
}

// Never cut: what goes into the next command, and words of a closed list.
constexpr std::array<std::string_view, 8> kWhole = {"_id",     "offset",  "digest",      "status",
                                                    "outcome", "payload", "contentType", "locale"};
// Sentences: of no use in a few columns.
constexpr std::array<std::string_view, 5> kSentences = {"changes", "codes", "errorMessage", "event",
                                                        "script"};

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string bold(const Screen& screen, const std::string& text) {
  return screen.bold ? "\x1b[1m" + text + "\x1b[0m" : text;
}

void trim_end(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

class Table : public Format {
 public:
  Table(options::Output& out, const Screen& screen) : out_(out), screen_(screen) {}

  void begin(const std::vector<std::string>& columns) override {
    for (const std::string& name : columns) {
      columns_.push_back({name, display_width(name), is_one_of(kWhole, name)});
    }
  }

  void line(const Line& line) override {
    rows_.push_back(cells_of(line));
    if (laid_out_) {
      write_row(rows_.back());
      rows_.clear();
    } else if (rows_.size() == kMeasuredRowsMax) {
      write_measured();
    }
  }

  std::vector<std::string> end(const PositionVector&, const std::optional<std::string>&) override {
    if (!laid_out_ && !rows_.empty()) write_measured();
    out_.flush();
    return dropped_;
  }

 private:
  struct Column {
    std::string name;
    size_t width = 0;
    bool whole = false;  // never cut: a number or a time would be another one
    bool shown = false;
    bool numbers = true;  // right-aligned
    bool empty = true;
    bool is_whole() const { return numbers || whole; }
  };
  using Cells = std::vector<std::string>;

  Cells cells_of(const Line& line) {
    Cells cells(columns_.size());
    for (const Member& member : line.members()) {
      if (std::holds_alternative<std::monostate>(member.value)) continue;
      plain_.clear();
      append_plain(plain_, member.value, true);
      append_escaped(cells[member.column], plain_, kCellWidthMax + 1);
      Column& column = columns_[member.column];
      if (!laid_out_ && !is_number(member.value)) column.numbers = false;
      if (std::holds_alternative<Time>(member.value)) column.whole = true;
      column.empty = false;
    }
    return cells;
  }

  void write_measured() {
    laid_out_ = true;
    for (size_t i = 0; i < columns_.size(); ++i) {
      Column& column = columns_[i];
      column.shown = !column.empty;
      for (const Cells& cells : rows_) {
        column.width = std::max(column.width, std::min(display_width(cells[i]), kCellWidthMax));
      }
    }
    if (screen_.width > 0) fit();
    Cells names;
    for (const Column& column : columns_) names.push_back(column.name);
    write_line(names, true);
    for (const Cells& cells : rows_) write_row(cells);
    rows_.clear();
  }

  size_t total_width() const {
    size_t total = 0;
    for (const Column& column : columns_) {
      if (column.shown) total += column.width + (total > 0 ? kGap.size() : 0);
    }
    return total;
  }

  size_t narrowest(const Column& column) const {
    if (column.is_whole()) return column.width;
    const size_t sentence = std::max(kNarrowestSentence, screen_.width / 4);
    return std::min(column.width, is_one_of(kSentences, column.name) ? sentence : kNarrowestCell);
  }

  size_t narrowest_width() const {
    size_t total = 0;
    for (const Column& column : columns_) {
      if (!column.shown) continue;
      total += narrowest(column) + (total > 0 ? kGap.size() : 0);
    }
    return total;
  }

  // Leaves columns out until the rest fits at its narrowest, then narrows the widest ones; at the
  // last even one that should stay whole.
  void fit() {
    while (narrowest_width() > screen_.width && shown_count() > 1) drop_one();
    narrow([this](const Column& each) { return narrowest(each); });
    narrow([](const Column& each) { return each.numbers ? each.width : 1; });
  }

  template <typename Least>
  void narrow(const Least& least) {
    const auto room = [&least](const Column& each) {
      return each.shown && each.width > least(each) ? each.width : 0;
    };
    while (total_width() > screen_.width) {
      Column& widest = *std::max_element(
          columns_.begin(), columns_.end(),
          [&room](const Column& x, const Column& y) { return room(x) < room(y); });
      if (room(widest) == 0) return;
      --widest.width;
    }
  }

  size_t shown_count() const {
    return static_cast<size_t>(std::count_if(columns_.begin(), columns_.end(),
                                             [](const Column& each) { return each.shown; }));
  }

  void drop_one() {
    Column* worst = nullptr;
    for (Column& column : columns_) {
      if (!column.shown) continue;
      if (worst == nullptr || drop_rank(column.name) <= drop_rank(worst->name)) worst = &column;
    }
    worst->shown = false;
    dropped_.push_back(worst->name);
  }

  void write_row(const Cells& cells) {
    write_line(cells, false);
    out_.flush_if_large();
  }

  void write_line(const Cells& cells, bool header) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      if (!column.shown) continue;
      if (!line.empty()) line += kGap;
      const std::string text = column.numbers ? cells[i] : cut(cells[i], column.width);
      const std::string padding(column.width - std::min(column.width, display_width(text)), ' ');
      line += column.numbers ? padding + text : text + padding;
    }
    trim_end(line);
    out_.buffer() += header ? bold(screen_, line) : line;
    out_.buffer().push_back('\n');
  }

  options::Output& out_;
  Screen screen_;
  std::vector<Column> columns_;
  std::vector<Cells> rows_;
  std::vector<std::string> dropped_;
  std::string plain_;
  bool laid_out_ = false;
};

// A name and a value per line, an empty line between two records.
class RecordTable : public Format {
 public:
  RecordTable(options::Output& out, const Screen& screen) : out_(out), screen_(screen) {}

  void begin(const std::vector<std::string>& columns) override {
    columns_ = columns;
    for (const std::string& name : columns_) width_ = std::max(width_, display_width(name));
  }

  void line(const Line& line) override {
    if (!first_) out_.buffer().push_back('\n');
    first_ = false;
    for (const Member& member : line.members()) {
      if (std::holds_alternative<std::monostate>(member.value)) continue;
      plain_.clear();
      append_plain(plain_, member.value, true);
      std::string text;
      append_escaped(text, plain_, kValueWidthMax + 1);
      const std::string& name = columns_[member.column];
      const std::string padding(width_ - display_width(name), ' ');
      out_.buffer() +=
          bold(screen_, name) + padding + std::string(kGap) + cut(text, kValueWidthMax) + "\n";
    }
    out_.flush_if_large();
  }

  std::vector<std::string> end(const PositionVector&, const std::optional<std::string>&) override {
    out_.flush();
    return {};
  }

 private:
  options::Output& out_;
  Screen screen_;
  std::vector<std::string> columns_;
  size_t width_ = 0;
  std::string plain_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Format> make_table(options::Output& out, const Screen& screen) {
  return std::make_unique<Table>(out, screen);
}

std::unique_ptr<Format> make_record_table(options::Output& out, const Screen& screen) {
  return std::make_unique<RecordTable>(out, screen);
}

}  // namespace ledger::query
