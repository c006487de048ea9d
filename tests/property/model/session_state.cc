// What a shard says of itself beside its rows: counters, and how much each view holds.
#include <fmt/format.h>

#include "schemas/store/layout.h"
#include "tests/property/model/session.h"

namespace ledger::model {

namespace {

store::Counters counters_of(const Twin& twin) {
  store::Counters counters;
  for (const Step& step : twin.steps()) {
    const Verdict& verdict = step.verdict;
    ++counters.events;
    counters.applied += verdict.disposition == "applied";
    counters.not_applied += verdict.disposition == "not_applied";
    counters.duplicates += verdict.disposition == "duplicate";
    counters.quarantined += verdict.disposition == "quarantined";
    for (const std::string& code : verdict.codes) ++counters.codes[store::code_from(code).value()];
  }
  counters.rows[record::Table::kContentAudios] = twin.rows(kAudios).size();
  counters.rows[record::Table::kUserContentAudios] = twin.rows(kListenings).size();
  return counters;
}

std::string text_of(const store::Counters& counters) {
  std::string out = fmt::format("events {} applied {} not_applied {} duplicates {} quarantined {}",
                                counters.events, counters.applied, counters.not_applied,
                                counters.duplicates, counters.quarantined);
  for (const auto& [code, count] : counters.codes) {
    out += fmt::format(" {} {}", store::to_text(code), count);
  }
  for (const auto& [table, count] : counters.rows) {
    out += fmt::format(" {} {}", record::table_name(table), count);
  }
  return out;
}

// A table that never had a row has no counter.
store::Counters with_both_tables(store::Counters counters) {
  counters.rows[record::Table::kContentAudios];
  counters.rows[record::Table::kUserContentAudios];
  return counters;
}

uint64_t unclean_steps(const Twin& twin) {
  uint64_t count = 0;
  for (const Step& step : twin.steps()) count += !step.verdict.codes.empty();
  return count;
}

uint64_t naming_steps(const Twin& twin) {
  uint64_t count = 0;
  for (const Step& step : twin.steps()) count += step.named.has_value();
  return count;
}

}  // namespace

void Session::check_states() {
  for (int32_t p = 0; p < scenario_.partition_count; ++p) {
    check_counters(p);
    check_entries(p);
  }
}

void Session::check_counters(int32_t partition) {
  const Twin& twin = past_.at(partition, real_.position(partition));
  const store::ShardState& state = views_.shard(Partition{partition}).state();
  const std::string question = fmt::format("state of partition {}", partition);
  const store::Counters counters = counters_of(twin);
  if (with_both_tables(state.counters) != counters) {
    disagree(question, text_of(counters), text_of(state.counters));
  }
  if (state.log_time_max_ms != twin.log_time()) {
    disagree(question, fmt::format("log time {}", twin.log_time()),
             fmt::format("log time {}", state.log_time_max_ms));
  }
}

void Session::check_entries(int32_t partition) {
  const Twin& twin = past_.at(partition, real_.position(partition));
  const store::ShardReader& shard = views_.shard(Partition{partition});
  const auto check = [&](const std::string& name, store::View view, uint64_t expected) {
    if (shard.entries(view) == expected) return;
    disagree(fmt::format("entries of {} in partition {}", name, partition),
             std::to_string(expected), std::to_string(shard.entries(view)));
  };
  check("event_ids", store::View::kEventIds, twin.taken().size());
  check("outcomes", store::View::kOutcomes, unclean_steps(twin));
  check("record_outcomes", store::View::kRecordOutcomes, naming_steps(twin));
  check("content_hashes", store::View::kContentHashes, twin.hashes().size());
  check("contentAudios.rows", store::View::kContentAudioRows, twin.rows(kAudios).size());
  check("userContentAudios.rows", store::View::kUserContentAudioRows,
        twin.rows(kListenings).size());
  for (const index::IndexSpec& index : views_.declarations().indexes) {
    check(index.name, store::view_of(index.id), twin.rows(record::table_name(index.table)).size());
  }
  for (const auto& [content, hash] : twin.hashes()) {
    const std::string key =
        store::content_hash_key(content.first, record::content_type_from(content.second).value());
    const auto stored = shard.get(store::View::kContentHashes, key);
    if (stored != hash) {
      disagree("last hash of " + content.first, hash, std::string(stored.value_or("nothing")));
    }
  }
}

}  // namespace ledger::model
