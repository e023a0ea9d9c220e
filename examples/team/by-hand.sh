#!/bin/sh
# The story of docs/lead-and-workers.md by commands alone: a lead (mia) and two workers (bo, cy), each a shell.
# Run it in a repository of its own: git init -q demo && cd demo && sh by-hand.sh
set -e

# The lead says what it is for, and makes tasks.
callsheet goal "Greet people in two languages" --as mia
callsheet task add "Decide the form" --id form --files form.txt --as mia
callsheet task add "Greet in English" --id english --after form --files english.txt --as mia
callsheet task add "Greet in French" --id french --after form --files french.txt --as mia

# A worker takes what is ready. Another finds nothing, and hears what waits for what.
callsheet task claim --as bo
callsheet task claim --as cy || echo "cy has nothing to do yet"
echo "NAME, GREETING" >form.txt
callsheet task complete form "One line: the name, then the greeting" --file form.txt --finding "The name comes first" --as bo

# Now there is one for each.
callsheet task claim --as bo
callsheet task claim --as cy
callsheet task show form # its result: the name comes first
echo "Ada, hello" >english.txt
callsheet task complete english "Greets in English" --file english.txt --as bo

# One asks, the lead answers, and the work goes on.
question=$(callsheet task block french "Formal or not?" --as cy --json | sed -n 's/.*"question": *"\([^"]*\)".*/\1/p')
callsheet answer "$question" "Formal." --as mia
callsheet inbox --as cy
echo "Ada, bonjour" >french.txt
callsheet task complete french "Greets in French, formally" --file french.txt --as cy

# The lead has heard all of it.
callsheet inbox --as mia
callsheet status --as mia
