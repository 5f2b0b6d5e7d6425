#!/usr/bin/env bash
# Asks whether the program calls anything that is known to be vulnerable. The list of what is known is a file, so that the
# answer does not hang on the network:
#
#   tools/vuln.sh CHECKER DATABASE.tgz
#
# DATABASE.tgz holds the folder db of a copy of the Go vulnerability database. Without the file there is nothing to ask.
set -euo pipefail

checker=$1 database=$2
if [ ! -f "$database" ]; then
    echo "vuln: skipped, there is no vulnerability database at $database (VULNDB=file.tgz)"
    exit 0
fi
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
tar -xzf "$database" -C "$unpacked"
"$checker" -db "file://$unpacked/db" ./...
