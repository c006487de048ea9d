# The two brokers of ops/demo. Each start sets address; its topic is a ledger afterwards.
# Uses: root, work, keep, steps.sh.

address=
broker=     # pid of the embedded one
kafka_dir=  # of real Kafka

start_embedded() {
  local begin=$EPOCHREALTIME
  set -m  # a group of its own: Ctrl-C is meant for the demo
  ledger-broker --ready-file "$work/address" >/dev/null 2>"$work/broker.log" &
  broker=$!
  set +m
  until [ -s "$work/address" ]; do
    kill -0 "$broker" 2>/dev/null || { cat "$work/broker.log" >&2; fail 5 "the embedded broker did not start"; }
    sleep 0.02
  done
  address=$(cat "$work/address")
  printf '  %-72s %s\n' "embedded broker at $address: in memory, 16 partitions" "$(elapsed "$begin")"
}

start_kafka() {
  kafka_dir=$work/kafka
  step "Apache Kafka (fetched once from Maven Central)" kafka_start
  address=$(cat "$work/address")
  step "ledger-emit init --partitions 2, at $address" ledger-emit init --brokers "$address" --partitions 2
}
kafka_start() { exec "$root/ops/kafka" start "$kafka_dir" >"$work/address"; }

stop_broker() {
  if [ -n "$broker" ]; then
    end_group "$broker"
    broker=
  fi
  if [ -n "$kafka_dir" ] && [ -d "$kafka_dir" ]; then
    # In order only where its data stays.
    "$root/ops/kafka" "$([ -n "$keep" ] && echo stop || echo kill)" "$kafka_dir" || true
  fi
}
