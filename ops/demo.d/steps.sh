# Steps of ops/demo: what it says, and children that Ctrl-C ends at once and whole.
# Uses: work, the directory of this run; keep, empty if it goes at the end; stop_broker.

child=   # process group of the step at work
ticker=  # what counts its seconds on a terminal
bold= plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; fi

fail() { local code=$1; shift; echo "ops/demo: $*" >&2; exit "$code"; }
heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# elapsed SINCE: seconds since that $EPOCHREALTIME.
elapsed() {
  local us=$((${EPOCHREALTIME/./} - ${1/./}))
  printf '%d.%02d s' $((us / 1000000)) $((us / 10000 % 100))
}

grouped() { printf "%d" "$1" | sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta'; }

# await COMMAND...: a shell that waits for a foreground child takes no signal until it ends; one in `wait` does. The
# child leads a process group, so that its own children end with it.
await() {
  local code=0
  set -m
  "$@" &
  child=$!
  set +m
  wait "$child" 2>/dev/null || code=$?
  child=
  return "$code"
}

# step TEXT COMMAND...: says TEXT and how long it took. What the command prints is shown only if it fails (with its code).
step() {
  local text=$1 begin=$EPOCHREALTIME code=0
  shift
  [ -t 1 ] && start_ticker "$text"
  await "$@" >"$work/step.log" 2>&1 || code=$?
  stop_ticker
  if [ "$code" -ne 0 ]; then
    tail -n 20 "$work/step.log" >&2
    fail "$code" "failed: $text"
  fi
  printf '  %-72s %s\n' "$text" "$(elapsed "$begin")"
}

# Counts the seconds, and the pieces of a build.
start_ticker() {
  local seconds pieces
  printf '  %s …' "$1"
  for ((seconds = 1; ; ++seconds)); do
    sleep 1
    pieces=$(grep -o '^\[[0-9]*/[0-9]*\]' "$work/step.log" | tail -n 1) || true
    printf '\r\e[K  %s … %d s %s' "$1" "$seconds" "$pieces"
  done 2>/dev/null &
  ticker=$!
}

stop_ticker() {
  [ -n "$ticker" ] || return 0
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  ticker=
  printf '\r\e[K'
}

# end_group PID: SIGTERM to the process group, SIGKILL after 10 s. Polls: `wait` in a trap that interrupted a `wait` can
# block for ever on a child that is gone.
end_group() {
  kill -TERM -- "-$1" 2>/dev/null || return 0
  for _ in {1..500}; do
    kill -0 -- "-$1" 2>/dev/null || return 0
    sleep 0.02
  done
  kill -KILL -- "-$1" 2>/dev/null || true
}

# Ends what runs and removes what was made, whatever the end is.
clean() {
  local code=$?
  trap - EXIT
  trap '' INT TERM HUP
  [ -z "$ticker" ] || kill "$ticker" 2>/dev/null || true
  [ -z "$child" ] || end_group "$child"
  stop_broker
  [ -n "$keep" ] || rm -rf "$work"
  exit "$code"
}

clean_at_end() {
  trap clean EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
