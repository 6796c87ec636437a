#!/usr/bin/env bash
# Rewrites the generated parts of the documentation from the code.
#
#     scripts/generate-docs.sh           rewrites them in place
#     scripts/generate-docs.sh --check   leaves files alone; exit code 1 when one of them is stale
#
# A generated part stands between `<!-- generated: NAME -->` and `<!-- end generated -->`;
# jolt-core/examples/tables knows the names. docs/challenges.md is generated as a whole, by
# attack/examples/challenges.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case ${1:-} in
'' | --check) ;;
*) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac

cd "$root"
mapfile -t files < <(grep -rlE '^<!-- generated: ' --include='*.md' docs papers-notes)
((${#files[@]} > 0)) || { echo 'no file has a generated part' >&2; exit 1; }
stale=0
"${CARGO:-cargo}" run --quiet --locked -p lariat-jolt-core --example tables -- "$@" "${files[@]}" || stale=$?
"${CARGO:-cargo}" run --quiet --locked -p lariat-attack --example challenges -- "$@" docs/challenges.md || stale=$?
exit "$stale"
