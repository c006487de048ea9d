// What the store costs beside bare LMDB doing the same puts, gets and steps with ready keys: the
// rest is digests, chain, checksums and the checks of every write. In memory (/dev/shm), so that a
// disk's noise is left out; items are events, entries or keys. bytes_per_event: of the whole file.
#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

#include <benchmark/benchmark.h>
#include <lmdb.h>

#include "schemas/event/codec.h"
#include "schemas/index/key.h"
#include "schemas/store/kept_log.h"
#include "tests/support/generate/stream.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

constexpr size_t kBatches = 40;
constexpr size_t kBatch = 5000;
constexpr size_t kEntries = 200000;
const View kIndex = view_of(index::by_creation_time_of(record::Table::kUserContentAudios));

void check(int code) {
  if (code != MDB_SUCCESS) throw std::runtime_error(mdb_strerror(code));
}

// Bare LMDB: one environment, one database, one transaction at a time.
class Bare {
 public:
  explicit Bare(const std::filesystem::path& path) {
    std::filesystem::create_directories(path);
    check(mdb_env_create(&env_));
    check(mdb_env_set_maxdbs(env_, 4));
    check(mdb_env_set_mapsize(env_, size_t{1} << 36));
    check(mdb_env_open(env_, path.c_str(), MDB_NOTLS, 0664));
    begin(0);
    check(mdb_dbi_open(txn, "entries", MDB_CREATE, &dbi));
    commit();
  }
  ~Bare() {
    if (txn != nullptr) mdb_txn_abort(txn);
    mdb_env_close(env_);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  void begin(unsigned flags) { check(mdb_txn_begin(env_, nullptr, flags, &txn)); }
  void commit() { check(mdb_txn_commit(std::exchange(txn, nullptr))); }
  void put(const std::string& key, const std::string& value, unsigned flags) {
    MDB_val k{key.size(), const_cast<char*>(key.data())};
    MDB_val v{value.size(), const_cast<char*>(value.data())};
    check(mdb_put(txn, dbi, &k, &v, flags));
  }

  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;

 private:
  MDB_env* env_ = nullptr;
};

// Keys as those of user_content, scattered.
std::vector<std::string> index_keys(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::string> keys(count);
  for (std::string& key : keys) {
    index::append_text(key, "jx7" + std::to_string(random()) + "a0c1m2n3b");
    index::append_text(key, "j97" + std::to_string(random()) + "e0c1m2n3b");
    index::append_text(key, "article");
    index::append_number(key, 1770832800000 + static_cast<double>(random() % 1000000));
  }
  return keys;
}

std::string entry_of(std::string_view key, size_t i) {
  const auto offset = static_cast<int64_t>(i + 1);
  return encode_entry(key, {Rid{offset}, Offset{offset}});
}

void count_items(benchmark::State& state, size_t each) {
  state.SetItemsProcessed(static_cast<int64_t>(each) * state.iterations());
}

// Events of workload W, as they stand on the topic.
class Workload {
 public:
  explicit Workload(size_t count) {
    generate::Settings settings;
    settings.events = count;
    const auto stream = generate::open_workload_w(settings);
    event::Event each;
    std::string value;
    while (stream->next(each)) {
      value.clear();
      event::encode(each, value);
      texts_.emplace_back(event::content_id(each.payload), value);
      const auto* changed = std::get_if<event::StatusChanged>(&each.payload);
      if (changed != nullptr && changed->script) {
        scripts_.push_back(Offset{static_cast<int64_t>(times_.size())});
      }
      times_.push_back(static_cast<int64_t>(each.occurred_at));
    }
  }
  std::vector<KeptEvent> batch(size_t first) const {
    std::vector<KeptEvent> events;
    for (size_t i = first; i < first + kBatch; ++i) {
      const Offset offset{static_cast<int64_t>(i)};
      events.push_back({offset, times_[i], 0, texts_[i].first, texts_[i].second, std::nullopt});
    }
    return events;
  }
  const std::vector<Offset>& scripts() const { return scripts_; }  // events with a script

 private:
  std::vector<std::pair<std::string, std::string>> texts_;  // key, value
  std::vector<int64_t> times_;
  std::vector<Offset> scripts_;
};

const Workload& workload() {
  static const Workload events(kBatches * kBatch);
  return events;
}

double bytes_per_event(const std::filesystem::path& path) {
  const auto bytes = static_cast<double>(std::filesystem::file_size(path / "data.mdb"));
  return bytes / static_cast<double>(kBatches * kBatch);
}

void append_to_kept_log(benchmark::State& state) {
  const test::TempDir temp(test::memory_directory());
  KeptLogWriter log(temp.path() / "0", sample_identity().log);
  workload();
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<KeptEvent> events = workload().batch(static_cast<size_t>(raw(log.end())));
    state.ResumeTiming();
    log.append(events);
  }
  count_items(state, kBatch);
  state.counters["bytes_per_event"] = bytes_per_event(temp.path() / "0");
}

