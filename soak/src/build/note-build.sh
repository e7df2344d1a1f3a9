#!/bin/sh
# Writes down what is being built, for --version and for results: note-build.sh FILE VERSION
set -eu
commit=$(git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null) || commit=unknown
mkdir -p "$(dirname "$1")"
printf 'version=%s\ncommit=%s\n' "$2" "$commit" >"$1.new"
# Unchanged, it keeps its time: nothing is packed anew for it.
if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
