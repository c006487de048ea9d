// A worker that keeps `ledger-emit send` as a child: many events under way at once, each promise settled by its
// result line.
// Usage: node worker_child.mjs LEDGER_EMIT BROKERS TOPIC COUNT; prints the last position.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [emit, brokers, topic, count] = process.argv.slice(2);
const child = spawn(
  emit,
  ["send", "--brokers", brokers, "--topic", topic, "--source", "worker/1", "--actor", "service:node", "-q"],
  { stdio: ["pipe", "pipe", "inherit"] },
);

const waiting = [];
createInterface({ input: child.stdout }).on("line", (line) => {
  const result = JSON.parse(line);
  const settle = waiting.shift();
  result.error ? settle.reject(new Error(line)) : settle.resolve(result);
});

function send(event) {
  return new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    child.stdin.write(JSON.stringify(event) + "\n");
  });
}

const play = { userId: "u", contentAudioId: "a", contentId: "c", contentType: "article" };
const results = await Promise.all(Array.from({ length: Number(count) }, () => send({ playRecorded: play })));
const code = new Promise((resolve) => child.on("close", resolve));
child.stdin.end();
if ((await code) !== 0) throw new Error("ledger-emit failed");
results.forEach((result, i) => {
  if (result.line !== i + 1) throw new Error(`line ${result.line} at ${i + 1}`);
});
console.log(results.at(-1).position);
