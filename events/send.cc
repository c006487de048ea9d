// ledger-emit send: lines in, events to the log.
#include <array>
#include <cstdio>

#include <fmt/format.h>
#include <poll.h>

#include "events/commands.h"
#include "events/log/genesis.h"
#include "events/sender.h"
#include "schemas/base/error.h"

namespace ledger::events {

namespace {

constexpr std::chrono::minutes kSettingsPeriod{10};

// The last line on stderr: the position that all acknowledged lines are before.
void print_position(const Sender& sender, log::Client& client, bool quiet) {
  PositionVector positions = sender.positions();
  if (quiet) return;
  for (const auto& [partition, unused] : sender.unknown_positions()) {
    positions[partition] = client.watermarks(partition).high;
  }
  if (!positions.empty()) fmt::print(stderr, "{}\n", to_text(positions));
}

// A reader of stdout that does not read must not keep a signal from ending the program.
void wait_for_reader(const options::Interrupt& interrupt) {
  std::array<pollfd, 2> fds = {pollfd{1, POLLOUT, 0}, pollfd{interrupt.fd(), POLLIN, 0}};
  poll(fds.data(), fds.size(), -1);
  if (fds[0].revents == 0) throw Error(interrupt.fault(), "interrupted");
}

}  // namespace

Fault run_send(const options::Parsed& parsed) {
  const log::Connection connection = log::connection_from(parsed);
  SenderOptions options;
  options.queue_bytes = parsed.size("queue");
  if (options.queue_bytes == 0) throw Error(Fault::kUsage, "--queue: give 1 byte or more");
  options.skip_invalid = parsed.flag("skip-invalid");
  options.defaults = line_defaults(parsed);
  LineReader input(open_input(input_file(parsed)));

  const options::Interrupt interrupt;  // before librdkafka starts threads
  log::Patience patience(kProgram, interrupt, parsed.quiet(), give_up_after(parsed));
  log::Client client(connection, patience.retry());
  const log::Genesis genesis = log::read_genesis(client);
  options.partition_count = genesis.partition_count;
  std::optional<EphemeralBudget> budget;
  if (genesis.ephemeral) {
    budget.emplace(connection, patience.retry(), genesis.partition_count);
  } else {
    check_topic_settings(client, parsed.quiet());
  }
  patience.progressed();

  Producer producer(connection);
  options::Output output(1, [&interrupt] { wait_for_reader(interrupt); });
  options::Progress progress(kProgram, "lines", parsed.quiet());
  Sender sender(options, input, producer, output, patience, interrupt, progress);
  if (budget) {
    sender.limit_to(*budget);
  } else {
    sender.check_every(kSettingsPeriod, [&] { check_topic_settings(client, parsed.quiet()); });
  }
  Fault fault = Fault::kNone;
  try {
    fault = sender.send_all();
  } catch (const Error& error) {
    fmt::print(stderr, "{}: {}\n", kProgram, error.what());
    fault = error.fault();
  }
  if (fault == Fault::kInvalidInput) {
    fmt::print(stderr,
               "{}: {} of the lines invalid, the first is line {}; its result line says why{}\n",
               kProgram, sender.invalid_lines(), sender.first_invalid_line(),
               options.skip_invalid ? "" : "; nothing from there on was sent (see --skip-invalid)");
  }
  print_position(sender, client, parsed.quiet());
  return fault;
}

}  // namespace ledger::events
