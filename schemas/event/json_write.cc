// Event -> JSON.
#include "schemas/event/json.h"
#include "schemas/event/members.h"

namespace ledger::event {

namespace {

class Write {
 public:
  explicit Write(JsonWriter& out) : out_(out) {}

  // A member that is absent is left out.
  template <typename T>
  void operator()(std::string_view name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }
  template <typename T>
  void operator()(std::string_view name, const T& value) {
    out_.key(name);
    write(value);
  }

  template <typename T>
  void object(const T& value) {
    out_.begin_object();
    members(value, *this);
    out_.end_object();
  }

 private:
  void write(std::string_view value) { out_.text(value); }
  void write(const std::string& value) { out_.text(value); }
  void write(double value) { out_.number(value); }
  void write(uint32_t value) { out_.integer(value); }
  void write(bool value) { out_.boolean(value); }
  void write(const Uuid& value) { out_.text(ledger::to_text(value)); }
  template <typename T>
  requires std::is_enum_v<T>
  void write(T value) { out_.text(to_text(value)); }
  void write(const RecordImported& imported) {
    out_.begin_object();
    std::visit([&](const auto& row) { (*this)(imported_table(imported), row); }, imported.row);
    out_.end_object();
  }
  template <typename T>
  requires std::is_class_v<T>
  void write(const T& value) { object(value); }

  JsonWriter& out_;
};

}  // namespace

void write_json(const Event& event, JsonWriter& out) {
  Write write(out);
  out.begin_object();
  write("eventId", event.event_id);
  write("occurredAt", event.occurred_at);
  write("actor", event.actor);
  write("source", event.source);
  write("correlationId", event.correlation_id);
  write("causationId", event.causation_id);
  std::visit([&](const auto& payload) { write(payload_name(event.payload), payload); },
             event.payload);
  out.end_object();
}

void write_json(const record::VoiceSettings& settings, JsonWriter& out) {
  Write(out).object(settings);
}

}  // namespace ledger::event
