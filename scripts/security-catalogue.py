#!/usr/bin/env python3
"""Writes the table of docs/security.md from docs/soundness-catalogue.json: failures of such systems, and their tests.

    scripts/security-catalogue.py           rewrites the table in place
    scripts/security-catalogue.py --check   leaves files alone; exit code 1 when the table is stale

Either way it fails when a test that the catalogue names does not exist, is no test, or is ignored. A line has `tests`
("folder: name", or "folder: name, name"), or a `reason` why it does not apply, or both; `also` names a file and a text
that must be in it. Needs Python 3.9 and nothing else.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "docs" / "soundness-catalogue.json"
DOCUMENT = ROOT / "docs" / "security.md"
BEGIN = "<!-- catalogue: begin, from docs/soundness-catalogue.json by scripts/security-catalogue.py -->\n"
END = "<!-- catalogue: end -->\n"


def sources(folder):
    """The Rust files of a crate, without those of crates in folders below it."""
    root = ROOT / folder
    if not (root / "Cargo.toml").is_file():
        raise SystemExit(f"{CATALOGUE.name}: there is no crate in {folder}")
    inner = [path.parent for path in root.rglob("Cargo.toml") if path.parent != root]
    for path in sorted(root.rglob("*.rs")):
        parents = set(path.parents)
        if "target" not in path.parts and not any(below in parents for below in inner):
            yield path


def attributes(lines, at):
    """The attributes of the item on line `at`, on the lines above it."""
    found = []
    while at > 0 and re.match(r"\s*(#\[|#!\[|///|//)", lines[at - 1]):
        at -= 1
        found.append(lines[at].strip())
    return found


class Crates:
    """Finds tests, reading every crate once."""

    def __init__(self):
        self.files = {}

    def verdict(self, folder, name):
        """Nothing for a test that runs, else what is wrong."""
        if folder not in self.files:
            self.files[folder] = [path.read_text(encoding="utf-8") for path in sources(folder)]
        pattern = re.compile(rf"\s*fn {re.escape(name)}\s*\(")
        found = False
        for text in self.files[folder]:
            if f"fn {name}" not in text:
                continue
            lines = text.split("\n")
            for at in (i for i, line in enumerate(lines) if pattern.match(line)):
                found = True
                marks = attributes(lines, at)
                if any(mark.startswith("#[ignore") for mark in marks):
                    return "is ignored"
                # `forgeries!` makes a test of each of its functions.
                of_macro = "Vec<Case>" in lines[at] and re.search(r"^(super::)?forgeries! \{", text, re.MULTILINE)
                if "#[test]" in marks or of_macro:
                    return None
        return "is no test" if found else "does not exist"


def names(line):
    """The tests of a line, as pairs of folder and name."""
    pairs = []
    for entry in line.get("tests", []):
        folder, _, rest = entry.partition(": ")
        pairs += [(folder, name.strip()) for name in rest.split(",")]
    return pairs


def problems(catalogue):
    crates = Crates()
    for section in catalogue:
        for line in section["lines"]:
            what = line["line"]
            if not names(line) and "reason" not in line:
                yield f"`{what}` has neither tests nor a reason"
            for folder, name in names(line):
                wrong = crates.verdict(folder, name)
                if wrong:
                    yield f"`{what}`: the test {name} of {folder} {wrong}"
            for file, text in line.get("also", {}).items():
                path = ROOT / file
                if not path.is_file() or text not in path.read_text(encoding="utf-8"):
                    yield f"`{what}`: {file} does not have the text `{text}`"


def table(catalogue):
    lines = [line for section in catalogue for line in section["lines"]]
    tests = {pair for line in lines for pair in names(line)}
    apply = sum(1 for line in lines if names(line))
    text = f"{len(lines)} lines, {apply} with tests, {len(tests)} tests.\n"
    for section in catalogue:
        text += f"\n### {section['section']}\n\n| failure | tests |\n|---|---|\n"
        for line in section["lines"]:
            by_folder = {}
            for folder, name in names(line):
                by_folder.setdefault(folder, []).append(f"`{name}`")
            parts = [f"{folder}: {', '.join(found)}" for folder, found in by_folder.items()]
            parts += [line["reason"]] if "reason" in line else []
            parts += [f"`{file}`" for file in line.get("also", {})]
            text += f"| {line['line']} | {'<br>'.join(parts)} |\n"
    return text


def main():
    arguments = sys.argv[1:]
    if arguments not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    catalogue = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    wrong = list(problems(catalogue))
    for problem in wrong:
        print(problem, file=sys.stderr)
    if wrong:
        return 1
    old = DOCUMENT.read_text(encoding="utf-8")
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        print(f"{DOCUMENT.name} has no place for the table", file=sys.stderr)
        return 1
    new = f"{before}{BEGIN}\n{table(catalogue)}\n{END}{after}"
    if new == old:
        return 0
    if arguments:
        print(f"{DOCUMENT.name} is stale; run scripts/security-catalogue.py", file=sys.stderr)
        return 1
    partial = DOCUMENT.with_suffix(".md.partial")
    partial.write_text(new, encoding="utf-8")
    partial.replace(DOCUMENT)
    print(f"{DOCUMENT.name} rewritten")
    return 0


if __name__ == "__main__":
    sys.exit(main())
