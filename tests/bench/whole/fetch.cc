// bench_fetch BROKERS TOPIC VIEWS
// The first part of a first build: the log into the kept logs of an empty directory, nothing
// folded and only the last event of each partition compared. Prints
// {"events":N,"seconds":S,"cpu_seconds":S,"kept_bytes":N}; the opening is not in it.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "projector/run/feed_threads.h"
#include "projector/run/opening.h"

namespace {

using namespace ledger;
using Clock = std::chrono::steady_clock;
constexpr size_t kQueueBytes = size_t{64} << 20;
constexpr std::chrono::milliseconds kTick{5};
constexpr std::chrono::seconds kPatience{10};
constexpr run::CompareTimes kNever{std::chrono::hours(1), std::chrono::hours(1)};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

uint64_t kept_bytes(const store::ViewDirectory& directory, int32_t partitions) {
  uint64_t bytes = 0;
  for (int32_t p = 0; p < partitions; ++p) {
    bytes += std::filesystem::file_size(directory.log(Partition{p}) / "data.mdb");
  }
  return bytes;
}

void fetch(const log::Connection& connection, const std::string& views) {
  consumer::LogProbe probe(connection, kPatience, [] { return false; });
  consumer::Guards guards(probe, connection.topic, views);
  const store::ViewDirectory directory(views);
  directory.create();
  const store::LogIdentity identity = guards.identify(std::nullopt);
  const auto shards = run::open_shards(directory, identity, {});
  const auto begin = Clock::now();
  const double cpu_before = cpu_seconds();
  std::vector<std::unique_ptr<run::Feed>> feeds;
  std::vector<Offset> ends;
  for (const auto& shard : shards) {
    ends.push_back(guards.check(shard->held()).high);
    feeds.push_back(std::make_unique<run::Feed>(ends.back(), *shard, guards, connection,
                                                consumer::BatchLimits{}, kQueueBytes, begin,
                                                kNever));
  }
  int64_t events = 0;
  run::FeedThreads threads(feeds, feeds.size(), [] {});
  for (size_t i = 0; i < feeds.size(); ++i) {
    while (feeds[i]->done() < ends[i] && !threads.failed()) std::this_thread::sleep_for(kTick);
    events += raw(feeds[i]->done());
  }
  threads.join();
  const std::chrono::duration<double> took = Clock::now() - begin;
  fmt::print("{{\"events\":{},\"seconds\":{:.3f},\"cpu_seconds\":{:.3f},\"kept_bytes\":{}}}\n",
             events, took.count(), cpu_seconds() - cpu_before,
             kept_bytes(directory, identity.partition_count));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fputs("usage: bench_fetch BROKERS TOPIC VIEWS\n", stderr);
    return 2;
  }
  fetch({argv[1], argv[2], {}}, argv[3]);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_fetch: %s\n", error.what());
  return 1;
}
