// A producer of its own project: one JSON line to the ledger; prints partition:offset.
//   producer BROKERS TOPIC LINE
#include <chrono>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <variant>

#include "events/log/client.h"
#include "events/log/genesis.h"
#include "events/producer.h"
#include "schemas/event/codec.h"
#include "schemas/event/json.h"
#include "schemas/event/partition.h"

int main(int, char** argv) try {
  const ledger::log::Connection connection{argv[1], argv[2], {}};
  const ledger::log::Retry give_up = [](const std::string& why) { throw std::runtime_error(why); };
  ledger::log::Client client(connection, give_up);
  const ledger::log::Genesis genesis = ledger::log::read_genesis(client);

  ledger::event::LineParser parser({});
  const auto parsed = parser.parse(argv[3], 1'790'000'000'000.0);
  if (const auto* wrong = std::get_if<ledger::event::LineError>(&parsed)) {
    throw std::runtime_error(wrong->field + ": " + wrong->reason);
  }
  const auto& event = std::get<ledger::event::Event>(parsed);
  const std::string key(ledger::event::content_id(event.payload));
  std::string value;
  ledger::event::encode(event, value);

  ledger::events::Producer producer(connection);
  producer.send(ledger::event::partition_of(key, genesis.partition_count), key, value);
  for (;;) {
    producer.poll();
    if (producer.failure()) throw std::runtime_error(producer.failure()->what());
    if (const auto acknowledged = producer.take()) {
      std::cout << raw(acknowledged->partition) << ':' << raw(acknowledged->offset.value()) << '\n';
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
