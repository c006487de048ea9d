// bench_bare_scan DATABASE SHARD...: walks one LMDB database of each shard and touches every byte.
// The bound beside `count` and `find --all`. Prints {"entries":N,"bytes":N,"seconds":S}.
#include <chrono>
#include <cstdint>
#include <cstdio>

#include <lmdb.h>

namespace {

constexpr size_t kMapBytes = size_t{1} << 40;

struct Walked {
  uint64_t entries = 0;
  uint64_t bytes = 0;
  uint64_t sum = 0;
};

void touch(const MDB_val& part, Walked& walked) {
  const auto* bytes = static_cast<const unsigned char*>(part.mv_data);
  for (size_t i = 0; i < part.mv_size; ++i) walked.sum += bytes[i];
  walked.bytes += part.mv_size;
}

int walk(const char* path, const char* database, Walked& walked) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_cursor* cursor = nullptr;
  MDB_dbi dbi = 0;
  MDB_val key{};
  MDB_val value{};
  int code = mdb_env_create(&env);
  if (code == 0) code = mdb_env_set_maxdbs(env, 64);
  if (code == 0) code = mdb_env_set_mapsize(env, kMapBytes);
  if (code == 0) code = mdb_env_open(env, path, MDB_RDONLY | MDB_NOTLS, 0);
  if (code == 0) code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn);
  if (code == 0) code = mdb_dbi_open(txn, database, 0, &dbi);
  if (code == 0) code = mdb_cursor_open(txn, dbi, &cursor);
  while (code == 0 && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
    ++walked.entries;
    touch(key, walked);
    touch(value, walked);
  }
  if (cursor != nullptr) mdb_cursor_close(cursor);
  if (txn != nullptr) mdb_txn_abort(txn);
  if (env != nullptr) mdb_env_close(env);
  return code == MDB_NOTFOUND ? 0 : code;
}

}  // namespace

int main(int argc, char** argv) {
  const auto begin = std::chrono::steady_clock::now();
  Walked walked;
  for (int i = 2; i < argc; ++i) {
    if (const int code = walk(argv[i], argv[1], walked); code != 0) {
      std::fprintf(stderr, "%s: %s\n", argv[i], mdb_strerror(code));
      return 1;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"entries\":%ju,\"bytes\":%ju,\"sum\":%ju,\"seconds\":%.6f}\n",
              uintmax_t{walked.entries}, uintmax_t{walked.bytes}, uintmax_t{walked.sum},
              took.count());
  return 0;
}
