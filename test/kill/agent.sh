# What every attempt of a kill test runs; `$F`, `$T` and `$N` are the test's folder, the task and the attempt. It tells
# of a line in `$F/tokens` only when the line is in its file: whatever stands there must be found again in git.
read -r does < "$F/does/$T"

put() {
  echo "token $T.$N.$2.$$" >> "$1"
  echo "token $T.$N.$2.$$" >> "$F/tokens"
}

# Stays where the test has asked for it, in the first attempt that comes by, until it is killed.
stay() {
  test -e "$F/hold/$T.$1" || return 0
  mv "$F/hold/$T.$1" "$F/held/$T.$1.$$" 2> "$F/nothing" || return 0
  sleep 1000 &
  wait
}

# A command of the agent, of which the test may ask to be told while it runs. What it has acknowledged is noted.
tell() {
  said=$1
  shift
  if test -e "$F/hold/$T.$said"; then
    callsheet task "$said" "$T" "$@" > "$F/nothing" &
    telling=$!
    mv "$F/hold/$T.$said" "$F/held/$T.$said.$telling" 2> "$F/nothing" || :
    wait $telling || return 0
  else
    callsheet task "$said" "$T" "$@" > "$F/nothing"
  fi
  echo "$said $T $N" >> "$F/acknowledged"
}

has() { case " $does " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

put "own/$T.txt" first
stay begun
if has progress; then tell progress "at the first part of $T"; fi
for shared in one two; do
  if has "$shared"; then
    echo "token $T.$N.$shared.$$" > "shared-$shared.txt"
    echo "token $T.$N.$shared.$$" >> "$F/tokens"
  fi
done
stay edited
if has commit; then
  git add --all
  hooks=/dev/null
  if test -e "$F/hold/$T.commit"; then hooks=$F/hooks; fi
  git -c core.hooksPath="$hooks" commit --quiet --message "The first part of $T"
fi
if has away; then
  put "own/$T.away" away
  git add --all
  git commit --quiet --message "What $T goes away from"
  git reset --quiet --hard HEAD~1
fi
if has checkpoint; then tell checkpoint --done "the first part of $T" --next "the rest"; fi
put "own/$T-untracked.txt" later
stay later
if has complete; then tell complete "did $T"; fi
