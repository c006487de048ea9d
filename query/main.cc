// ledger-query: answers from the views.
#include "query/commands/commands.h"

int main(int argc, char** argv) {
  return ledger::options::run_main(ledger::query::query_program(), argc, argv);
}
