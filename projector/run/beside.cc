#include "projector/run/beside.h"

#include <utility>

namespace ledger::run {

namespace {
constexpr std::chrono::milliseconds kPatience{500};
}  // namespace

Beside::Beside(const log::Connection& connection, std::string views, std::function<bool()> stopping)
    : connection_(connection), views_(std::move(views)), stopping_(std::move(stopping)) {}

consumer::LogProbe& Beside::made(std::optional<consumer::LogProbe>& probe) {
  if (!probe) probe.emplace(connection_, kPatience, stopping_);
  return *probe;
}

LogWatch::Questions Beside::watched(const std::vector<std::unique_ptr<Feed>>& feeds,
                                    bool ephemeral) {
  std::vector<Partition> partitions;
  for (const auto& feed : feeds) partitions.push_back(feed->partition());
  LogWatch::Questions questions;
  questions.ends = [this, partitions] { return made(watching_).ends(partitions); };
  // The broker of an ephemeral ledger knows no such request.
  if (!ephemeral) questions.settings = [this] { return made(watching_).check_settings(); };
  return questions;
}

Comparing::Question Beside::compared() {
  return [this](const std::vector<consumer::Held>& held) {
    return consumer::Guards(made(comparing_), connection_.topic, views_).differing(held);
  };
}

}  // namespace ledger::run
