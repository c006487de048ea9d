#include "projector/bulk/bulk_views.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schemas/store/image.h"
#include "tests/support/process.h"
#include "tests/support/store/store_samples.h"

namespace ledger::bulk {
namespace {

using store::View;

constexpr int kMany = 1000;
constexpr size_t kTextSize = 100;

struct BulkViewsTest : ::testing::Test {
  const index::Declarations declarations = index::load_declarations();
  const Layers nothing{nullptr};
  BulkViews views{nothing, store::sample_identity().log,
                  [](Offset) { return std::optional<store::KeptEvent>(); }, declarations};
};

std::string text(int i) { return fmt::format("{:0{}}", i, kTextSize); }

TEST_F(BulkViewsTest, BytesAndPagesCountTheHashesOfContents) {
  const size_t bytes = views.bytes();
  for (int i = 0; i < kMany; ++i) views.insert(View::kContentHashes, text(i), text(i));
  EXPECT_GE(views.bytes() - bytes, kMany * 2 * kTextSize);
  EXPECT_GE(views.dirty_pages(), kMany * 2 * kTextSize / 8192);
  const size_t full = views.bytes();
  for (int i = 0; i < kMany; ++i) views.update(View::kContentHashes, text(i), text(i + 1));
  EXPECT_EQ(views.bytes(), full);
}

// A listening whose _id is `id`, as the fold and apply add it.
void add_listening(BulkViews& views, int number, const std::string& id) {
  store::Stored<record::UserContentAudio> stored;
  stored.rid = store::Rid{number};
  stored.from = Offset{number};
  stored.row.id = id;
  stored.row.user_id = "u";
  stored.row.content_id = fmt::format("c{:06}", number);
  views.insert(View::kUserContentAudioRows, store::rid_key(stored.rid), store::encode_row(stored));
  fold::Result result;
  result.listenings.push_back({std::nullopt, stored});
  views.note(result);
}

TEST_F(BulkViewsTest, BytesCountTheIdsOfImportedListenings) {
  BulkViews own{nothing, store::sample_identity().log,
                [](Offset) { return std::optional<store::KeptEvent>(); }, declarations};
  const std::string prefix = store::derived_id_prefix(store::sample_identity().log.ledger_id);
  for (int i = 0; i < kMany; ++i) {
    add_listening(views, i, text(i));
    add_listening(own, i, prefix + text(i).substr(prefix.size()));
  }
  EXPECT_GE(views.bytes(), own.bytes() + kMany * kTextSize);
}

// They stand in the row, and again in what its entries are made of.
TEST_F(BulkViewsTest, BytesCountLongIdsTwice) {
  constexpr int kRows = 10000;  // beside which an arena's room is little
  constexpr size_t kIdSize = 128;
  const size_t before = views.bytes();
  for (int i = 0; i < kRows; ++i) {
    store::Stored<record::UserContentAudio> stored;
    stored.rid = store::Rid{i};
    stored.from = Offset{i};
    const std::string id = fmt::format("{:0{}}", i, kIdSize);
    stored.row.id = stored.row.user_id = stored.row.content_audio_id = stored.row.content_id = id;
    views.insert(View::kUserContentAudioRows, store::rid_key(stored.rid),
                 store::encode_row(stored));
    fold::Result result;
    result.listenings.push_back({std::nullopt, stored});
    views.note(result);
  }
  EXPECT_GE(views.bytes() - before, kRows * 2 * 4 * kIdSize);
}

}  // namespace
}  // namespace ledger::bulk
