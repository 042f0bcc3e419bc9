#!/bin/sh
# The current state of a small store, from its lines alone, with grep and jq: sh docs/rebuild.sh DIRECTORY
# Prints {"type": {"id": record}}. A base, if there is one, holds the state after commit upTo; the log goes on from there.
cd "$1" || exit 1
base=$(ls base-*.jsonl 2>/dev/null | tail -1)
upTo=0
if [ -n "$base" ]; then upTo=$(head -1 "$base" | jq .data.upTo); fi
{
  if [ -n "$base" ]; then grep -v '^{"type":"\$' "$base"; fi
  cat log-*.jsonl | grep -v '^{"type":"\$' | jq -c --argjson upTo "$upTo" 'select(.seq > $upTo)'
} | jq -n '
  reduce (inputs | if .type == "tx" then .timestamp as $at | .data.ops[] | .timestamp = $at else . end) as $line ({};
    if $line.type == "update" then
      .[$line.target][$line.id] |= (. + {updated_at: $line.timestamp} + $line.changes + {rev: $line.rev}
        | delpaths([($line.unset // [])[] | [.]]))
    elif $line.type == "delete" then
      del(.[$line.target][$line.id])
    else
      .[$line.type][$line.data.id] = {created_at: $line.timestamp, updated_at: $line.timestamp} + $line.data + {rev: $line.rev}
    end)'
