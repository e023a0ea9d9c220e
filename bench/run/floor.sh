#!/bin/sh
# The floor of the run benchmark: the same tasks by bare git commands, one after the other, with the same agent.
#
#   floor.sh REPOSITORY TASKS AGENT     lands on the branch `by-hand/main`, in worktrees beside the repository
set -eu
repository=$1 tasks=$2 agent=$3
cd "$repository"
base=$(git rev-parse --verify HEAD)
head=$base
git update-ref refs/heads/by-hand/main "$head"
number=1
while [ "$number" -le "$tasks" ]; do
  task=t$number branch=by-hand/t$number workspace=$repository.by-hand/t$number
  git worktree add --quiet -b "$branch" "$workspace" "$base"
  cd "$workspace"
  CALLSHEET_PLAN_TASK=$task sh "$agent"
  git add --all
  git commit --quiet --no-verify --message "Write $task"
  cd "$repository"
  tree=$(git merge-tree --write-tree "$head" "$branch")
  landed=$(git commit-tree "$tree" -p "$head" -p "$branch" -m "Land $task")
  git update-ref refs/heads/by-hand/main "$landed" "$head"
  git worktree remove --force "$workspace"
  head=$landed
  number=$((number + 1))
done
