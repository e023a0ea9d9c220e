#!/bin/sh
# git of a kill test. When CALLSHEET_TEST_KILL is `N:HOW`, the command whose N-th call of git this is gets killed:
# `before` git has begun, while it works (`during`), when it has ended (`after`), or before one that never ends (`hang`).
F=FOLDER
if test -n "$CALLSHEET_TEST_KILL"; then
  echo >> "$F/calls.$PPID"
  calls=0
  while read -r _; do calls=$((calls + 1)); done < "$F/calls.$PPID"
  if test "$calls" -ge "${CALLSHEET_TEST_KILL%:*}" && mkdir "$F/struck.$PPID" 2> "$F/nothing"; then
    case ${CALLSHEET_TEST_KILL#*:} in
      before) kill -9 $PPID; exit 1 ;;
      during) REAL "$@" <&0 & kill -9 $PPID; wait; exit ;;
      after) REAL "$@"; kill -9 $PPID; exit ;;
      hang) kill -9 $PPID; exec sleep 1000 ;;
    esac
  fi
fi
exec REAL "$@"
