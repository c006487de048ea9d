// A small library of audios and plays, with what the tables must hold computed beside the lines.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/query/world.h"

namespace ledger::test {

struct AudioFacts {
  std::string id;
  std::string content;
  std::string voice;
  std::string status;
  int64_t created = 0;
  int64_t updated = 0;
  int attempts = 0;
};

struct ListenFacts {
  std::string user;
  std::string content;
  std::string audio;
  int64_t created = 0;
  int64_t updated = 0;
  int64_t last_played = 0;  // 0: only accessed
  int plays = 0;
};

// 24 audios of 12 contents in all statuses; 300 accesses and plays by 7 users. Each event has a
// time of its own, so that no order hangs on ids.
struct Library {
  explicit Library(EventLines& lines);

  std::vector<std::string> events;
  std::vector<AudioFacts> audios;  // by time of creation
  std::vector<ListenFacts> listens;

  std::vector<AudioFacts> audios_with(const std::string& status) const;  // by time of creation
  std::vector<ListenFacts> listens_of(const std::string& user) const;

 private:
  void make_audio(EventLines& lines, int number);
  void make_listens(EventLines& lines);
  int64_t tick() { return now_ += 10; }
  int64_t now_ = kT0;
};

// A world that holds a library already.
class LibraryWorld : public World {
 protected:
  explicit LibraryWorld(const testing::ViewsSetup& setup = {}) : World(setup) {
    views().add_all(joined(library.events));
    views().commit();
  }
  Library library{lines};
};

}  // namespace ledger::test
