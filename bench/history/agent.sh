#!/bin/sh
# The agent of the history benchmark: makes of its workspace what one parent of a merge is.
#
#   agent.sh SIGNALS FIRST SECOND     SIGNALS holds the named pipes `begun` and `landed`
#
# Both tasks are at work before either ends, and the second ends only when the first has landed: so they land in
# the order of the parents. The first leaves its work uncommitted, the second commits it: agents do both.
set -eu
signals=$1 first=$2 second=$3

become() {
  git -c core.hooksPath=/dev/null -c submodule.recurse=false read-tree -u --reset "$1"
}

case $CALLSHEET_PLAN_TASK in
first)
  read -r _ <"$signals/begun"
  become "$first"
  ;;
second)
  echo begun >"$signals/begun"
  become "$second"
  git -c core.hooksPath=/dev/null -c commit.gpgSign=false commit --quiet --no-verify --message "What $second is"
  read -r _ <"$signals/landed"
  ;;
*)
  echo "No such task: $CALLSHEET_PLAN_TASK" >&2
  exit 2
  ;;
esac
