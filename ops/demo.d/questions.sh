# The six questions of ops/demo, each with the command that answers it.
# Uses: work, noted, steps.sh. Keeps the commands in questions.tsv, so that a test can ask them too.

# Whom to ask about: an audio whose job failed at some time and whose content is among the last to change, and whoever
# played last.
pick() {
  grep -F '"contentChanged"' "$work/after.ndjson" | jq -r '.contentChanged.contentId' | sort -u >"$work/changed"
  audio=$(grep -F '"status":"failed"' "$work/before.ndjson" | grep -Ff "$work/changed" | tail -n 1 |
    jq -r '.statusChanged.contentAudioId') || true
  user=$(grep -F '"playRecorded"' "$work/before.ndjson" | tail -n 1 | jq -r '.playRecorded.userId') || true
  if [ -z "$audio" ] || [ -z "$user" ]; then fail 70 "the input has no failed job or no play to ask about"; fi
  printf '{"audio":"%s","user":"%s","noted":"%s"}\n' "$audio" "$user" "$noted" >"$work/story.json"
}

# ask NAME COMMAND: shows the command and what it answers.
ask() {
  local begin=$EPOCHREALTIME code=0
  printf '%s\t%s\n' "$1" "$2" >>"$work/questions.tsv"
  printf '$ %s\n' "$2"
  await bash -o pipefail -c "$2" 2>"$work/step.log" || code=$?
  if [ "$code" -ne 0 ]; then
    cat "$work/step.log" >&2
    fail "$code" "failed: $2"
  fi
  printf '  (%s)\n' "$(elapsed "$begin")"
}

ask_all() {
  local row=status,contentHash,audioStorageId,audioDuration,updatedAt
  heading "1. What happened to this audio, and who did it?"
  ask history "ledger-query history contentAudios $audio --select occurredAt,actor,payload,outcome,changes"

  heading "2. Which jobs have been stuck for over an hour?"
  ask stuck "ledger-query find contentAudios --gte status=generating_script --lte status=generating_speech \
--lt updatedAt=now-1h --select _id,status,updatedAt"

  heading "3. Which audios are stale now that their content changed? (pending again; the last of them)"
  ask stale_count "ledger-query count contentAudios status=pending --by contentType"
  ask stale "ledger-query find contentAudios status=pending --reverse --limit 6 --select _id,contentId,locale,updatedAt"

  heading "4. What did this user listen to?"
  ask listened "ledger-query find userContentAudios userId=$user --reverse --limit 6 \
--select contentId,contentType,playCount,lastPlayedAt"

  heading "5. What is popular? (listeners by content; by locale, of the contents that are live)"
  ask popular_contents "ledger-query count userContentAudios --by contentId -o csv | sort -t, -k2,2nr -k1,1 | sed -n 1,5p"
  ask popular_locales "join -t, <(ledger-query find contentAudios --select contentId,locale -o csv | sort -u) \
<(ledger-query count userContentAudios --by contentId -o csv | sort) |
  awk -F, '\$3+0 {n[\$2] += \$3} END {for (l in n) print l, n[l]}' | sort"

  heading "6. What did the row of that audio look like before the last content changes? (then, and now)"
  ask row_then "ledger-query get contentAudios $audio --as-of $noted --select $row"
  ask row_now "ledger-query get contentAudios $audio --select $row"
}
