#include "tests/property/model/session.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger::model {

namespace {

constexpr int kQuestionsWhileGrowing = 12;
constexpr int kQuestionsAtTheEnd = 12;
constexpr uint64_t kSalt = 0xA5C0'1A57'0F00'D5E5;  // questions of their own series

std::vector<std::vector<int64_t>> log_times_of(const std::vector<Log>& logs) {
  std::vector<std::vector<int64_t>> times;
  for (const Log& log : logs) {
    int64_t newest = -1;
    times.emplace_back();
    for (const Message& message : log) {
      newest = std::max(newest, message.timestamp);
      times.back().push_back(newest);
    }
  }
  return times;
}

PositionVector vector_of(const Positions& positions) {
  PositionVector vector;
  for (size_t p = 0; p < positions.size(); ++p) {
    vector[Partition{static_cast<int32_t>(p)}] = Offset{positions[p]};
  }
  return vector;
}

}  // namespace

std::string show(const query::AsOf& as_of) {
  if (const auto* vector = std::get_if<PositionVector>(&as_of)) return "as of " + to_text(*vector);
  if (const auto* time = std::get_if<double>(&as_of)) return fmt::format("as of {}", *time);
  return "at the newest";
}

void Tally::add(const Tally& other) {
  questions += other.questions;
  items += other.items;
  next_pages += other.next_pages;
  live_pages += other.live_pages;
  as_of_vectors += other.as_of_vectors;
  as_of_times += other.as_of_times;
  refused += other.refused;
  grown += other.grown;
  rebuilt += other.rebuilt;
}

Session::Session(const Scenario& scenario, const std::filesystem::path& root)
    : scenario_(scenario),
      logs_(logs_of(scenario)),
      log_times_(log_times_of(logs_)),
      random_(scenario.seed ^ kSalt),
      real_(root, scenario.ledger_id, logs_),
      views_(root, scenario.seed % 4 == 0 ? std::chrono::milliseconds(0) : query::kSnapshotAgeMax),
      past_(scenario.ledger_id, logs_) {}

void Session::run() {
  fold_some();
  for (int i = 0; i < kQuestionsWhileGrowing; ++i) {
    ask();
    if (random_.chance(30)) grow();
  }
  real_.fold_all(random_.between(1, 60));
  views_.reopen();
  drawing_ = past_.at(now());
  check_states();
  compare_all_rows({{}, now()});
  for (int i = 0; i < kQuestionsAtTheEnd; ++i) ask();
}

Questioner Session::questioner() { return Questioner(random_, drawing_, logs_); }

void Session::ask() {
  const uint64_t kind = random_.below(100);
  if (kind < 50) return ask_rows();
  if (kind < 65) return ask_count();
  if (kind < 72) return ask_get();
  if (kind < 85) return ask_history();
  if (kind < 95) return ask_events();
  ask_event();
}

// The first part of each log, in batches of a size.
void Session::fold_some() {
  for (size_t p = 0; p < logs_.size(); ++p) {
    const auto size = static_cast<int64_t>(logs_[p].size());
    const int64_t limit = random_.chance(20) ? size : random_.between(0, size);
    const int64_t sizes[] = {1, 2, 7, 1000};
    real_.fold(static_cast<int32_t>(p), limit, sizes[random_.below(4)]);
  }
  views_.reopen();
  drawing_ = past_.at(now());
}