void append_bare(benchmark::State& state) {
  const test::TempDir temp(test::memory_directory());
  Bare bare(temp.path() / "0");
  size_t first = 0;
  std::string record;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<KeptEvent> events = workload().batch(first);
    first += kBatch;
    state.ResumeTiming();
    bare.begin(0);
    for (const KeptEvent& event : events) {
      record.assign(29, '\0').append(*event.key).append(*event.value);
      bare.put(offset_key(event.offset), record, MDB_APPEND);
    }
    bare.commit();
  }
  count_items(state, kBatch);
  state.counters["bytes_per_event"] = bytes_per_event(temp.path() / "0");
}

// A kept log of the whole workload, to read.
class FilledLog {
 public:
  FilledLog() {
    KeptLogWriter writer(temp_.path() / "0", sample_identity().log);
    for (size_t i = 0; i < kBatches; ++i) writer.append(workload().batch(i * kBatch));
    log.emplace(temp_.path() / "0");
  }

 private:
  test::TempDir temp_{test::memory_directory()};

 public:
  std::optional<KeptLogReader> log;
};

void scan_of_kept_log(benchmark::State& state) {
  const FilledLog filled;
  for (auto _ : state) {
    filled.log->scan(Offset{0}, filled.log->end(), [](const KeptEvent& event) {
      benchmark::DoNotOptimize(event.value);
      return true;
    });
  }
  count_items(state, kBatches * kBatch);
}

// Reads the event that `pick` names, again and again.
template <typename Pick>
void read_of_kept_log(benchmark::State& state, Pick pick) {
  const FilledLog filled;
  for (auto _ : state) benchmark::DoNotOptimize(filled.log->read(pick()));
  count_items(state, 1);
}

// Each read decompresses a block.
void read_anywhere(benchmark::State& state) {
  read_of_kept_log(state, [random = std::mt19937_64(1)]() mutable {
    return Offset{static_cast<int64_t>(random() % (kBatches * kBatch))};
  });
}

// Those of contentAudios' scripts, in no order: each lies in another block.
void read_script(benchmark::State& state) {
  std::vector<Offset> scripts = workload().scripts();
  std::shuffle(scripts.begin(), scripts.end(), std::mt19937_64(1));
  read_of_kept_log(state, [&, i = size_t{0}]() mutable { return scripts[i++ % scripts.size()]; });
}

// One behind the other, as lists of events are read.
void read_on(benchmark::State& state) {
  read_of_kept_log(state, [i = int64_t{0}]() mutable {
    return Offset{i++ % static_cast<int64_t>(kBatches * kBatch)};
  });
}

void insert_index_keys(benchmark::State& state) {
  const test::TempDir temp(test::memory_directory());
  ShardWriter shard(temp.path() / "0", sample_identity());
  uint64_t seed = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string> keys = index_keys(kBatch, seed++);
    state.ResumeTiming();
    shard.begin();
    for (size_t i = 0; i < keys.size(); ++i) shard.insert(kIndex, keys[i], entry_of(keys[i], i));
    shard.commit(shard.state());
  }
  count_items(state, kBatch);
}

void insert_bare(benchmark::State& state) {
  const test::TempDir temp(test::memory_directory());
  Bare bare(temp.path());
  uint64_t seed = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string> keys = index_keys(kBatch, seed++);
    state.ResumeTiming();
    bare.begin(0);
    for (size_t i = 0; i < keys.size(); ++i)
      bare.put(keys[i], entry_of(keys[i], i), MDB_NOOVERWRITE);
    bare.commit();
  }
  count_items(state, kBatch);
}

// The same entries in a shard and in bare LMDB, to read.
class Filled {
 public:
  Filled() : bare(temp_.path() / "bare"), keys(index_keys(kEntries, 1)) {
    ShardWriter writer(temp_.path() / "0", sample_identity());
    writer.begin();
    bare.begin(0);
    for (size_t i = 0; i < keys.size(); ++i) {
      writer.insert(kIndex, keys[i], entry_of(keys[i], i));
      bare.put(keys[i], entry_of(keys[i], i), 0);
    }
    writer.commit({});
    bare.commit();
    bare.begin(MDB_RDONLY);
    shard.emplace(temp_.path() / "0");
  }

