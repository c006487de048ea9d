#include "query/output/format.h"

#include "schemas/base/time.h"

namespace ledger::query {

namespace {

void write_object(JsonWriter& out, const std::vector<std::string>& columns, const Line& line) {
  out.begin_object();
  for (const Member& member : line.members()) {
    if (std::holds_alternative<std::monostate>(member.value)) continue;
    out.key(columns[member.column]);
    write_value(out, member.value);
  }
  out.end_object();
}

class Ndjson : public Format {
 public:
  explicit Ndjson(options::Output& out) : out_(out), json_(out.buffer()) {}

  void begin(const std::vector<std::string>& columns) override { columns_ = columns; }
  void line(const Line& line) override {
    json_.restart();
    write_object(json_, columns_, line);
    out_.buffer().push_back('\n');
    out_.flush_if_large();
  }
  std::vector<std::string> end(const PositionVector&, const std::optional<std::string>&) override {
    out_.flush();
    return {};
  }

 private:
  options::Output& out_;
  JsonWriter json_;
  std::vector<std::string> columns_;
};

// {"rows":[...],"next":...,"position":"0:12,1:9"}, a row per line.
class WholeJson : public Format {
 public:
  explicit WholeJson(options::Output& out) : out_(out), json_(out.buffer()) {}

  void begin(const std::vector<std::string>& columns) override {
    columns_ = columns;
    out_.buffer() += "{\"rows\":[";
  }
  void line(const Line& line) override {
    out_.buffer() += first_ ? "\n" : ",\n";
    first_ = false;
    json_.restart();
    write_object(json_, columns_, line);
    out_.flush_if_large();
  }
  std::vector<std::string> end(const PositionVector& at,
                               const std::optional<std::string>& next) override {
    out_.buffer() += first_ ? "],\"next\":" : "\n],\"next\":";
    json_.restart();
    next ? json_.text(*next) : json_.null();
    out_.buffer() += ",\"position\":";
    json_.restart();
    json_.text(to_text(at));
    out_.buffer() += "}\n";
    out_.flush();
    return {};
  }

 private:
  options::Output& out_;
  JsonWriter json_;
  std::vector<std::string> columns_;
  bool first_ = true;
};

// RFC 4180, with a header line and \n as line end.
class Csv : public Format {
 public:
  explicit Csv(options::Output& out) : out_(out) {}

  void begin(const std::vector<std::string>& columns) override {
    count_ = columns.size();
    for (size_t i = 0; i < count_; ++i) append_cell(i, columns[i]);
    out_.buffer().push_back('\n');
  }
  void line(const Line& line) override {
    auto member = line.members().begin();
    for (size_t i = 0; i < count_; ++i) {
      cell_.clear();
      if (member != line.members().end() && member->column == i) {
        append_plain(cell_, member->value, false);
        ++member;
      }
      append_cell(i, cell_);
    }
    out_.buffer().push_back('\n');
    out_.flush_if_large();
  }
  std::vector<std::string> end(const PositionVector&, const std::optional<std::string>&) override {
    out_.flush();
    return {};
  }

 private:
  void append_cell(size_t number, std::string_view text) {
    std::string& out = out_.buffer();
    if (number > 0) out.push_back(',');
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      out += text;
      return;
    }
    out.push_back('"');
    for (const char c : text) {
      if (c == '"') out.push_back('"');
      out.push_back(c);
    }
    out.push_back('"');
  }

  options::Output& out_;
  size_t count_ = 0;
  std::string cell_;
};

struct JsonValue {
  JsonWriter& out;
  void operator()(std::monostate) const { out.null(); }
  void operator()(double number) const { out.number(number); }
  void operator()(int64_t number) const { out.integer(number); }
  void operator()(bool value) const { out.boolean(value); }
  void operator()(std::string_view text) const { out.text(text); }
  void operator()(const Time& time) const { out.number(time.unix_ms); }
  void operator()(const Json& json) const { out.raw(json.json); }
};

struct PlainValue {
  std::string& out;
  bool readable;
  void operator()(std::monostate) const {}
  void operator()(double number) const { append_js_number(out, number); }
  void operator()(int64_t number) const { out += std::to_string(number); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::string_view text) const { out += text; }
  void operator()(const Time& time) const {
    if (readable) {
      out += to_rfc3339(time.unix_ms);
    } else {
      append_js_number(out, time.unix_ms);
    }
  }
  void operator()(const Json& json) const {
    out += readable && !json.plain.empty() ? json.plain : json.json;
  }
};

}  // namespace

std::unique_ptr<Format> make_format(FormatKind kind, options::Output& out, const Screen& screen) {
  switch (kind) {
    case FormatKind::kTable:
      return make_table(out, screen);
    case FormatKind::kNdjson:
      return std::make_unique<Ndjson>(out);
    case FormatKind::kJson:
      return std::make_unique<WholeJson>(out);
    case FormatKind::kCsv:
      return std::make_unique<Csv>(out);
  }
  return nullptr;
}

void write_value(JsonWriter& out, const Value& value) { std::visit(JsonValue{out}, value); }

void append_plain(std::string& out, const Value& value, bool readable) {
  std::visit(PlainValue{out, readable}, value);
}

}  // namespace ledger::query
