#!/usr/bin/env python3
"""The figures of soundness: what a run of all tests covered, and the table of the README.

    scripts/soundness-figures.py COLUMN --figures FILE.. [--attack FILE] [--write]
    scripts/soundness-figures.py --check

COLUMN is `change` for what `.ci/run` covers and `nightly` for `scripts/nightly.sh`; both call this at their end. FILE of
--figures is what tests and scripts appended under LARIAT_FIGURES, that of --attack is the report of `lariat attack -o`. The
column is printed; exit code 1 if a figure is missing, if anything was accepted, differed or was not noticed, or if
less was covered than docs/soundness-figures.json says.

    scripts/soundness-figures.py change --figures target/ci/*.jsonl --attack target/ci/attack.json --write
    scripts/soundness-figures.py nightly --figures target/nightly/*.jsonl --attack target/nightly/attack.json --write

--write keeps the column in docs/soundness-figures.json, and rewrites the README's table from there; --check compares the
two and changes nothing. Needs Python 3.9 and nothing else.
"""

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "soundness-figures.json"
README = ROOT / "README.md"
COLUMNS = {"change": "on every change: `.ci/run`", "nightly": "`scripts/nightly.sh`"}

# Outcomes of an attack that are no survivors, in the order of a report's columns.
OUTCOMES = ["rejected", "stopped", "no_effect", "same_statement"]

# (what the row says, where its figures are from, the text of a cell, columns that must have it). A source is the name of
# a figure, or of a total of the report on attacks: `engine N`, `engine N, kinds` and `engine N, OUTCOME`.
ROWS = [
    ("damaged proofs, eight schemes together", ["engine 1"], "{0}: 0 accepted, 0 panics", "change nightly"),
    ("bad witnesses, false openings, named forgeries", ["engine 2"], "{0}: 0 accepted", "change nightly"),
    ("checks of lookup tables, at all entries or 10,020 random points", ["tables"], "{0}: all hold", "change nightly"),
    ("operand cases in which a row's constraints and lookups allow what RISC-V says and nothing else, at each table size",
     ["operand cases, tables of 2^8", "operand cases, tables of 2^16"],
     "{0} and {1}: one completion each, or none where the run is an error", "change nightly"),
    ("constraints and lookups of rows, deleted one at a time, at each table size",
     ["deletions, tables of 2^8", "deletions, tables of 2^16"], "{0} and {1}: each allows another completion",
     "change nightly"),
    ("forgeries that pass if a challenge is known beforehand, and not otherwise", ["forgeries of frozen challenges"],
     "{0}: 0 accepted otherwise", "change nightly"),
    ("challenges that one of those is against, eight schemes together", ["challenges that a forgery is against"],
     "{0}; the others, inside of openings, have tests in the schemes' crates", "nightly"),
    ("faults injected into the executor", ["engine 6", "engine 6, kinds"] + [f"engine 6, {name}" for name in OUTCOMES],
     "{0} of {1} kinds: {2} rejected, {3} stopped by the prover, {4} without effect, {5} with the same statement; "
     "0 false statements, 0 panics", "change nightly"),
    ("checks and absorbs of verifiers, deleted one at a time", ["checks deleted"],
     "{0}: all noticed by a test ([list](docs/check-deletion.md))", "nightly"),
    ("random instructions against QEMU", ["random instructions against QEMU"], "{0}: 0 differences", "change nightly"),
    ("random instructions proven and compared with QEMU", ["random instructions proven and compared with QEMU"],
     "{0}: 0 differences", "change nightly"),
    ("official RV32IM tests proven and verified, at both table sizes", ["official tests proven"], "{0} of 46", "change nightly"),
    ("the same under every scheme", ["proofs of official tests under every scheme"], "{0} proofs", "nightly"),
    ("programs of riscv-arch-test for RV32I and M: run with the signatures of QEMU; proven and verified",
     ["architectural tests run", "architectural tests proven"], "{0} of 46; {1}", "change"),
    ("hand-written programs for what those leave out", ["corpus programs proven", "corpus programs refused"],
     "{0} proven; {1} refused, of which none has a proof", "change nightly"),
    ("fuzzing, by mutations of corpora", ["targets fuzzed", "inputs of fuzzing"], "{0} targets for 30 s each: {1} inputs", "change"),
    ("fuzzing, by coverage", ["targets fuzzed by coverage", "inputs of fuzzing by coverage"],
     "{0} targets for {2} s each: {1} inputs", "nightly"),
]
# Counts that depend on the machine, or say how a total is divided, and are not compared.
NOT_COMPARED = {"inputs of fuzzing", "inputs of fuzzing by coverage"} | {f"engine 6, {name}" for name in OUTCOMES}


