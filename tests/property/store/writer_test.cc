#include "schemas/store/writer.h"

#include <map>
#include <random>

#include <gtest/gtest.h>
#include <xxhash.h>

#include "tests/support/event/random_event.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::store {
namespace {

__extension__ using Wide = unsigned __int128;
using Twin = std::map<View, std::map<std::string, std::string>>;

constexpr int kBatches = 120;
constexpr uint64_t kWritesMax = 60;
constexpr uint64_t kKeys = 40;  // few, so that the same are erased and put again

// Digests from the words of the contract: the sum of XXH3-128 of L(view) | L(key) | L(value).
std::map<std::string, Digest> digests_of(const Twin& twin, const std::vector<ViewName>& names) {
  std::map<std::string, Digest> digests;
  for (const ViewName& name : names) {
    Wide sum = 0;
    const auto view = twin.find(name.view);
    if (view != twin.end()) {
      for (const auto& [key, value] : view->second) {
        std::string bytes;
        for (const std::string& part : {name.name, key, value}) {
          for (int shift = 24; shift >= 0; shift -= 8) {
            bytes += static_cast<char>(part.size() >> shift & 0xFF);
          }
          bytes += part;
        }
        const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
        sum += static_cast<Wide>(hash.high64) << 64 | hash.low64;
      }
    }
    Digest& digest = digests[name.name];
    for (size_t i = 0; i < digest.size(); ++i) {
      digest[i] = static_cast<uint8_t>(sum >> (8 * (15 - i)));
    }
  }
  return digests;
}

// Writes at random, with a map beside the shard that does the same.
class Writes {
 public:
  Writes(const std::filesystem::path& path, uint64_t seed) : path_(path), random_(seed) {}

  // A batch; one in four is dropped, and one in four is the first of a writer opened anew.
  void batch() {
    if (!writer_ || below(4) == 0) {
      writer_.reset();
      writer_.emplace(path_, identity_);
    }
    Twin changed = committed_;
    writer_->begin();
    for (uint64_t writes = below(kWritesMax); writes > 0; --writes) write(changed);
    if (below(4) == 0) return writer_->abort();
    ShardState state;
    state.position = next(writer_->state().position);
    writer_->commit(state);
    committed_ = changed;
  }

  void check() const {
    const ShardReader reader(path_);
    const std::map<std::string, Digest> expected = digests_of(committed_, names_);
    ASSERT_EQ(reader.state().digests, expected);
    ASSERT_EQ(writer_->state().digests, expected);
    ASSERT_EQ(scanned_digests(reader), expected);
    for (const ViewName& name : names_) {
      const auto view = committed_.find(name.view);
      ASSERT_EQ(reader.entries(name.view), view == committed_.end() ? 0 : view->second.size());
    }
  }

 private:
  uint64_t below(uint64_t limit) { return random_() % limit; }

  void write(Twin& twin) {
    const View view = names_[below(names_.size())].view;
    auto& entries = twin[view];
    const std::string key = "key " + std::to_string(below(kKeys));
    const std::string value(below(10) == 0 ? below(9000) : below(30),
                            static_cast<char>(below(256)));
    const bool there = entries.contains(key);
    if (!there) {
      writer_->insert(view, key, value);
      entries[key] = value;
    } else if (below(2) == 0) {
      writer_->update(view, key, value);
      entries[key] = value;
    } else {
      writer_->erase(view, key);
      entries.erase(key);
    }
  }

  std::filesystem::path path_;
  ShardIdentity identity_ = sample_identity();
  std::vector<ViewName> names_ = view_names(identity_.declarations);
  std::mt19937_64 random_;
  std::optional<ShardWriter> writer_;
  Twin committed_;
};

TEST(WriterProperty, DigestsThatWereKeptEqualARecomputation) {
  const uint64_t seed = event::test_seed(20260211);
  SCOPED_TRACE("run again: LEDGER_SEED=" + std::to_string(seed));
  const test::TempDir temp;
  Writes writes(temp.path() / "0", seed);
  for (int batch = 0; batch < kBatches; ++batch) {
    writes.batch();
    if (batch == 0) continue;  // may have been dropped
    writes.check();
    if (HasFatalFailure()) FAIL() << "in batch " << batch;
  }
}

}  // namespace
}  // namespace ledger::store
