// A live generation of two partitions, and rebuilds of it in this process.
#pragma once

#include <csignal>
#include <fstream>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "projector/rebuild/rebuild.h"
#include "schemas/store/directory.h"
#include "schemas/store/kept_log.h"
#include "schemas/store/reader.h"
#include "schemas/store/writer.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"
#include "tests/support/views/built_views.h"

namespace ledger::rebuild {

constexpr Partition kP0{0};
constexpr Partition kP1{1};
constexpr store::Generation kGen1{1};
constexpr store::Generation kGen2{2};
constexpr store::Generation kGen3{3};

class LiveViews : public ::testing::Test {
 protected:
  LiveViews() : temp_(test::memory_directory()), directory_(temp_.path()) {
    options_.views = temp_.path();
    options_.memory = size_t{64} << 20;
    options_.quiet = true;
    options_.hand_over_within = std::chrono::milliseconds(20);
    testing::BuiltViews views(temp_.path());
    for (int i = 0; i < 40; ++i) views.add(play(i));
    views.commit();
  }

  static std::string play(int number) {
    return fmt::format(
        R"({{"eventId":"0197a1c2-0000-7000-8000-{:012x}","occurredAt":{},)"
        R"("actor":{{"kind":"user","id":"u{}"}},"source":"tests/1","playRecorded":)"
        R"({{"userId":"u{}","contentAudioId":"a","contentId":"c{}","contentType":"article"}}}})",
        number, 1770832800001 + number, number % 7, number % 7, number % 5);
  }

  Fault rebuild() {
    return store::fault_of([&] { rebuild::rebuild(options_, interrupt_); });
  }
  std::string message() {
    return store::message_of([&] { rebuild::rebuild(options_, interrupt_); });
  }

  store::ShardState state(store::Generation generation, Partition partition) const {
    return store::ShardReader(directory_.shard(generation, partition)).state();
  }
  std::vector<store::Generation> generations() const { return directory_.generations(); }
  std::optional<store::Generation> live() const { return directory_.current(); }

  std::vector<std::string> names_in(store::Generation generation) const {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(directory_.generation(generation))) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  // An entry that no event made, with a digest that counts it.
  void tamper(store::Generation generation, Partition partition) const {
    const auto path = directory_.shard(generation, partition);
    const auto identity = store::ShardReader(path).identity();
    store::ShardWriter writer(path, identity);
    const store::ShardState as_it_is = writer.state();
    writer.begin();
    writer.insert(store::View::kEventIds, std::string(16, '\xff'), std::string(8, '\0'));
    writer.commit(as_it_is);
  }
  static void overwrite(const std::filesystem::path& path) {
    std::ofstream(path, std::ios::trunc) << std::string(16384, 'x');
  }

  test::TempDir temp_;
  store::ViewDirectory directory_;
  RebuildOptions options_;
  options::Interrupt interrupt_;
};

}  // namespace ledger::rebuild
