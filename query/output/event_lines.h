// Events and the steps of a history as lines.
#pragma once

#include <array>
#include <string>

#include "query/history.h"
#include "query/kept_text.h"
#include "query/output/line.h"
#include "query/output/selection.h"
#include "schemas/base/json_text.h"

namespace ledger::query {

class EventLines {
 public:
  enum class Kind : uint8_t { kEvents, kHistory };

  // `whole`: tables show the event with its envelope, not its payload alone.
  // Throws: Error{kUsage} as Selection.
  EventLines(Views& views, Kind kind, const std::optional<std::string>& select, bool whole = false);

  const std::vector<std::string>& columns() const { return selection_.columns(); }
  // Lifetime: until the next call.
  const Line& make(const Event& event);
  const Line& make(const HistoryLine& line);

 private:
  enum class Member : size_t;
  Value value_of(Member member, const Event& event);
  Value actor(const Event& event);
  Value codes(const Event& event);
  Value event_json(const Event& event);
  Value key(const Event& event);
  void fill_changes(const HistoryLine& line);
  template <typename Record>
  void add_changes(Partition partition, const Record* before, const Record* after);

  Selection selection_;
  std::vector<size_t> members_;  // of Member, by the selection's source
  bool whole_;
  KeptTexts before_texts_;
  KeptTexts after_texts_;
  Line line_;
  // What the members of one line point to.
  std::string offset_text_;
  std::string actor_json_;
  std::string actor_plain_;
  std::string codes_json_;
  std::string codes_plain_;
  std::string event_json_;
  std::string key_text_;
  std::string raw_text_;
  std::string changes_json_;
  std::string changes_plain_;
  std::string before_settings_;
  std::string after_settings_;
};

}  // namespace ledger::query
