#include "schemas/store/fill.h"

#include <map>
#include <optional>
#include <utility>

#include "schemas/store/pages_internal.h"
#include "schemas/store/shard_meta_internal.h"

namespace ledger::store {

namespace {
constexpr size_t kPulseEvery = 4096;  // entries
}  // namespace

struct ShardFill::Impl {
  Impl(const std::filesystem::path& path, const ShardIdentity& is) : file(path), identity(is) {
    for (const ViewName& name : view_names(identity.declarations))
      views[name.view].name = name.name;
  }

  void put(std::string_view key, std::string_view value) {
    open->append(key, value);
    if (++entries % kPulseEvery == 0) pulse();
  }

  void end_view() {
    if (open) view->tree = open->finish();
    open.reset();
  }

  TreeRecord write_meta(const ShardState& state) {
    PageTree meta(file);
    meta.append(kIdentityKey, encode_identity(identity));
    meta.append(kStateKey, encode_state(state));
    return meta.finish();
  }

  struct Filled {
    std::string name;
    TreeRecord tree;
    Digest digest{};
  };

  PageFile file;
  ShardIdentity identity;
  std::map<View, Filled> views;
  Filled* view = nullptr;
  std::optional<PageTree> open;  // of `view`
  uint64_t entries = 0;
  std::function<void()> pulse = [] {};
};

ShardFill::ShardFill(const std::filesystem::path& path, const ShardIdentity& identity) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) check_lmdb(error.value(), "create", path);
  impl_ = std::make_unique<Impl>(path, identity);
}
ShardFill::~ShardFill() = default;

void ShardFill::set_pulse(std::function<void()> pulse) { impl_->pulse = std::move(pulse); }

uint64_t ShardFill::entries() const { return impl_->entries; }

void ShardFill::begin(View view, const Digest& digest) {
  impl_->end_view();
  impl_->view = &impl_->views.at(view);
  impl_->view->digest = digest;
  impl_->open.emplace(impl_->file);
}

void ShardFill::append(std::string_view key, std::string_view value) {
  add(impl_->view->digest, entry_hash(impl_->view->name, key, value));
  impl_->put(key, value);
}

void ShardFill::copy(std::string_view key, std::string_view value) { impl_->put(key, value); }

void ShardFill::drop(std::string_view key, std::string_view value) {
  subtract(impl_->view->digest, entry_hash(impl_->view->name, key, value));
}

ShardState ShardFill::finish(ShardState state) {
  for (const auto& [view, filled] : impl_->views) state.digests[filled.name] = filled.digest;
  impl_->end_view();
  std::map<std::string, TreeRecord> trees{{kMetaName, impl_->write_meta(state)}};
  for (const auto& [view, filled] : impl_->views) trees[filled.name] = filled.tree;
  write_databases(trees, impl_->file);
  return state;
}

}  // namespace ledger::store
