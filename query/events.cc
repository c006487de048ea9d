#include "query/events.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "query/event_filter.h"
#include "query/event_source.h"
#include "query/outcome.h"
#include "query/page.h"
#include "schemas/base/bytes.h"

namespace ledger::query {

namespace {

constexpr std::string_view kListNames[] = {"events", "anomalies", "quarantine"};

// Where a list stands: log time, then offset, of one partition.
struct Place {
  int64_t log_time_ms = 0;
  Offset offset{};
};

std::string place_key(const Place& place) {
  std::string key;
  append_be64(key, static_cast<uint64_t>(place.log_time_ms));
  append_be64(key, static_cast<uint64_t>(raw(place.offset)));
  return key;
}

std::optional<Place> place_after(const Page& page) {
  if (!page.after() || page.after()->key.size() != 16) return std::nullopt;
  const std::string_view key = page.after()->key;
  return Place{static_cast<int64_t>(read_be64(key)),
               Offset{static_cast<int64_t>(read_be64(key.substr(8)))}};
}

struct Window {
  Offset first{};
  Offset limit{};
};

// The window that is left after `place` of partition `last` in the order of the list: earlier log
// times were given, equal ones of the partitions that come before it too.
Window narrow(Window window, const Place& place, Partition partition, Partition last, bool reverse,
              const store::KeptLogReader& log) {
  const auto time = static_cast<double>(place.log_time_ms);
  if (partition == last) {
    return reverse ? Window{window.first, std::min(window.limit, place.offset)}
                   : Window{std::max(window.first, next(place.offset)), window.limit};
  }
  const bool had_its_turn = reverse ? partition > last : partition < last;
  const double edge = had_its_turn != reverse ? time + 1 : time;
  const Offset offset = log.first_at_or_after(edge);
  return reverse ? Window{window.first, std::min(window.limit, offset)}
                 : Window{std::max(window.first, offset), window.limit};
}

std::vector<EventSource> open_sources(Views& views, const EventsRequest& request,
                                      const Page& page) {
  const bool by_log_time = request.list != EventList::kEvents;
  const std::optional<Place> place = place_after(page);
  std::vector<EventSource> sources;
  for (const Partition partition : views.partitions()) {
    const store::KeptLogReader& log = views.kept_log(partition);
    Window window{Offset{0}, page.at().at(partition)};
    if (by_log_time && request.filter.since_ms) {
      window.first = log.first_at_or_after(*request.filter.since_ms);
    }
    if (by_log_time && request.filter.until_ms) {
      window.limit = std::min(window.limit, log.first_at_or_after(*request.filter.until_ms));
    }
    if (place) {
      window = narrow(window, *place, partition, page.after()->partition, request.reverse, log);
    }
    sources.emplace_back(views, partition, request.list, request.code, request.reverse,
                         window.first, window.limit);
  }
  return sources;
}

// Returns: nullptr at the end of all.
EventSource* next_source(std::vector<EventSource>& sources, bool reverse) {
  EventSource* best = nullptr;
  for (EventSource& each : sources) {
    if (!each.offset()) continue;
    const bool earlier = best == nullptr || each.log_time_ms() < best->log_time_ms();
    const bool later = best == nullptr || each.log_time_ms() >= best->log_time_ms();
    if (reverse ? later : earlier) best = &each;
  }
  return best;
}

std::string canonical_query(const EventsRequest& request) {
  return fmt::format("{} {} {}\n{}", kListNames[static_cast<size_t>(request.list)],
                     request.code ? store::to_text(*request.code) : "",
                     request.reverse ? "reverse" : "forward", canonical_text(request.filter));
}

// One event, if it is folded at `at`.
void give_event(Views& views, Partition partition, Offset offset, Answer& answer,
                const EventSink& sink) {
  if (offset >= answer.at.at(partition)) return;
  const auto kept = views.kept_log(partition).read(offset);
  if (!kept) return;
  event::Decoder decoder;
  const event::Decoded decoded = decoder.decode(kept->value);
  const store::Outcome outcome = outcome_of(views.shard(partition), offset, decoded);
  ++answer.matched;
  sink({partition, *kept, outcome, decoded});
}

}  // namespace

Answer list_events(Views& views, const EventsRequest& request, const EventSink& sink) {
  check_filter(request.filter);
  Page page(views, request);
  page.begin(views, canonical_query(request));
  Answer answer;
  answer.at = page.at();
  answer.index = "kept log";
  std::vector<EventSource> sources = open_sources(views, request, page);
  const bool by_log_time = request.list != EventList::kEvents;
  const uint64_t limit = request.limit.value_or(UINT64_MAX);
  event::Decoder decoder;
  Partition last_partition{};
  Place last;
  while (EventSource* source = next_source(sources, request.reverse)) {
    views.refresh();
    const store::KeptEvent& kept = source->read();
    const event::Decoded decoded = decoder.decode(kept.value);
    ++answer.scanned;
    if (matches(request.filter, decoded, by_log_time)) {
      const store::Outcome outcome =
          outcome_of(views.shard(source->partition()), kept.offset, decoded);
      if (matches(request.filter, kept, outcome)) {
        if (answer.matched == limit) {
          answer.next = page.next(place_key(last), last_partition);
          break;
        }
        ++answer.matched;
        last = {kept.log_time_ms, kept.offset};
        last_partition = source->partition();
        sink({source->partition(), kept, outcome, decoded});
      }
    }
    views.refresh();
    source->next();
  }
  return answer;
}

Answer find_event(Views& views, const Uuid& event_id, const AsOf& as_of, const EventSink& sink) {
  Answer answer;
  answer.at = resolve(views, as_of);
  const std::string_view id(reinterpret_cast<const char*>(event_id.data()), event_id.size());
  for (const Partition partition : views.partitions()) {
    views.refresh();  // the sink may have let go of the snapshots
    const auto taken = views.shard(partition).get(store::View::kEventIds, id);
    if (taken) give_event(views, partition, store::decode_offset(*taken), answer, sink);
  }
  return answer;
}

Answer find_event(Views& views, Partition partition, Offset offset, const AsOf& as_of,
                  const EventSink& sink) {
  Answer answer;
  answer.at = resolve(views, as_of);
  if (answer.at.contains(partition)) give_event(views, partition, offset, answer, sink);
  return answer;
}

}  // namespace ledger::query
