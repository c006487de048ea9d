// bench_bare_get SHARD...: opens each LMDB environment, reads one key of `meta`, ends. The bound
// beside the time of a cold `ledger-query get`.
#include <cstdio>

#include <lmdb.h>

namespace {

constexpr size_t kMapBytes = size_t{1} << 40;

int read_one(const char* path) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi meta = 0;
  int code = mdb_env_create(&env);
  if (code == 0) code = mdb_env_set_maxdbs(env, 64);
  if (code == 0) code = mdb_env_set_mapsize(env, kMapBytes);
  if (code == 0) code = mdb_env_open(env, path, MDB_RDONLY | MDB_NOTLS, 0);
  if (code == 0) code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn);
  if (code == 0) code = mdb_dbi_open(txn, "meta", 0, &meta);
  char name[] = "state";
  MDB_val key{sizeof name - 1, name};
  MDB_val value{};
  if (code == 0) code = mdb_get(txn, meta, &key, &value);
  if (code == 0) std::printf("%zu bytes\n", value.mv_size);
  if (txn != nullptr) mdb_txn_abort(txn);
  if (env != nullptr) mdb_env_close(env);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (const int code = read_one(argv[i]); code != 0) {
      std::fprintf(stderr, "%s: %s\n", argv[i], mdb_strerror(code));
      return 1;
    }
  }
  return 0;
}
