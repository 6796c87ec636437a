#!/usr/bin/env bash
# Fuzzes the targets of fuzz/targets: all of them, or those named, each for SECONDS (30), as many at once as there are
# processors.
#
#   scripts/fuzz.sh [SECONDS] [TARGET...]
#
# With `cargo fuzz` (cargo install cargo-fuzz) and a nightly compiler, or a stable one that RUSTC_BOOTSTRAP=1 makes take
# nightly's flags, inputs are chosen by coverage. Else the stable runner mutates the committed corpora, and says so.
#
# LARIAT_FUZZ=coverage fails where coverage is not to be had; LARIAT_FUZZ=stable does not try.
# LARIAT_FUZZ_SANITIZER is address, or none (the default: the code forbids `unsafe` but for the vector kernels).
#
# Inputs that fail are kept in fuzz/artifacts/TARGET, inputs that were found to be new in fuzz/grown/TARGET; the corpora in
# fuzz/corpus are not changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf '%s\n' "$*" >&2; exit 1; }

seconds=30
if [[ ${1-} =~ ^[0-9]+$ ]]; then seconds=$1; shift; fi
mapfile -t all < <(cd fuzz/fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')
targets=("$@")
if ((${#targets[@]} == 0)); then targets=("${all[@]}"); fi
for target in "${targets[@]}"; do
    [[ -e fuzz/fuzz_targets/$target.rs ]] || fail "there is no target $target; there are: ${all[*]}"
done

# How cargo can be had with nightly's flags; empty if it cannot.
nightly=()
find_nightly() {
    cargo fuzz --version >/dev/null 2>&1 || return 1
    if cargo +nightly --version >/dev/null 2>&1; then
        nightly=(cargo +nightly)
    elif RUSTC_BOOTSTRAP=1 rustc -Z help >/dev/null 2>&1; then
        nightly=(env RUSTC_BOOTSTRAP=1 cargo)
    else
        return 1
    fi
}

run_stable() {
    cargo run --quiet --release --locked -p lariat-fuzz-targets --bin lariat-fuzz -- "$seconds" "${targets[@]}"
}

sanitizer=${LARIAT_FUZZ_SANITIZER:-none}

# Fuzzes one target and prints one line; more than a minute for one input, or more than 2 GiB, is a finding.
cover() {
    local target=$1 log=fuzz/grown/$1.log
    mkdir -p "fuzz/grown/$target"
    if "${nightly[@]}" fuzz run --sanitizer "$sanitizer" "$target" "fuzz/grown/$target" "fuzz/corpus/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 >"$log" 2>&1; then
        awk -v name="$target" '/^#[0-9]+.*DONE/ { cov = $4 } /number_of_executed_units/ { n = $2 }
            /average_exec_per_sec/ { rate = $2 } /slowest_unit_time_sec/ { slow = $2 }
            END { printf "%-18s %9d executions, %7d a second, slowest %d s, coverage %s\n", name, n, rate, slow, cov }' "$log"
        if [[ -n ${LARIAT_FIGURES-} ]]; then
            awk '/number_of_executed_units/ { n = $2 }
                END { printf "{\"figure\": \"targets fuzzed by coverage\", \"count\": 1}\n" \
                    "{\"figure\": \"inputs of fuzzing by coverage\", \"count\": %d}\n", n }' "$log" >>"$LARIAT_FIGURES"
        fi
    else
        printf 'FAILED %s: see %s\n%s\n' "$target" "$log" \
            "$(grep -m3 -E 'panicked|ERROR|SUMMARY|Test unit written' -A1 "$log" || true)"
        return 1
    fi
}

run_coverage() {
    local failed=0 running=0 target jobs
    jobs=$(nproc 2>/dev/null || echo 2)
    # A host with a sanitizer's flags needs its own build; `cargo fuzz` keeps it in fuzz/target.
    "${nightly[@]}" fuzz build --sanitizer "$sanitizer" 2>&1 | tail -3
    # One target at a time on every processor.
    for target in "${targets[@]}"; do
        if ((running == jobs)); then
            wait -n || failed=$((failed + 1))
            running=$((running - 1))
        fi
        cover "$target" &
        running=$((running + 1))
    done
    while ((running)); do
        wait -n || failed=$((failed + 1))
        running=$((running - 1))
    done
    if [[ -n ${LARIAT_FIGURES-} ]]; then
        printf '{"figure": "fuzzing by coverage, seconds", "count": %d}\n' "$seconds" >>"$LARIAT_FIGURES"
    fi
    printf '%d targets failed\n' "$failed"
    ((failed == 0))
}

case ${LARIAT_FUZZ:-} in
    stable) run_stable ;;
    coverage)
        find_nightly || fail 'coverage needs cargo-fuzz (cargo install cargo-fuzz) and a nightly compiler'
        run_coverage
        ;;
    *)
        if find_nightly; then
            run_coverage
        else
            printf '%s\n' '*** NO COVERAGE FEEDBACK: there is no cargo-fuzz or no compiler that takes its flags.' \
                '*** The stable runner mutates the committed corpora at random instead, which finds less.' >&2
            run_stable
        fi
        ;;
esac
