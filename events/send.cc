// ledger-emit send: lines in, events to the log.
#include <array>
#include <cstdio>

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>

#include "events/commands.h"
#include "events/log/genesis.h"
#include "events/sender.h"
#include "schemas/base/error.h"
#include "schemas/options/output.h"

namespace ledger::events {

namespace {

constexpr std::chrono::minutes kSettingsPeriod{10};
// Batches of some 100 KiB come and go, here and in librdkafka: their memory is kept by the malloc
// of each thread, not given to the kernel and taken from it again each time.
constexpr int kKeptFreeBytes = 64 * 1024 * 1024;
constexpr int kMappedBlockBytes = 4 * 1024 * 1024;
constexpr int kReaderGraceMs = 5000;  // for a reader of stdout, after a signal

// The last line on stderr: the position that all acknowledged lines are before.
// Throws: nothing of the brokers: what became of the lines is known by now, and is the exit code.
void print_position(const Sender& sender, log::Client& client, bool quiet) {
  if (quiet) return;
  PositionVector positions = sender.positions();
  try {
    for (const auto& [partition, unused] : sender.unknown_positions()) {
      positions[partition] = client.watermarks(partition).high;
    }
  } catch (const Error& error) {
    options::say(
        fmt::format("{}: lines were confirmed without offset; their position is not known: {}\n",
                    kProgram, options::printable(error.what())));
  }
  if (!positions.empty()) options::say(fmt::format("{}\n", to_text(positions)));
}

// A reader of stdout that does not read must not keep a signal from ending the program; one that is
// late (a parent that signals its child and then reads the rest) still gets every line.
class StdoutReader {
 public:
  explicit StdoutReader(const options::Interrupt& interrupt) : interrupt_(interrupt) {}

  // Throws: Error when a signal came and the reader takes nothing.
  void wait() {
    std::array<pollfd, 2> fds = {pollfd{1, POLLOUT, 0}, pollfd{interrupt_.fd(), POLLIN, 0}};
    poll(fds.data(), fds.size(), -1);
    if (fds[0].revents != 0) return;
    left_ = left_ || poll(fds.data(), 1, kReaderGraceMs) == 0;
    if (left_) throw Error(interrupt_.fault(), "interrupted, and nothing reads stdout");
  }

 private:
  const options::Interrupt& interrupt_;
  bool left_ = false;  // counts as gone: it is waited for once
};

}  // namespace

Fault run_send(const options::Parsed& parsed) {
  mallopt(M_TRIM_THRESHOLD, kKeptFreeBytes);
  mallopt(M_MMAP_THRESHOLD, kMappedBlockBytes);
  const log::Connection connection = log::connection_from(parsed);
  SenderOptions options;
  options.queue_bytes = parsed.size("queue");
  if (options.queue_bytes == 0) throw Error(Fault::kUsage, "--queue: give 1 byte or more");
  options.lines.skip_invalid = parsed.flag("skip-invalid");
  options.lines.defaults = line_defaults(parsed);
  LineReader input(open_input(input_file(parsed)));

  const options::Interrupt interrupt;  // before librdkafka starts threads
  log::Patience patience(kProgram, interrupt, parsed.quiet(), give_up_after(parsed));
  log::Client client(connection, patience.retry());
  const log::Genesis genesis = log::read_genesis(client);
  options.lines.partition_count = genesis.partition_count;
  std::optional<EphemeralBudget> budget;
  if (genesis.ephemeral) {
    budget.emplace(connection, patience.retry(), genesis.partition_count);
  } else {
    check_topic_settings(client, parsed.quiet());
  }
  patience.progressed();

  Producer producer(connection);
  StdoutReader reader(interrupt);
  options::Output output(1, [&reader] { reader.wait(); });
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
    options::say(fmt::format("{}: {}\n", kProgram, options::printable(error.what())));
    fault = error.fault();
  }
  if (fault == Fault::kInvalidInput) {
    options::say(fmt::format(
        "{}: {} of the lines invalid, the first is line {}; its result line says why{}\n", kProgram,
        sender.invalid_lines(), sender.first_invalid_line(),
        options.lines.skip_invalid ? "" : "; nothing from there on was sent (see --skip-invalid)"));
  }
  print_position(sender, client, parsed.quiet());
  return fault;
}

}  // namespace ledger::events
