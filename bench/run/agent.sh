#!/bin/sh
# The agent of the run benchmark: writes one file and is done.
set -eu
mkdir -p written
echo "What $CALLSHEET_PLAN_TASK has written" >"written/$CALLSHEET_PLAN_TASK.txt"
