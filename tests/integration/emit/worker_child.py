"""A worker that keeps `ledger-emit send` as a child: sends events one by one and waits for each result.

Usage: worker_child.py LEDGER_EMIT BROKERS TOPIC COUNT; prints the last position."""

import json
import subprocess
import sys

emit, brokers, topic, count = sys.argv[1:]
child = subprocess.Popen(
    [emit, "send", "--brokers", brokers, "--topic", topic, "--source", "worker/1", "--actor", "service:py", "-q"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

position = None
for number in range(1, int(count) + 1):
    event = {"playRecorded": {"userId": "u", "contentAudioId": "a", "contentId": "c", "contentType": "article"}}
    child.stdin.write(json.dumps(event) + "\n")
    result = json.loads(child.stdout.readline())
    assert result["line"] == number, result
    position = result["position"]
child.stdin.close()
assert child.wait() == 0
print(position)