// A few more events of one partition; sometimes the kept log is left ahead.
void Session::grow() {
  const auto p = static_cast<int32_t>(random_.below(logs_.size()));
  const auto size = static_cast<int64_t>(logs_[static_cast<size_t>(p)].size());
  const int64_t limit = std::min(size, real_.position(p) + random_.between(1, 8));
  tally_.grown += static_cast<uint64_t>(limit - real_.position(p));
  real_.fold(p, limit, random_.between(1, 4));
  if (random_.chance(20)) real_.keep(p, std::min(size, limit + random_.between(1, 3)));
  if (random_.chance(8)) {
    real_.rebuild(random_.between(1, 60));
    ++tally_.rebuilt;
  }
  if (random_.chance(50)) {
    double until = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < logs_.size(); ++i) {
      const auto folded = static_cast<size_t>(real_.position(static_cast<int32_t>(i)));
      const auto& times = log_times_[i];
      until = std::min(
          until, static_cast<double>(folded < times.size() ? times[folded] : times.back() + 3'000));
    }
    caught_up_ms_ = until - static_cast<double>(random_.between(0, 2));
    real_.catch_up(caught_up_ms_);
  }
  if (random_.chance(70)) views_.reopen();
}

// In the middle of an answer: the log goes on, and the snapshots are taken anew.
void Session::interrupt() {
  if (!random_.chance(3)) return;
  grow();
  views_.release();
}

Positions Session::now() const {
  Positions positions;
  for (const auto& [partition, offset] : views_.positions()) positions.push_back(raw(offset));
  return positions;
}

Session::Moment Session::draw_moment() {
  const uint64_t kind = random_.below(100);
  const Positions newest = now();
  if (kind < 35) return {{}, newest};
  const size_t p = random_.below(logs_.size());
  if (kind < 55) {
    ++tally_.as_of_times;
    const double by[] = {0, 0, 1, -1, 0.5, -0.5, 1e7, -1e7};
    if (caught_up_ms_ && random_.chance(20)) return moment_of_time(*caught_up_ms_);
    return moment_of_time(static_cast<double>(random_.pick(log_times_[p])) + by[random_.below(8)]);
  }
  ++tally_.as_of_vectors;
  PositionVector asked;
  Positions at = newest;
  for (size_t i = 0; i < logs_.size(); ++i) {
    if (random_.chance(25)) continue;
    at[i] = random_.between(0, newest[i]);
    asked[Partition{static_cast<int32_t>(i)}] = Offset{at[i]};
  }
  if (!random_.chance(4)) return {asked, at};
  asked[Partition{static_cast<int32_t>(p)}] = Offset{newest[p] + 1};
  return {asked, std::nullopt};
}

// Before the first event whose log time is >= it. Unknown when a partition has no such event yet
// and the projector has not said that it had folded all until then.
Session::Moment Session::moment_of_time(double time_ms) const {
  Moment moment{time_ms, Positions()};
  for (size_t p = 0; p < logs_.size(); ++p) {
    const auto partition = static_cast<int32_t>(p);
    int64_t first = 0;
    const int64_t kept = real_.kept(partition);
    while (first < kept &&
           static_cast<double>(log_times_[p][static_cast<size_t>(first)]) < time_ms) {
      ++first;
    }
    const bool known = first < kept || (caught_up_ms_ && time_ms <= *caught_up_ms_);
    if (!known || first > real_.position(partition)) return {time_ms, std::nullopt};
    moment.at->push_back(first);
  }
  return moment;
}

// All pages of a list; between them the ledger may grow. A page that is read live goes on in the
// list as it is now.
void Session::compare_list(const Inquiry& list) {
  ++tally_.questions;
  if (!list.moment.at) {
    return expect_fault(list.question, Fault::kNotFresh, [&list] { list.store({}); });
  }
  Positions at = *list.moment.at;
  std::vector<Item> rest = list.twin(past_.at(at));
  const bool paged = random_.chance(60);
  Paging paging;
  for (;;) {
    if (paged) paging.limit = static_cast<uint64_t>(random_.between(1, 6)) + rest.size() / 16;
    const bool more = paging.limit && rest.size() > *paging.limit;
    const auto end = rest.begin() + static_cast<std::ptrdiff_t>(more ? *paging.limit : rest.size());
    const std::vector<Item> expected(std::make_move_iterator(rest.begin()),
                                     std::make_move_iterator(end));
    rest.erase(rest.begin(), end);
    const Reply reply = list.store(paging);
    views_.refresh();
    compare_page(list, paging, at, expected, more, reply);
    tally_.items += expected.size();
    if (!more) return;
    paging.cursor = reply.answer.next;
    if (random_.chance(10)) check_misused(list, paging);
    if (random_.chance(30)) grow();
    ++tally_.next_pages;
    paging.live = std::holds_alternative<std::monostate>(list.moment.as_of) && random_.chance(15);
    if (!paging.live) continue;
    ++tally_.live_pages;
    at = now();
    rest = list.twin(past_.at(at));
    const std::vector<Value>& last = expected.back().place;
    std::erase_if(rest, [&](const Item& item) {
      return list.reverse ? item.place >= last : item.place <= last;
    });
  }
}

void Session::compare_whole(const Inquiry& list) {
  ++tally_.questions;
  if (!list.moment.at) {
    return expect_fault(list.question, Fault::kNotFresh, [&list] { list.store({}); });
  }
  const std::vector<Item> expected = list.twin(past_.at(*list.moment.at));
  const Reply reply = list.store({});
  views_.refresh();
  compare_page(list, {}, *list.moment.at, expected, false, reply);
  tally_.items += expected.size();
}

void Session::compare_page(const Inquiry& list, const Paging& paging, const Positions& at,
                           const std::vector<Item>& expected, bool more, const Reply& reply) const {
  const query::Answer& answer = reply.answer;
  const std::string question =
      fmt::format("{}{} {} limit {}{}{}", list.question, list.reverse ? " reversed" : "",
                  show(list.moment.as_of), paging.limit ? std::to_string(*paging.limit) : "none",
                  paging.cursor ? " by cursor" : "", paging.live ? " live" : "");
  if (answer.at != vector_of(at)) {
    disagree(question, "at " + to_text(vector_of(at)), "at " + to_text(answer.at));
  }
  if (reply.items != expected) disagree(question, show(expected), show(reply.items));
  if (answer.next.has_value() != more) {
    disagree(question, more ? "a next page" : "no next page",
             more ? "no next page" : "a next page");
  }
  if (answer.matched != expected.size()) {
    disagree(question, std::to_string(expected.size()), std::to_string(answer.matched));
  }
}

// A cursor goes on with its own query only.
void Session::check_misused(const Inquiry& list, const Paging& paging) {
  Paging other = paging;
  other.flipped = true;
  other.live = false;
  expect_fault(list.question + " with a cursor of the other order", Fault::kUsage,
               [&] { list.store(other); });
}

void Session::expect_fault(const std::string& question, Fault fault,
                           const std::function<void()>& ask) {
  try {
    ask();
  } catch (const Error& error) {
    views_.refresh();
    if (error.fault() != fault) {
      disagree(question, fmt::format("exit code {}", exit_code(fault)),
               fmt::format("exit code {}: {}", exit_code(error.fault()), error.what()));
    }
    ++tally_.refused;
    return;
  }
  disagree(question, fmt::format("exit code {}", exit_code(fault)), "an answer");
}

void Session::disagree(const std::string& question, const std::string& twin,
                       const std::string& store) const {
  throw Disagreement(fmt::format("{}\n  views at {}\n  twin:  {}\n  store: {}", question,
                                 to_text(views_.positions()), twin, store));
}

}  // namespace ledger::model
