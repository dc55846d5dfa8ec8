#!/bin/sh
# The main job on a copy of legacy_app: what breaks, what the rewrites look like, and what they leave to you.
set -eu

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM
cp -R "$(dirname "$0")/legacy_app/." "$copy"
cd "$copy"

bold='' plain='' color=never
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1;36m') plain=$(printf '\033[0m') color=always
fi

say() {
    printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

# Exit code 1 means that something was found, which is what we are here for.
run() {
    printf '%s$ starlette-upgrade %s%s\n\n' "$bold" "$*" "$plain"
    starlette-upgrade "$@" || [ $? -eq 1 ]
}

# The same, with only the first findings of a long report, and its summary.
run_shortened() {
    printf '%s$ starlette-upgrade %s%s\n\n' "$bold" "$*" "$plain"
    starlette-upgrade "$@" --color "$color" >report || [ $? -eq 1 ]
    head -n 5 report
    echo "... $(($(wc -l <report) - 9)) more ..."
    tail -n 4 report
    rm report
}

say 'A small photo board, examples/legacy_app, is pinned to Starlette 0.27.'
say '1. What would the newest Starlette do to two of its files?'
run check board/templating.py board/middleware.py

say '2. And to the whole application? One line each, most of them left out here:'
run_shortened check --format concise

say '3. What would a rewrite look like? Nothing is written:'
run fix --diff board/middleware.py

say '4. Rewrite everything (in a copy of the application), and see what is left:'
run fix --unsafe

say 'Its own tests pass on the newest Starlette now. Raise the pin in requirements.txt.'
