#!/bin/sh
# The gate of a kill test: green when no mark of a conflict has landed. Its N-th run stays where it is when asked for.
F=FOLDER
echo >> "$F/gates"
runs=0
while read -r _; do runs=$((runs + 1)); done < "$F/gates"
if mv "$F/hold/gate.$runs" "$F/held/gate.run.$$" 2> "$F/nothing"; then
  sleep 1000 &
  wait
fi
for file in shared-one.txt shared-two.txt; do
  read -r line < "$file"
  case $line in token*) ;; *) exit 1 ;; esac
done
