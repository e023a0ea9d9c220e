#!/bin/sh
# The agent of the makespan benchmark: works as long as it is told to, then fails or writes its files.
#
#   agent.sh FOLDER     FOLDER/TASK has a line "seconds ok|fails" for each attempt, the last for all that follow;
#                       FOLDER/TASK.files the paths that it writes
set -eu
said=$1/$CALLSHEET_TASK

line=$(sed -n "${CALLSHEET_ATTEMPT}p" "$said")
[ -n "$line" ] || line=$(tail -n 1 "$said")
sleep "${line% *}"
[ "${line#* }" = ok ] || exit 1

while IFS= read -r path; do
  mkdir -p "$(dirname "$path")"
  echo "$CALLSHEET_TASK $CALLSHEET_ATTEMPT" >"$path"
done <"$said.files"
