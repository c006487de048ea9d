// Real changes, jobs and plays, merged by time.
#include "tests/support/generate/event_text.h"
#include "tests/support/generate/listening.h"
#include "tests/support/generate/stream.h"

namespace ledger::generate {

namespace {

constexpr std::string_view kContentService = "content-sync";

// Workers of the same job write the same text; voice and life keep ids apart.
uint64_t audio_number(const Change& change, uint8_t voice) {
  return (uint64_t{change.content} * kVoicesMax + voice) << 16 | change.life;
}

class Recorded : public EventStream {
 public:
  explicit Recorded(const Settings& settings);
  bool next(event::Event& event) override;

 private:
  void fill_change(event::Event& event, const Entry& entry);
  void fill_status(event::Event& event, const Entry& entry);
  void fill_play(event::Event& event, double time);

  Changes changes_;
  std::vector<std::string> voices_;
  std::vector<Entry> timeline_;
  uint64_t left_;
  EventText text_;
  Listening listening_;
  PlayTimes play_times_;
  std::optional<double> play_;  // when the next play happens
  size_t at_ = 0;               // in timeline_
};

uint64_t plays_of(const Settings& settings, size_t timeline) {
  const bool none = settings.real_only || !settings.events || *settings.events <= timeline;
  return none ? 0 : *settings.events - timeline;
}

Recorded::Recorded(const Settings& settings)
    : changes_(read_changes(settings.input, settings.changes, settings.start)),
      timeline_(make_timeline(changes_, settings.voices, !settings.real_only, settings.seed)),
      left_(settings.events.value_or(timeline_.size())),
      text_(settings.seed),
      listening_(changes_, settings.voices, settings.users, settings.seed),
      play_times_(changes_, plays_of(settings, timeline_.size()), settings.seed),
      play_(play_times_.next()) {
  for (uint32_t i = 0; i < settings.voices; ++i) voices_.push_back(make_voice_id(i));
}

bool Recorded::next(event::Event& event) {
  const bool entries = at_ < timeline_.size();
  if (left_ == 0 || (!entries && !play_)) return false;
  --left_;
  if (play_ && (!entries || *play_ < timeline_[at_].time)) {
    fill_play(event, *play_);
    play_ = play_times_.next();
    return true;
  }
  const Entry& entry = timeline_[at_++];
  if (entry.kind == EntryKind::kStatus) {
    fill_status(event, entry);
  } else {
    fill_change(event, entry);
  }
  listening_.apply(entry);
  return true;
}

void Recorded::fill_change(event::Event& event, const Entry& entry) {
  const Change& change = changes_.all[entry.change];
  const std::string& content_id = changes_.content_ids[change.content];
  text_.begin(event, entry.time, kRealSource);
  event.actor = {event::ActorKind::kService, kContentService};
  if (entry.kind == EntryKind::kChanged) {
    event.payload = event::ContentChanged{content_id, change.content_type, change.hash};
    return;
  }
  const std::string_view audio_id = text_.audio(audio_number(change, entry.voice));
  if (entry.kind == EntryKind::kDeleted) {
    event.payload = event::AudioDeleted{audio_id, content_id};
    return;
  }
  event::AudioCreated created{
      audio_id, content_id, change.content_type, change.locale, change.hash, voices_[entry.voice],
      {}};
  if (entry.voice == 0) created.voice_settings = record::VoiceSettings{0.5, 0.75, {}};
  event.payload = created;
}

void Recorded::fill_status(event::Event& event, const Entry& entry) {
  const Change& change = changes_.all[entry.change];
  text_.begin(event, entry.time, kSyntheticSource);
  event::StatusChanged changed;
  changed.content_audio_id = text_.audio(audio_number(change, entry.voice));
  changed.content_id = changes_.content_ids[change.content];
  changed.content_hash = change.hash;
  changed.status = entry.status;
  const uint64_t work = (uint64_t{entry.change} * kVoicesMax + entry.voice) << 8 | entry.attempt;
  text_.status(event, changed, work, change.words);
}

void Recorded::fill_play(event::Event& event, double time) {
  const Listener listener = listening_.draw();
  const Change& change = changes_.all[listener.change];
  text_.begin(event, time, kSyntheticSource);
  const event::Listened listened{text_.user(listener.user),
                                 text_.audio(audio_number(change, listener.voice)),
                                 changes_.content_ids[change.content], change.content_type};
  event.actor = {event::ActorKind::kUser, listened.user_id};
  if (listener.played) {
    event.payload = event::PlayRecorded{listened};
  } else {
    event.payload = event::AccessRecorded{listened};
  }
}

}  // namespace

std::unique_ptr<EventStream> open_recorded(const Settings& settings) {
  return std::make_unique<Recorded>(settings);
}

}  // namespace ledger::generate
