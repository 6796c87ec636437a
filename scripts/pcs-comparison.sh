#!/usr/bin/env bash
# Writes docs/pcs-comparison.md from the records in bench-suite/results.
#
#     scripts/pcs-comparison.sh            writes the document
#     scripts/pcs-comparison.sh --check    leaves it alone; exit code 1 when it is stale
#     scripts/pcs-comparison.sh --measure  measures all schemes anew first, which takes a while
#     scripts/pcs-comparison.sh --heights  measures stacks of pieces anew first
#     scripts/pcs-comparison.sh --papers   measures each scheme on its paper's own case first
#
# Measuring replaces bench-suite/results/alone.jsonl and bench-suite/results/zkvm.jsonl when all cells have succeeded. A
# run that was interrupted is continued by the next one. --heights replaces bench-suite/results/heights.jsonl, --papers
# bench-suite/results/papers.jsonl.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cargo=${CARGO:-cargo}
case ${1:-} in
'' | --check | --measure | --heights | --papers) ;;
*) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac

cd "$root"
if [[ ${1:-} == --measure ]]; then
    shift
    "$cargo" build --release --locked -p lariat-cli
    target=${CARGO_TARGET_DIR:-target}
    out=$target/pcs-comparison
    "$target/release/lariat" bench --resume --alone --sizes 14,18 --values u16,full --columns 1,16 --threads 1 \
        --runs 3 --progress bar -o "$out/alone"
    "$target/release/lariat" bench --resume --guests sha256-chain,fibonacci --sizes 12,16 --threads 1 --runs 3 \
        --progress bar -o "$out/zkvm"
    cp "$out/alone/alone.jsonl" bench-suite/results/alone.jsonl
    cp "$out/zkvm/results.jsonl" bench-suite/results/zkvm.jsonl
    rm -r "$out"
fi
if [[ ${1:-} == --heights ]]; then
    shift
    "$cargo" run --release --locked -p lariat-bench-suite --example heights
fi
if [[ ${1:-} == --papers ]]; then
    shift
    "$cargo" run --release --locked -p lariat-bench-suite --example papers
fi
exec "$cargo" run --quiet --locked -p lariat-bench-suite --example comparison -- "$@"
