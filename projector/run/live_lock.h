// writer.lock as `run` has it: let go for a rebuild that asks, taken again when that has published
// or ended.
#pragma once

#include <functional>
#include <memory>

#include "schemas/options/interrupt.h"
#include "schemas/store/directory.h"

namespace ledger::run {

class LiveLock {
 public:
  // Takes it. Throws: Error{kUnavailable} when another projector has it.
  // Lifetime: the directory outlives it.
  explicit LiveLock(const store::ViewDirectory& directory);

  // Whether a rebuild asks for it. Removes the question of one that died.
  bool asked() const;
  // Lets go, waits for the rebuild, takes it again. `tick` is called now and then.
  // Precondition: nothing of the live generation is open.
  // Throws: Error{kUnavailable} when another projector took it; kInterrupted, kTerminated.
  void hand_over(const options::Interrupt& interrupt, const std::function<void()>& tick);

 private:
  void taken() const;

  const store::ViewDirectory& directory_;
  std::unique_ptr<store::FileLock> lock_;
};

}  // namespace ledger::run
