// Workload W: what every figure is measured on.
#include "tests/support/generate/event_text.h"
#include "tests/support/generate/listening.h"
#include "tests/support/generate/stream.h"

namespace ledger::generate {

namespace {

using record::Status;

constexpr uint32_t kContents = 50'000;
constexpr uint32_t kVoices = 2;
constexpr uint64_t kWarmUp = 1'000;  // lifecycle alone, so that there is something to play
constexpr double kLifecycle = 0.03;
constexpr double kCreates = 0.22;   // of the lifecycle
constexpr double kAdvances = 0.68;  // of the lifecycle; the rest are content changes
constexpr double kFails = 0.05;
constexpr double kUsualVoice = 0.8;
constexpr double kStart = 1'770'000'000'000;
constexpr double kWords = 800;

class WorkloadW : public EventStream {
 public:
  explicit WorkloadW(const Settings& settings);
  bool next(event::Event& event) override;

 private:
  // Audio a is voice a % kVoices of content a / kVoices.
  struct Audio {
    Status status = Status::kPending;
    uint8_t attempt = 1;
  };
  void fill_lifecycle(event::Event& event);
  void fill_created(event::Event& event);
  void fill_status(event::Event& event, size_t open);
  void fill_changed(event::Event& event);
  void fill_play(event::Event& event);
  Status advance(Status status);
  std::string_view content(uint32_t number);
  std::string_view hash(uint32_t number);
  record::ContentType type(uint32_t number) const {
    return number % 2 == 0 ? record::ContentType::kArticle : record::ContentType::kSubject;
  }

  uint64_t seed_;
  uint64_t left_;
  uint64_t made_ = 0;
  double time_;
  EventText text_;
  Random random_;
  WeightedChoice users_;
  WeightedChoice popularity_;
  std::vector<Audio> audios_;
  std::vector<uint32_t> open_;           // audios that are not completed
  std::vector<uint32_t> hash_versions_;  // by content
  std::vector<std::string> voices_;
  std::vector<Id> contents_;
  std::array<char, 64> hash_{};
};

WorkloadW::WorkloadW(const Settings& settings)
    : seed_(settings.seed),
      left_(settings.events.value_or(UINT64_MAX)),
      time_(settings.start.value_or(kStart)),
      text_(settings.seed),
      random_(mix(settings.seed + 2)),
      users_(zipf_weights(settings.users, kUserExponent)),
      popularity_(zipf_weights(kContents, kContentExponent)) {
  for (uint32_t i = 0; i < kVoices; ++i) voices_.push_back(make_voice_id(i));
  for (uint32_t i = 0; i < kContents; ++i) {
    contents_.push_back(make_id(seed_, IdKind::kContent, i));
  }
}

bool WorkloadW::next(event::Event& event) {
  if (left_ == 0) return false;
  --left_;
  time_ += random_.below(20);
  text_.begin(event, time_, kSyntheticSource);
  if (made_++ < kWarmUp || random_.chance(kLifecycle)) {
    fill_lifecycle(event);
  } else {
    fill_play(event);
  }
  return true;
}

void WorkloadW::fill_lifecycle(event::Event& event) {
  const double draw = random_.unit();
  const bool full = audios_.size() == size_t{kContents} * kVoices;
  if (!full && (audios_.empty() || draw < kCreates)) {
    fill_created(event);
  } else if (!open_.empty() && draw < kCreates + kAdvances) {
    fill_status(event, random_.below(static_cast<uint32_t>(open_.size())));
  } else {
    fill_changed(event);
  }
}

void WorkloadW::fill_created(event::Event& event) {
  const auto audio = static_cast<uint32_t>(audios_.size());
  const uint32_t number = audio / kVoices;
  audios_.emplace_back();
  open_.push_back(audio);
  hash_versions_.resize(number + 1);
  event.actor = {event::ActorKind::kService, "content-sync"};
  event.payload = event::AudioCreated{text_.audio(audio),
                                      content(number),
                                      type(number),
                                      number % 3 == 0 ? record::Locale::kId : record::Locale::kEn,
                                      hash(number),
                                      voices_[audio % kVoices],
                                      {}};
}

void WorkloadW::fill_status(event::Event& event, size_t open) {
  const uint32_t number = open_[open];
  Audio& audio = audios_[number];
  if (audio.status == Status::kFailed) ++audio.attempt;
  audio.status = advance(audio.status);
  if (audio.status == Status::kCompleted) {
    open_[open] = open_.back();
    open_.pop_back();
  }
  event::StatusChanged changed;
  changed.content_audio_id = text_.audio(number);
  changed.content_id = content(number / kVoices);
  changed.content_hash = hash(number / kVoices);
  changed.status = audio.status;
  const uint64_t work =
      (uint64_t{number} << 24 | hash_versions_[number / kVoices]) << 8 | audio.attempt;
  text_.status(event, changed, work, kWords);
}

Status WorkloadW::advance(Status status) {
  switch (status) {
    case Status::kGeneratingScript:
      return Status::kGeneratingSpeech;
    case Status::kGeneratingSpeech:
      return random_.chance(kFails) ? Status::kFailed : Status::kCompleted;
    default:
      return Status::kGeneratingScript;
  }
}

void WorkloadW::fill_changed(event::Event& event) {
  const uint32_t number = random_.below(static_cast<uint32_t>(hash_versions_.size()));
  ++hash_versions_[number];
  for (uint32_t audio = number * kVoices; audio < (number + 1) * kVoices; ++audio) {
    if (audio >= audios_.size()) break;
    if (audios_[audio].status == Status::kCompleted) open_.push_back(audio);
    audios_[audio] = {};
  }
  event.actor = {event::ActorKind::kService, "content-sync"};
  event.payload = event::ContentChanged{content(number), type(number), hash(number)};
}

void WorkloadW::fill_play(event::Event& event) {
  uint32_t number = popularity_.draw(random_);
  while (number >= hash_versions_.size()) number = popularity_.draw(random_);
  const uint32_t user = users_.draw(random_);
  const uint32_t voice = random_.chance(kUsualVoice) ? user % kVoices : random_.below(kVoices);
  uint32_t audio = number * kVoices + voice;
  if (audio >= audios_.size()) audio = number * kVoices;
  const event::Listened listened{text_.user(user), text_.audio(audio), content(number),
                                 type(number)};
  event.actor = {event::ActorKind::kUser, listened.user_id};
  event.payload = event::PlayRecorded{listened};
}

std::string_view WorkloadW::content(uint32_t number) { return view(contents_[number]); }

std::string_view WorkloadW::hash(uint32_t number) {
  hash_ = make_hash(seed_, uint64_t{number} << 32 | hash_versions_[number]);
  return view(hash_);
}

}  // namespace

std::unique_ptr<EventStream> open_workload_w(const Settings& settings) {
  return std::make_unique<WorkloadW>(settings);
}

}  // namespace ledger::generate
