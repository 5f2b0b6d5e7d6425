#!/bin/sh
# Runs every fuzz target of the module, one after another: Go fuzzes one target of one package at a time.
#
#   tools/fuzz.sh [TIME [PATTERN]]    TIME for each target (10s), PATTERN of grep -E on their names (all)
set -eu

cd -- "$(dirname -- "$0")/.."
time=${1:-10s}
pattern=${2:-.}
count=0

targets=$(grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . --exclude-dir=node_modules |
    sed 's|/[^/]*_test.go:func | |' | grep -E "^[^ ]+ .*$pattern" | sort) || true

while read -r dir target; do
    [ -n "$target" ] || continue
    echo "== $dir $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$dir"
    count=$((count + 1))
done <<EOF
$targets
EOF

echo "fuzz: $count targets, nothing found"
