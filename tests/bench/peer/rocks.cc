// bench_peer_rocks BROKERS TOPIC PARTITIONS DIR: folds the peers' topic (wire.h) into RocksDB, from
// where DIR stands up to the end that the topic has now. A thread, client and database per
// partition; a column family per view; one WriteBatch per 20,000 events, which holds the offset
// too; WAL on, synced per batch, as the ledger's default durability. Prints {"messages":N,
// "seconds":S,"flush_seconds":S,"rows":N,"entries":N,"plays":N}: rows of U, its `user` entries and
// the sum of its plays.
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "tests/bench/peer/wire.h"

namespace {

using namespace ledger::peer;
using Clock = std::chrono::steady_clock;
using rocksdb::Slice;

enum View {
  kA,
  kContentVoice,
  kContent,
  kHashes,
  kStatuses,
  kU,
  kUser,
  kUserContent,
  kAudio,
  kMeta,
  kViews
};
constexpr std::array<const char*, kViews> kNames = {
    "A", "content_voice", "content",      "contentHash",  "status",
    "U", "user",          "user_content", "contentAudio", "meta"};
constexpr size_t kBatchEvents = 20'000;
constexpr size_t kCacheBytes = size_t{512} << 20;
constexpr size_t kAudioRowBytes = 139;
constexpr size_t kUserRowBytes = 121;
constexpr size_t kRowStatusAt = 34;
constexpr size_t kRowHashAt = 35;
constexpr size_t kRowCreatedAt = 119;
constexpr size_t kRowUpdatedAt = 127;
constexpr size_t kRowScriptAt = 135;
constexpr size_t kPlaysAt = 97;
constexpr size_t kLastPlayedAt = 105;
constexpr size_t kPlayUpdatedAt = 113;

void check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

rocksdb::ColumnFamilyOptions tuned(View view, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = 32 << 20;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kNoCompression;
  options.level0_file_num_compaction_trigger = 8;
  options.level0_slowdown_writes_trigger = 40;
  options.level0_stop_writes_trigger = 60;
  options.max_bytes_for_level_base = 512 << 20;
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = cache;
  blocks.block_size = 16384;
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  if (view == kA || view == kU) {
    options.memtable_prefix_bloom_size_ratio = 0.15;
    options.memtable_whole_key_filtering = true;
  }
  return options;
}

// Views of one partition. Rows that a batch touches are kept aside and written once.
class Shard {
 public:
  void open(const std::string& path, const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.max_background_jobs = 2;
    options.atomic_flush = true;
    options.max_total_wal_size = 512 << 20;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    families.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
    for (int view = 0; view < kViews; ++view)
      families.emplace_back(kNames[static_cast<size_t>(view)],
                            tuned(static_cast<View>(view), cache));
    rocksdb::DB* opened = nullptr;
    check(rocksdb::DB::Open(options, path, families, &all_, &opened));
    db_.reset(opened);
  }

  int64_t position() {
    std::string next;
    const rocksdb::Status status = db_->Get({}, family(kMeta), "next", &next);
    if (status.IsNotFound()) return 0;
    check(status);
    return load<int64_t>(next.data());
  }

  void apply(const char* event) {
    switch (static_cast<Kind>(event[0])) {
      case Kind::kCreated:
        return create(event);
      case Kind::kStatus:
        return change_status(event);
      case Kind::kHash:
        return change_hash(event);
      case Kind::kPlay:
        return play(event);
    }
    throw std::runtime_error("unknown kind");
  }

  void commit(int64_t next) {
    for (const auto& [key, row] : audios_)
      if (!row.empty()) batch_.Put(family(kA), key, row);
    for (const auto& [key, row] : plays_) batch_.Put(family(kU), key, row);
    batch_.Put(family(kMeta), "next", Slice(reinterpret_cast<const char*>(&next), sizeof next));
    rocksdb::WriteOptions options;
    options.sync = true;
    check(db_->Write(options, &batch_));
    batch_.Clear();
    audios_.clear();
    plays_.clear();
  }

  void flush() { check(db_->Flush({}, {all_.begin() + 1, all_.end()})); }

