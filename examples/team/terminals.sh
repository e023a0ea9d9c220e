#!/bin/sh
# A lead and two workers side by side in tmux, each a Claude Code session that you can type into.
# In a repository, after callsheet init: sh terminals.sh "Rate limits for the API, with tests and documentation"
set -e
goal=${1:?say what they are to reach: sh terminals.sh GOAL}

tmux new-session -d -s team callsheet lead "$goal"
tmux split-window -d -h -t team callsheet work
tmux split-window -d -v -t team:.1 callsheet work --speciality frontend

# A second window with what happens, event by event.
tmux new-window -d -t team -n log callsheet log --follow
if [ -n "$TMUX" ]; then tmux switch-client -t team; else tmux attach -t team; fi
