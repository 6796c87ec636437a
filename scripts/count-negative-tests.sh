#!/bin/sh
# Counts the tests that show a rejection (`fn rejects_...`), by crate, and fails when there are fewer than there were.
# Raise the floors when tests are added; they never go down.
set -eu
cd "$(dirname "$0")/.."

total_floor=243
attack_floor=97

total=0
for crate in emulator algebra transcript subtables sumcheck pcs jolt-core attack cli bench-suite examples; do
    [ -d "$crate" ] || continue
    count=$(find "$crate" -name '*.rs' -not -path '*/target/*' -exec grep -hE '^\s*fn rejects_[a-z0-9_]+\(' {} + | sort -u | wc -l)
    printf '%-12s %4d\n' "$crate" "$count"
    total=$((total + count))
    if [ "$crate" = attack ] && [ "$count" -lt "$attack_floor" ]; then
        echo "attack has $count negative tests, fewer than $attack_floor" >&2
        exit 1
    fi
done
printf '%-12s %4d\n' total "$total"
if [ "$total" -lt "$total_floor" ]; then
    echo "there are $total negative tests, fewer than $total_floor" >&2
    exit 1
fi