  // Entries of a view; the plays of U are added to `plays`.
  uint64_t count(View view, uint64_t& plays) {
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}, family(view)));
    uint64_t entries = 0;
    for (at->SeekToFirst(); at->Valid(); at->Next(), ++entries)
      if (view == kU) plays += load<uint64_t>(at->value().data() + kPlaysAt);
    return entries;
  }

  void close() {
    for (rocksdb::ColumnFamilyHandle* handle : all_) check(db_->DestroyColumnFamilyHandle(handle));
    db_.reset();
  }

 private:
  using Rows = std::unordered_map<std::string, std::string>;

  rocksdb::ColumnFamilyHandle* family(View view) { return all_[static_cast<size_t>(view) + 1]; }

  std::string& row(Rows& rows, View view, Slice key) {
    const auto [at, fresh] = rows.try_emplace(key.ToString());
    if (fresh) {
      const rocksdb::Status status = db_->Get({}, family(view), key, &at->second);
      if (!status.IsNotFound()) check(status);
    }
    return at->second;
  }

  template <typename... Parts>
  void put(View view, Parts... parts) {
    key_.clear();
    (key_.append(parts), ...);
    batch_.Put(family(view), key_, "");
  }

  template <typename... Parts>
  void erase(View view, Parts... parts) {
    key_.clear();
    (key_.append(parts), ...);
    batch_.Delete(family(view), key_);
  }

  void create(const char* event) {
    const std::string_view audio(event + kAudioAt, kIdBytes);
    const std::string_view content(event + kContentAt, kIdBytes);
    const std::string_view type(event + kTypeAt, 1);
    std::string& row = this->row(audios_, kA, audio);
    row.assign(content)
        .append(event + kTypeAt, 3)
        .append(event + kBodyAt, kHashBytes + kVoiceBytes);
    row.resize(kAudioRowBytes, '\0');
    std::memcpy(&row[kRowCreatedAt], event + kTimeAt, 8);
    std::memcpy(&row[kRowUpdatedAt], event + kTimeAt, 8);
    put(kContentVoice, content, type, std::string_view(event + kBodyAt + kHashBytes, kVoiceBytes),
        audio);
    put(kContent, content, type, audio);
    put(kHashes, std::string_view(event + kBodyAt, kHashBytes), audio);
    put(kStatuses, std::string_view(event + kStatusAt, 1), audio);
  }

  void change_status(const char* event) {
    const std::string_view audio(event + kAudioAt, kIdBytes);
    std::string& row = this->row(audios_, kA, audio);
    if (row.empty()) return;
    if (const auto script = load<uint32_t>(event + kScriptBytesAt); script != 0) {
      row.resize(kAudioRowBytes);
      store(&row[kRowScriptAt], script);
      row.append(event + kBodyAt, script);
    }
    std::memcpy(&row[kRowUpdatedAt], event + kTimeAt, 8);
    if (row[kRowStatusAt] == event[kStatusAt]) return;
    erase(kStatuses, std::string_view(&row[kRowStatusAt], 1), audio);
    row[kRowStatusAt] = event[kStatusAt];
    put(kStatuses, std::string_view(event + kStatusAt, 1), audio);
  }

  void change_hash(const char* event) {
    const std::string_view audio(event + kAudioAt, kIdBytes);
    std::string& row = this->row(audios_, kA, audio);
    if (row.empty()) return;
    erase(kHashes, std::string_view(&row[kRowHashAt], kHashBytes), audio);
    std::memcpy(&row[kRowHashAt], event + kBodyAt, kHashBytes);
    std::memcpy(&row[kRowUpdatedAt], event + kTimeAt, 8);
    put(kHashes, std::string_view(event + kBodyAt, kHashBytes), audio);
  }

  void play(const char* event) {
    char bytes[kRowIdBytes];
    row_id(event + kBodyAt, event + kContentAt, event[kTypeAt], bytes);
    const std::string_view id(bytes, kRowIdBytes);
    const std::string_view audio(event + kAudioAt, kIdBytes);
    std::string& row = this->row(plays_, kU, id);
    if (row.empty()) {
      insert_play(event, id, row);
    } else if (audio != std::string_view(&row[kIdBytes], kIdBytes)) {
      erase(kAudio, std::string_view(&row[kIdBytes], kIdBytes), id);
      audio.copy(&row[kIdBytes], kIdBytes);
      put(kAudio, audio, id);
    }
    store(&row[kPlaysAt], load<uint64_t>(&row[kPlaysAt]) + 1);
    std::memcpy(&row[kLastPlayedAt], event + kTimeAt, 8);
    std::memcpy(&row[kPlayUpdatedAt], event + kTimeAt, 8);
  }

  void insert_play(const char* event, std::string_view id, std::string& row) {
    const std::string_view user(event + kBodyAt, kIdBytes);
    const std::string_view audio(event + kAudioAt, kIdBytes);
    const std::string_view content(event + kContentAt, kIdBytes);
    const std::string_view type(event + kTypeAt, 1);
    row.assign(user).append(audio).append(content).append(type);
    row.resize(kUserRowBytes, '\0');
    put(kUser, user, id);
    put(kUserContent, user, content, type, id);
    put(kAudio, audio, id);
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> all_;
  rocksdb::WriteBatch batch_;
  Rows audios_;
  Rows plays_;
  std::string key_;
};

