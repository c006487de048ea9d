// One function per command of ledger-query; each returns the exit code.
#pragma once

#include "schemas/base/error.h"
#include "schemas/options/options.h"

namespace ledger::query {

Fault run_get(const options::Parsed& parsed);
Fault run_find(const options::Parsed& parsed);
Fault run_count(const options::Parsed& parsed);
Fault run_history(const options::Parsed& parsed);
Fault run_event(const options::Parsed& parsed);
Fault run_events(const options::Parsed& parsed);
Fault run_anomalies(const options::Parsed& parsed);
Fault run_quarantine(const options::Parsed& parsed);
Fault run_digest(const options::Parsed& parsed);
Fault run_indexes(const options::Parsed& parsed);
Fault run_status(const options::Parsed& parsed);

// The codes that `anomalies` takes; those that quarantine are listed by `quarantine`.
std::vector<std::string> anomaly_codes();

// The program as data: commands, options, examples.
options::Program query_program();

}  // namespace ledger::query
