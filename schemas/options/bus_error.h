// A mapped file that is cut short or that the disk cannot read: SIGBUS, LMDB has no other way to
// say so.
#pragma once

namespace ledger::options {

// From now on SIGBUS ends the program with kIntegrity and one line on stderr: which file, and what
// mends it. One that is not of a file of the views is left to the system: a bug, which dumps core.
void explain_bus_errors();

}  // namespace ledger::options