def read_figures(paths):
    """Counts by name; those of one name are added up, but for seconds."""
    found = {}
    for path in paths:
        for line in Path(path).read_text().splitlines():
            entry = json.loads(line)
            name, count = entry["figure"], entry["count"]
            found[name] = count if name.endswith("seconds") else found.get(name, 0) + count
    return found


def read_attack(path):
    """Totals by engine, and what survived."""
    report = json.loads(Path(path).read_text())
    found, survivors = {}, []
    rows = [(scheme["scheme"], row) for scheme in report["schemes"] for row in scheme["rows"]]
    kinds = set()
    for scheme, row in rows:
        name = f"engine {row['engine']}"
        found[name] = found.get(name, 0) + row["tried"]
        harmless = sum(row.get(outcome, 0) for outcome in OUTCOMES)
        if harmless != row["tried"]:
            survivors.append(f"{scheme}: {row['name']}")
        if "same_statement" in row:
            kinds.add((name, row["name"]))
            for outcome in OUTCOMES:
                total = f"{name}, {outcome}"
                found[total] = found.get(total, 0) + row[outcome]
    for name, _ in kinds:
        found[f"{name}, kinds"] = found.get(f"{name}, kinds", 0) + 1
    for size in report["uniqueness"]:
        for part, figure in (("cases", "operand cases"), ("deletions", "deletions")):
            found[f"{figure}, tables of 2^{size['log_m']}"] = sum(row["rejected"] for row in size[part])
            survivors += [f"tables of 2^{size['log_m']}: {row['name']}" for row in size[part] if row["rejected"] != row["tried"]]
    found["tables"] = sum(row["tried"] for row in report["tables"])
    survivors += [f"{scheme['scheme']}: {scheme['failure']}" for scheme in report["schemes"] if scheme["failure"]]
    survivors += [row["name"] for row in report["tables"] if row["rejected"] != row["tried"]]
    return found, survivors + ([] if report["ok"] else ["the report is not ok"])


def revision(paths):
    """What was run: the file `revision` beside the figures."""
    return (Path(paths[0]).parent / "revision").read_text().strip()


def cell(sources, text, figures):
    if any(source not in figures for source in sources):
        return "–"
    counts = [f"{figures[source]:,}" for source in sources]
    return text.format(*counts, *([figures.get("fuzzing by coverage, seconds", "?")] if "{2}" in text else []))


def table(kept):
    lines = ["| | " + " | ".join(COLUMNS.values()) + " |", "|---|---|---|"]
    for what, sources, text, columns in ROWS:
        cells = [cell(sources, text, kept[column]["figures"]) if column in columns.split() else "" for column in COLUMNS]
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    revisions = {column: kept[column]["revision"] for column in COLUMNS}
    lines += ["", "Printed by the two commands at their end, at revisions {change} and {nightly}.".format(**revisions)]
    return "\n".join(lines)


def readme(kept):
    text = README.read_text()
    return re.sub(r"(<!-- soundness: begin[^>]*-->\n\n).*?(\n\n<!-- soundness: end -->)",
                  lambda m: m[1] + table(kept) + m[2], text, flags=re.S)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("column", nargs="?", choices=COLUMNS)
    parser.add_argument("--figures", nargs="*", default=[], metavar="FILE")
    parser.add_argument("--attack", metavar="FILE")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if args.check:
        if readme(kept) != README.read_text():
            print("README.md does not have the figures of docs/soundness-figures.json; see scripts/soundness-figures.py")
            return 1
        return 0
    if not args.column:
        parser.error("name a column, or --check")

    figures, problems = read_figures(args.figures), []
    if args.attack:
        totals, survivors = read_attack(args.attack)
        figures |= totals
        problems += [f"an attack was not repelled: {survivor}" for survivor in survivors]
    if figures.get("checks deleted", 0) != figures.get("checks deleted and noticed", 0):
        problems.append("a deleted check was not noticed")
    for what, sources, text, columns in ROWS:
        if args.column not in columns.split():
            continue
        print(f"{what}: {cell(sources, text, figures)}")
        for source in sources:
            before = kept.get(args.column, {}).get("figures", {}).get(source, 0)
            if source not in figures:
                problems.append(f"there is no figure: {source}")
            elif figures[source] < before and source not in NOT_COMPARED and not args.write:
                problems.append(f"{source}: {figures[source]}, fewer than the {before} of docs/soundness-figures.json")
    for problem in problems:
        print(problem, file=sys.stderr)
    if args.write and not problems:
        kept[args.column] = {"revision": revision(args.figures), "figures": dict(sorted(figures.items()))}
        KEPT.write_text(json.dumps(kept, indent=2) + "\n")
        if all(column in kept for column in COLUMNS):
            README.write_text(readme(kept))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
