// One scenario on both sides: the log is folded into real views bit by bit, and questions are put
// to the query library and to the twin.
#pragma once

#include <functional>
#include <stdexcept>

#include "query/find.h"
#include "query/views.h"
#include "schemas/base/error.h"
#include "tests/property/model/generate.h"
#include "tests/property/model/item.h"
#include "tests/property/model/past.h"
#include "tests/property/model/questions.h"
#include "tests/property/model/real.h"

namespace ledger::model {

// The two sides answered differently. Message: the question, both answers.
struct Disagreement : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string show(const query::AsOf& as_of);

// What was asked, so that a test can see that it asked enough.
struct Tally {
  uint64_t questions = 0;
  uint64_t items = 0;       // of lists, by both sides alike
  uint64_t next_pages = 0;  // read by a cursor
  uint64_t live_pages = 0;
  uint64_t as_of_vectors = 0;
  uint64_t as_of_times = 0;
  uint64_t refused = 0;  // as both sides say
  uint64_t grown = 0;    // events folded while questions were asked, between pages and within them
  uint64_t rebuilt = 0;  // generations published meanwhile

  void add(const Tally& other);
};

class Session {
 public:
  // Lifetime: `scenario` outlives it. `root`: an empty directory.
  Session(const Scenario& scenario, const std::filesystem::path& root);

  // Throws: Disagreement at the first one.
  void run();
  const Tally& tally() const { return tally_; }

 private:
  // A point of the ledger's past. `at`: nothing when the views do not reach it.
  struct Moment {
    query::AsOf as_of;
    std::optional<Positions> at;
  };
  struct Paging {
    std::optional<uint64_t> limit;
    std::optional<std::string> cursor;
    bool live = false;
    bool flipped = false;  // the reverse of the query that the cursor is of
  };
  template <typename Request>
  static Request paged(Request request, const Paging& paging) {
    request.limit = paging.limit;
    request.cursor = paging.cursor;
    request.live = paging.live;
    if (paging.flipped) request.reverse = !request.reverse;
    return request;
  }
  struct Reply {
    query::Answer answer;
    std::vector<Item> items;
  };
  struct Inquiry {
    std::string question;
    Moment moment;
    bool reverse = false;
    std::function<Reply(const Paging&)> store;
    std::function<std::vector<Item>(const Ledger&)> twin;
  };

  // session.cc
  Questioner questioner();
  void ask();
  void fold_some();
  void grow();
  void interrupt();
  Positions now() const;
  Moment draw_moment();
  Moment moment_of_time(double time_ms) const;
  void compare_list(const Inquiry& list);   // page by page
  void compare_whole(const Inquiry& list);  // of an answer that has no pages
  void compare_page(const Inquiry& list, const Paging& paging, const Positions& at,
                    const std::vector<Item>& expected, bool more, const Reply& reply) const;
  void check_misused(const Inquiry& list, const Paging& paging);
  void expect_fault(const std::string& question, Fault fault, const std::function<void()>& ask);
  [[noreturn]] void disagree(const std::string& question, const std::string& twin,
                             const std::string& store) const;

  // session_rows.cc
  void ask_rows();
  void ask_count();
  void ask_get();
  bool refused_as_expected(const RowsQuestion& question, const std::string& text,
                           const std::function<void()>& ask);
  query::FindRequest request_of(const RowsQuestion& question, const Moment& moment) const;
  void compare_rows(const RowsQuestion& question, const Moment& moment);
  void compare_all_rows(const Moment& moment);

  // session_events.cc
  void ask_history();
  void ask_events();
  void ask_event();

  // session_state.cc
  void check_states();
  void check_counters(int32_t partition);
  void check_entries(int32_t partition);

  const Log& log_of(Partition partition) const {
    return logs_.at(static_cast<size_t>(raw(partition)));
  }

  const Scenario& scenario_;
  const std::vector<Log> logs_;
  std::vector<std::vector<int64_t>> log_times_;  // running maxima, by partition and offset
  mutable Random random_;
  RealLedger real_;
  query::Views views_;
  Past past_;
  Ledger drawing_;  // that questions are drawn from
  std::optional<double> caught_up_ms_;
  Tally tally_;
};

}  // namespace ledger::model
