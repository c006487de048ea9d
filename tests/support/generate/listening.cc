#include "tests/support/generate/listening.h"

#include <algorithm>

namespace ledger::generate {

namespace {

constexpr double kHour = 3'600'000;
// Listeners by hour of the day, UTC; most live at UTC+7.
constexpr uint64_t kByHour[24] = {6,  7,  8,  8,  9, 10, 9, 8, 8, 9, 10, 12,
                                  14, 15, 13, 10, 6, 3,  2, 1, 1, 2, 4,  5};
constexpr double kPlayed = 0.7;          // of the visits to a completed audio
constexpr double kFavouriteVoice = 0.9;  // a listener's usual voice
constexpr double kGone = 0.002;          // a player that still holds a deleted audio

}  // namespace

PlayTimes::PlayTimes(const Changes& changes, uint64_t count, uint64_t seed)
    : first_(changes.all.front().time), count_(count), random_(seed) {
  const double end = changes.all.back().time + kHour;
  size_t at = 0;
  uint64_t live = 0;
  for (double hour = first_; hour < end; hour += kHour) {
    for (; at < changes.all.size() && changes.all[at].time < hour + kHour; ++at) {
      if (changes.all[at].kind == ChangeKind::kCreated) ++live;
      if (changes.all[at].kind == ChangeKind::kDeleted) --live;
    }
    const auto of_day = static_cast<uint64_t>(hour / kHour) % 24;
    const uint64_t before = weight_to_.empty() ? 0 : weight_to_.back();
    weight_to_.push_back(before + live * kByHour[of_day]);
  }
  if (weight_to_.back() == 0) weight_to_.back() = 1;
}

std::optional<double> PlayTimes::next() {
  const auto target = [this] {  // plays up to the end of hour_
    const double share =
        static_cast<double>(weight_to_[hour_]) / static_cast<double>(weight_to_.back());
    return hour_ + 1 == weight_to_.size()
               ? count_
               : std::min(count_, static_cast<uint64_t>(share * static_cast<double>(count_)));
  };
  while (done_before_ + in_hour_ >= target()) {
    if (hour_ + 1 == weight_to_.size()) return std::nullopt;
    done_before_ += in_hour_;
    in_hour_ = 0;
    ++hour_;
  }
  // One play in each equal part of the hour: in order without sorting.
  const double part = kHour / static_cast<double>(target() - done_before_);
  const double offset = (static_cast<double>(in_hour_++) + random_.unit()) * part;
  return first_ + static_cast<double>(hour_) * kHour +
         static_cast<double>(static_cast<uint64_t>(offset));
}

Listening::Listening(const Changes& changes, uint32_t voices, uint32_t users, uint64_t seed)
    : changes_(changes),
      voices_(voices),
      random_(mix(seed + 1)),
      users_(zipf_weights(users, kUserExponent)),
      contents_(changes.content_ids.size()),
      completed_(contents_.size() * voices) {
  // Popularity has nothing to do with age: ranks are dealt out at random.
  std::vector<double> weights = zipf_weights(contents_.size(), kContentExponent);
  for (size_t left = weights.size(); left > 0; --left) {
    const uint32_t pick = random_.below(static_cast<uint32_t>(left));
    contents_[left - 1].weight = weights[pick];
    weights[pick] = weights[left - 1];
  }
}

void Listening::apply(const Entry& entry) {
  const uint32_t content = changes_.all[entry.change].content;
  uint8_t* completed = &completed_[size_t{content} * voices_];
  switch (entry.kind) {
    case EntryKind::kCreated:
    case EntryKind::kDeleted: {
      const bool created = entry.kind == EntryKind::kCreated;
      if (!created && contents_[content].change != kNoChange) gone_.push_back(entry.change);
      contents_[content].change = created ? entry.change : kNoChange;
      completed[entry.voice] = 0;
      choice_.reset();
      break;
    }
    case EntryKind::kChanged:
      contents_[content].change = entry.change;
      std::fill(completed, completed + voices_, uint8_t{0});
      break;
    case EntryKind::kStatus:
      if (!entry.stale) completed[entry.voice] = entry.status == record::Status::kCompleted;
      break;
  }
}

Listener Listening::draw() {
  if (!choice_) refresh();
  Listener listener;
  listener.user = users_.draw(random_);
  const bool usual = random_.chance(kFavouriteVoice);
  listener.voice =
      static_cast<uint8_t>(usual ? mix(listener.user) % voices_ : random_.below(voices_));
  if (live_.empty() || (!gone_.empty() && random_.chance(kGone))) {
    listener.change = gone_[random_.below(static_cast<uint32_t>(gone_.size()))];
    listener.played = true;
    return listener;
  }
  const uint32_t content = live_[choice_->draw(random_)];
  listener.change = contents_[content].change;
  const bool ready = completed_[size_t{content} * voices_ + listener.voice] != 0;
  listener.played = ready && random_.chance(kPlayed);
  return listener;
}

void Listening::refresh() {
  live_.clear();
  std::vector<double> weights;
  for (uint32_t i = 0; i < contents_.size(); ++i) {
    if (contents_[i].change == kNoChange) continue;
    live_.push_back(i);
    weights.push_back(contents_[i].weight);
  }
  choice_.emplace(live_.empty() ? std::vector<double>{1} : weights);
}

}  // namespace ledger::generate