 private:
  test::TempDir temp_{test::memory_directory()};

 public:
  Bare bare;
  std::vector<std::string> keys;  // in no order
  std::optional<ShardReader> shard;
};

void get_of_reader(benchmark::State& state) {
  const Filled filled;
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(filled.shard->get(kIndex, filled.keys[i]));
    if (++i == kEntries) i = 0;
  }
  count_items(state, 1);
}

void get_bare(benchmark::State& state) {
  const Filled filled;
  size_t i = 0;
  for (auto _ : state) {
    const std::string& key = filled.keys[i];
    MDB_val k{key.size(), const_cast<char*>(key.data())};
    MDB_val v{};
    check(mdb_get(filled.bare.txn, filled.bare.dbi, &k, &v));
    benchmark::DoNotOptimize(v);
    if (++i == kEntries) i = 0;
  }
  count_items(state, 1);
}

void scan_of_reader(benchmark::State& state) {
  const Filled filled;
  for (auto _ : state) {
    ViewCursor cursor = filled.shard->cursor(kIndex);
    for (bool found = cursor.first(); found; found = cursor.next()) {
      benchmark::DoNotOptimize(cursor.key());
      benchmark::DoNotOptimize(cursor.value());
    }
  }
  count_items(state, kEntries);
}

void scan_bare(benchmark::State& state) {
  const Filled filled;
  for (auto _ : state) {
    MDB_cursor* cursor = nullptr;
    check(mdb_cursor_open(filled.bare.txn, filled.bare.dbi, &cursor));
    MDB_val k{};
    MDB_val v{};
    for (int code = mdb_cursor_get(cursor, &k, &v, MDB_FIRST); code == MDB_SUCCESS;
         code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
      benchmark::DoNotOptimize(k);
      benchmark::DoNotOptimize(v);
    }
    mdb_cursor_close(cursor);
  }
  count_items(state, kEntries);
}

// The fold's lookup: the first entry of a prefix, inside a batch.
void seek_of_writer(benchmark::State& state) {
  const test::TempDir temp(test::memory_directory());
  ShardWriter shard(temp.path() / "0", sample_identity());
  const std::vector<std::string> keys = index_keys(kEntries, 1);
  shard.begin();
  for (size_t i = 0; i < keys.size(); ++i) shard.insert(kIndex, keys[i], entry_of(keys[i], i));
  shard.commit({});
  shard.begin();
  size_t i = 0;
  std::string_view key;
  std::string_view value;
  for (auto _ : state) {
    benchmark::DoNotOptimize(shard.seek(kIndex, keys[i], key, value));
    if (++i == kEntries) i = 0;
  }
  count_items(state, 1);
}

void seek_bare(benchmark::State& state) {
  const Filled filled;
  MDB_cursor* cursor = nullptr;
  check(mdb_cursor_open(filled.bare.txn, filled.bare.dbi, &cursor));
  size_t i = 0;
  for (auto _ : state) {
    const std::string& key = filled.keys[i];
    MDB_val k{key.size(), const_cast<char*>(key.data())};
    MDB_val v{};
    check(mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE));
    benchmark::DoNotOptimize(v);
    if (++i == kEntries) i = 0;
  }
  mdb_cursor_close(cursor);
  count_items(state, 1);
}

// The _id of a new row of userContentAudios: the ledger's part hashed each time, and once.
void derived_id_of_ledger(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(derived_id(Uuid{}, Partition{1}, Offset{7}));
}
void derived_id_of_prefix(benchmark::State& state) {
  const std::string prefix = derived_id_prefix(Uuid{});
  for (auto _ : state) benchmark::DoNotOptimize(derived_id(prefix, Partition{1}, Offset{7}));
}

BENCHMARK(append_to_kept_log)->Iterations(kBatches);
BENCHMARK(append_bare)->Iterations(kBatches);
BENCHMARK(scan_of_kept_log);
BENCHMARK(read_anywhere);
BENCHMARK(read_script);
BENCHMARK(read_on);
BENCHMARK(insert_index_keys)->Iterations(kBatches);
BENCHMARK(insert_bare)->Iterations(kBatches);
BENCHMARK(get_of_reader);
BENCHMARK(get_bare);
BENCHMARK(scan_of_reader);
BENCHMARK(scan_bare);
BENCHMARK(seek_of_writer);
BENCHMARK(seek_bare);
BENCHMARK(derived_id_of_ledger);
BENCHMARK(derived_id_of_prefix);

}  // namespace
}  // namespace ledger::store

BENCHMARK_MAIN();
