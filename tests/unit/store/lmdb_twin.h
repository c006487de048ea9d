// The same databases in two environments, one written by LMDB alone and one page by page, and what
// has to be alike in them.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace ledger::store {

using Entries = std::map<std::string, std::string>;
using Databases = std::map<std::string, Entries>;  // by name

void write_by_lmdb(const std::filesystem::path& path, const Databases& databases);
void write_by_pages(const std::filesystem::path& path, const Databases& databases);

// Fails the test unless LMDB finds in both what `databases` has, the one written by pages in as
// many leaves and no more branches, and no page of that one is lost or used twice.
void expect_alike(const std::filesystem::path& by_lmdb, const std::filesystem::path& by_pages,
                  const Databases& databases);

// Puts and erases entries of `entries` by LMDB, `count` of them in transactions of many, and then
// expects to find them so, forwards, backwards and by key.
void change(const std::filesystem::path& path, const std::string& name, Entries& entries,
            uint64_t seed, int count);

}  // namespace ledger::store
