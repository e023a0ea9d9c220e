#!/bin/sh
# The agent of the makespan benchmark: works as long as it is told to, then fails or does its edits.
#
#   agent.sh FOLDER     FOLDER/TASK has a line "seconds ok|fails" for each attempt, the last for all that follow;
#                       FOLDER/TASK.edits "line path" for each file that it writes in; without any it writes its own
set -eu
said=$1/$CALLSHEET_TASK

line=$(sed -n "${CALLSHEET_ATTEMPT}p" "$said")
[ -n "$line" ] || line=$(tail -n 1 "$said")
sleep "${line% *}"
[ "${line#* }" = ok ] || exit 1

own="$CALLSHEET_TASK $CALLSHEET_ATTEMPT"
[ -s "$said.edits" ] || echo "$own" >"$CALLSHEET_TASK.txt"
while read -r place path; do
  sed "${place}s/.*/$own/" "$path" >"$path.new"
  mv "$path.new" "$path"
done <"$said.edits"
