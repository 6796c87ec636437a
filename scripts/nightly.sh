#!/usr/bin/env bash
# What is too long for every change: the tests at their large sizes, attacks, fuzzing, and every check deleted once.
#
#   scripts/nightly.sh               hours on two cores
#   scripts/nightly.sh PART...       some of: tests attack fuzz deletions
#   FUZZ_SECONDS=3600 scripts/nightly.sh fuzz    seconds for each target [default: 30]
#
# Every part runs, whatever the one before said; the exit code is 1 if any of them failed. At the end it prints what was
# covered; what each part counted is kept in target/nightly, so that parts can be run one at a time.
# scripts/soundness-figures.py then writes it to the README.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export CI=true
covered=${CARGO_TARGET_DIR:-target}/nightly
mkdir -p "$covered"
covered=$(realpath "$covered")
{ git rev-parse --short=9 HEAD 2>/dev/null || echo unknown; } >"$covered/revision"

parts=("$@")
((${#parts[@]})) || parts=(tests attack fuzz deletions)
failed=()
for part in "${parts[@]}"; do
    printf '\n=== %s (%d s)\n' "$part" "$SECONDS"
    export LARIAT_FIGURES=$covered/$part.jsonl
    rm -f "$LARIAT_FIGURES"
    case $part in
        tests)
            scripts/setup-tests.sh && LARIAT_NIGHTLY=1 cargo test --workspace --locked &&
                cargo test --release --locked -p lariat-emulator --test decoding -- --ignored # all 2^32 words
            ;;
        attack)
            rm -f "$covered/attack.json"
            cargo run --release --locked -- attack --nightly -o "$covered/attack.json"
            scripts/ledger.py --lariat "${CARGO_TARGET_DIR:-target}/release/lariat"
            ;;
        fuzz)
            { cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked; } &&
                LARIAT_FUZZ=coverage scripts/fuzz.sh "${FUZZ_SECONDS:-30}"
            ;;
        deletions) scripts/check-deletion.py ;;
        *) printf 'no part is named %s; there are: tests attack fuzz deletions\n' "$part" >&2; exit 2 ;;
    esac || failed+=("$part")
done

printf '\n=== covered (%d s)\n' "$SECONDS"
report=()
[[ -e $covered/attack.json ]] && report=(--attack "$covered/attack.json")
if ! scripts/soundness-figures.py nightly --figures "$covered"/*.jsonl "${report[@]}" && ((${#parts[@]} == 4)); then
    failed+=('what was covered')
fi
if ((${#failed[@]})); then
    printf '\nfailed: %s\n' "${failed[*]}" >&2
    exit 1
fi
printf '\n%s passed in %d s\n' "${parts[*]}" "$SECONDS"