rd_kafka_t* consumer(const char* brokers) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[512];
  for (const auto& [name, value] : {std::pair{"bootstrap.servers", brokers},
                                    {"group.id", "bench"},
                                    {"enable.auto.commit", "false"},
                                    {"enable.auto.offset.store", "false"},
                                    {"check.crcs", "true"},
                                    {"auto.offset.reset", "error"},
                                    {"queued.min.messages", "1000000"},
                                    {"queued.max.messages.kbytes", "131072"},
                                    {"fetch.message.max.bytes", "8388608"},
                                    {"fetch.wait.max.ms", "50"}}) {
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
      throw std::runtime_error(why);
  }
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
  if (client == nullptr) throw std::runtime_error(why);
  rd_kafka_poll_set_consumer(client);
  return client;
}

// Returns: messages folded.
uint64_t fold(Shard& shard, const char* brokers, const char* topic, int32_t partition) {
  constexpr int kPollMs = 50;
  constexpr int kAskMs = 10'000;
  rd_kafka_t* client = consumer(brokers);
  int64_t low = 0;
  int64_t end = 0;
  if (rd_kafka_query_watermark_offsets(client, topic, partition, &low, &end, kAskMs) != 0)
    throw std::runtime_error("no watermarks");
  int64_t next = shard.position();
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, partition)->offset = next;
  rd_kafka_assign(client, list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client);
  std::vector<rd_kafka_message_t*> batch(kBatchEvents);
  uint64_t folded = 0;
  for (size_t pending = 0; next < end;) {
    const ssize_t got =
        rd_kafka_consume_batch_queue(queue, kPollMs, batch.data(), kBatchEvents - pending);
    for (ssize_t i = 0; i < got; ++i) {
      rd_kafka_message_t* message = batch[static_cast<size_t>(i)];
      if (message->err != 0) throw std::runtime_error(rd_kafka_message_errstr(message));
      shard.apply(static_cast<const char*>(message->payload));
      next = message->offset + 1;
      ++pending;
      rd_kafka_message_destroy(message);
    }
    if (pending == 0 || (pending < kBatchEvents && next < end)) continue;
    shard.commit(next);
    folded += pending;
    pending = 0;
  }
  rd_kafka_queue_destroy(queue);
  return folded;
}

double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5)
    return std::fputs("usage: bench_peer_rocks BROKERS TOPIC PARTITIONS DIR\n", stderr), 2;
  const auto partitions = static_cast<size_t>(std::stoi(argv[3]));
  std::filesystem::create_directories(argv[4]);
  const auto cache = rocksdb::NewLRUCache(kCacheBytes);
  std::vector<Shard> shards(partitions);
  std::vector<uint64_t> folded(partitions);
  std::vector<std::thread> threads;
  const Clock::time_point begin = Clock::now();
  for (size_t p = 0; p < partitions; ++p) {
    threads.emplace_back([&, p] {
      shards[p].open(fmt::format("{}/{}", argv[4], p), cache);
      folded[p] = fold(shards[p], argv[1], argv[2], static_cast<int32_t>(p));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = since(begin);
  for (Shard& shard : shards) shard.flush();
  const double flush_seconds = since(begin) - seconds;
  uint64_t messages = 0, rows = 0, entries = 0, plays = 0;
  for (size_t p = 0; p < partitions; ++p) {
    messages += folded[p];
    rows += shards[p].count(kU, plays);
    entries += shards[p].count(kUser, plays);
    shards[p].close();
  }
  fmt::print(
      "{{\"messages\":{},\"seconds\":{:.4f},\"flush_seconds\":{:.4f},\"rows\":{},"
      "\"entries\":{},\"plays\":{}}}\n",
      messages, seconds, flush_seconds, rows, entries, plays);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_peer_rocks: %s\n", error.what());
  return 1;
}
