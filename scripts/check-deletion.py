#!/usr/bin/env python3
"""Deletes each check of the verifiers, one at a time, and expects a test to fail.

    scripts/check-deletion.py                   every target; hours on two cores
    scripts/check-deletion.py --list            what would be deleted
    scripts/check-deletion.py hyrax whir        only these targets
    scripts/check-deletion.py --write ...       also writes docs/check-deletion.md; results of other targets are kept
    scripts/check-deletion.py --take            writes it from the results of the last run, which are in the target folder

Works on a copy of the committed and uncommitted files, never on the tree itself. A deletion is one of

    refusal     `if CONDITION { return Err(..) }`     the condition becomes false; `None` and `false` alike
    verdict     `if CONDITION { Ok(()) } else {..}`   the condition becomes true
    guard       `Ok(x) if CONDITION => Ok(())`        the condition goes
    bound       `bounds(FIELD, CONDITION)`            the condition becomes true
    call        `check(..)?;` whose result is unused  the statement goes
    absorb      a statement that absorbs              the statement goes, on both sides
    (of a condition `A || B`, or of a verdict or bound `A && B`, each part is deleted alone)
    expression  listed by hand in EXPRESSIONS         it is replaced by what checks nothing

The deletions of a target are compiled into one set of test programs, each behind a switch that an environment variable
throws; so a deletion costs a run of the tests and no build. Expressions that two deletions share are built anew. A run
ends at its first failing test. A deletion that no test notices fails the script: the check needs a test, or, where others
imply it, is written away.
Needs Python 3.9 and what the tests need.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "check-deletion.jsonl"
REPORT = ROOT / "docs" / "check-deletion.md"

# target: (files, packages to test, further arguments of the tests)
SKIP_SLOW = ["--skip", "guests", "--skip", "instructions", "--skip", "rejects_every_bad_change"]
TARGETS = {
    "transcript": (["transcript/src/chain.rs", "transcript/src/encoding.rs", "transcript/src/verifier.rs"],
                   ["lariat-transcript"], []),
    "sumcheck": (["sumcheck/src/engine.rs", "sumcheck/src/reduction.rs", "sumcheck/src/grand_product/mod.rs",
                  "sumcheck/src/ledger.rs", "sumcheck/src/quarks.rs", "sumcheck/src/weighted.rs"], ["lariat-sumcheck"], []),
    "seam": (["pcs/src/seam.rs", "pcs/src/setup_source.rs", "pcs/src/registry.rs", "pcs/src/parts.rs", "pcs/src/batch/mod.rs",
              "pcs/src/batch/clear.rs"], ["lariat-pcs", "lariat-hyrax", "lariat-schemes"], []),
    "hyrax": (["pcs/hyrax/src/lib.rs"], ["lariat-hyrax"], []),
    "kzg": (["pcs/kzg/src"], ["lariat-kzg"], []),
    "zeromorph": (["pcs/zeromorph/src"], ["lariat-zeromorph"], []),
    "hyperkzg": (["pcs/hyperkzg/src"], ["lariat-hyperkzg"], []),
    "mercury": (["pcs/mercury/src"], ["lariat-mercury"], []),
    "kzh": (["pcs/kzh/src"], ["lariat-kzh"], []),
    "dory": (["pcs/dory/src"], ["lariat-dory"], []),
    "merkle": (["pcs/merkle/src"], ["lariat-merkle"], []),
    "ligero": (["pcs/ligero/src"], ["lariat-ligero"], []),
    "basefold": (["pcs/basefold/src"], ["lariat-basefold"], []),
    "whir": (["pcs/whir/src"], ["lariat-whir"], []),
    "ligerito": (["pcs/ligerito/src"], ["lariat-ligerito"], []),
    "zkvm": (["jolt-core/src/verify.rs", "jolt-core/src/statement.rs", "jolt-core/src/protocol.rs", "jolt-core/src/keys.rs"],
             ["lariat-jolt-core", "lariat-attack"], SKIP_SLOW),
    "command": (["cli/src/commands/verify.rs", "cli/src/files.rs"], ["lariat-cli"], ["rejections", "refusals", "limits", "other_files_than", "files", "demands"]),
}

# Checks that are expressions: (target, file, old, new, what is deleted). Where `new` has {d}, which is true when the
# deletion's switch is thrown, it is compiled with all others; else it is a build of its own.
EXPRESSIONS = [
    ("transcript", "transcript/src/encoding.rs", "if point.is_on_curve() {", "if {d} || point.is_on_curve() {", "point.is_on_curve()"),
    ("transcript", "transcript/src/encoding.rs", "Fr::from_bigint(BigInt(limbs_from_bytes(bytes)))",
     "if {d} { Some(<Fr as PrimeField>::from_le_bytes_mod_order(bytes)) } else { Fr::from_bigint(BigInt(limbs_from_bytes(bytes))) }",
     "scalars are below the modulus"),
    ("transcript", "transcript/src/encoding.rs", "Fq::from_bigint(BigInt(limbs_from_bytes(&coordinates[i]))).ok_or(",
     "(if {d} { Some(<Fq as PrimeField>::from_le_bytes_mod_order(&coordinates[i])) } "
     "else { Fq::from_bigint(BigInt(limbs_from_bytes(&coordinates[i]))) }).ok_or(",
     "coordinates are below the modulus"),
    ("transcript", "transcript/src/encoding.rs", "Fq::from_bigint(BigInt(limbs_from_bytes(&x))).ok_or(",
     "(if {d} { Some(<Fq as PrimeField>::from_le_bytes_mod_order(&x)) } else { Fq::from_bigint(BigInt(limbs_from_bytes(&x))) }).ok_or(",
     "x is below the modulus"),
    ("transcript", "transcript/src/encoding.rs", ".sqrt().ok_or(", ".sqrt().or({d}.then(Fq::default)).ok_or(", "a point has this x"),
    ("transcript", "transcript/src/verifier.rs", "0 => Ok(self.chain.into_log()),",
     "left if left == 0 || {d} => Ok(self.chain.into_log()),", "no bytes are left"),
    ("transcript", "transcript/src/chain.rs", "label.as_bytes(), &count, payload", "&count, payload", "labels are absorbed"),
    ("transcript", "transcript/src/chain.rs", "label.as_bytes(), &count, payload", "label.as_bytes(), payload",
     "counts are absorbed"),
    ("transcript", "transcript/src/chain.rs", "let head = [op as u8, short_len(label)];",
     "let head = [if {d} { 0 } else { op as u8 }, short_len(label)];", "kinds of messages are absorbed"),
    ("transcript", "transcript/src/chain.rs", "self.hash.digest(&[&self.state, &head", "self.hash.digest(&[&head",
     "the chain's state is absorbed"),
    ("sumcheck", "sumcheck/src/reduction.rs", "position(|&n| n > longest)", "position(|&n| !{d} && n > longest)",
     "the common point is long enough for every polynomial"),
    ("sumcheck", "sumcheck/src/ledger.rs", "values.filter(|values| bits_of(values) == bytes)",
     "values.filter(|values| {d} || bits_of(values) == bytes)", "claims have one encoding"),
    ("seam", "pcs/src/registry.rs", "setup.is_insecure() && !self.allow_insecure_setup",
     "!{d} && setup.is_insecure() && !self.allow_insecure_setup", "insecure setups need leave"),
    ("seam", "pcs/src/seam.rs", "find(|&&m| m > max) {\n            return Err(VerifyError",
     "find(|&&m| !{d} && m > max) {\n            return Err(VerifyError", "polynomials are not longer than the scheme allows"),
    ("seam", "pcs/src/parts.rs", "(parts.to_bytes() == bytes).then_some(", "({d} || parts.to_bytes() == bytes).then_some(",
     "no bit is set past the last part"),
    ("seam", "pcs/src/parts.rs", "position(AffineRepr::is_zero)", "position(|point| !{d} && point.is_zero())",
     "a part that is sent is not zero"),
    ("seam", "pcs/src/setup_source.rs", "0 => name.is_empty().then_some(Self::Transparent),",
     "0 => ({d} || name.is_empty()).then_some(Self::Transparent),", "transparent parameters have no name"),
    ("seam", "pcs/src/setup_source.rs", "1 if Self::is_name(name) =>", "1 if {d} || Self::is_name(name) =>", "names of ceremonies are printable"),
    ("seam", "pcs/src/setup_source.rs", "2 if Self::is_name(name) =>", "2 if {d} || Self::is_name(name) =>", "names of seeds are printable"),
    ("seam", "pcs/src/setup_source.rs", "3 if Self::is_name(name) =>", "3 if {d} || Self::is_name(name) =>", "names of files are printable"),
    ("kzg", "pcs/kzg/src/encoding.rs", "Fq::from_bigint(limbs(chunk)).ok_or(",
     "(if {d} { Some(<Fq as PrimeField>::from_le_bytes_mod_order(chunk)) } else { Fq::from_bigint(limbs(chunk)) }).ok_or(",
     "coordinates in setup files are below the modulus"),
    ("zeromorph", "pcs/zeromorph/src/lib.rs", "w.inverse().ok_or(", "w.inverse().or({d}.then(Fr::default)).ok_or(", "the point is not zero"),
    ("hyperkzg", "pcs/hyperkzg/src/poly.rs", "(square.square() - square).inverse()?",
     "(square.square() - square).inverse().or({d}.then(Fr::default))?", "r is not 0, 1 or -1"),
    ("mercury", "pcs/mercury/src/poly.rs", "(zeta * (Fr::ONE - square)).inverse()?",
     "(zeta * (Fr::ONE - square)).inverse().or({d}.then(Fr::default))?", "zeta is not 0, 1 or -1"),
    ("mercury", "pcs/mercury/src/poly.rs", "((alpha - zeta) * (alpha - inverse)).inverse()?",
     "((alpha - zeta) * (alpha - inverse)).inverse().or({d}.then(Fr::default))?", "alpha is not zeta or its inverse"),
    ("dory", "pcs/dory/src/lib.rs", "position(Cyclotomic::is_one)", "position(|commitment| !{d} && commitment.is_one())",
     "a piece that is sent is not zero"),
    ("dory", "pcs/dory/src/verify.rs", "x.inverse().ok_or(", "x.inverse().or({d}.then(Fr::default)).ok_or(", "challenges are not zero"),
    ("dory", "pcs/dory/src/fq.rs", "    Fq::from_bigint(BigInt(limbs))",
     "    if {d} { Some(<Fq as PrimeField>::from_le_bytes_mod_order(bytes)) } else { Fq::from_bigint(BigInt(limbs)) }",
     "coordinates are below the modulus"),
    ("dory", "pcs/dory/src/lib.rs", "claim.coefficients.len() == commitments.len()",
     "({d} || claim.coefficients.len() == commitments.len())", "as many lists of coefficients as commitments"),
    ("dory", "pcs/dory/src/lib.rs", "all(|(pieces, commitment)| counts(pieces, commitment))",
     "all(|(pieces, commitment)| {d} || counts(pieces, commitment))", "as many coefficients as pieces"),
    ("merkle", "pcs/merkle/src/tree.rs", "self.digests.get(position) == Some(&digest)",
     "{d} || self.digests.get(position) == Some(&digest)", "the path ends in the cap"),
    ("zkvm", "jolt-core/src/protocol.rs", "    sigma.pow([PRIVATE_LENGTH as u64])",
     "    if {d} { Fr::zero() } else { sigma.pow([PRIVATE_LENGTH as u64]) }", "the private input has the stated length"),
    ("zkvm", "jolt-core/src/protocol.rs", "let tail = sigma.pow([PRIVATE_TAIL as u64]);",
     "let tail = if {d} { Fr::zero() } else { sigma.pow([PRIVATE_TAIL as u64]) };",
     "the last word of the private input has its bits"),
    ("zkvm", "jolt-core/src/verify.rs", "private_weights.ok_or(", "private_weights.or({d}.then(Default::default)).ok_or(",
     "the point of the zero check is not degenerate"),
    ("zkvm", "jolt-core/src/statement.rs", ".find(|f| *f != 0)", ".find(|f| !{d} && *f != 0)", "flags are zero"),
    ("zkvm", "jolt-core/src/statement.rs", "Argument::from_id(argument).ok_or(",
     "Argument::from_id(argument).or({d}.then(|| Config::default().argument)).ok_or(", "the argument is known"),
    ("zkvm", "jolt-core/src/statement.rs", "HashKind::from_id(hash).ok_or(",
     "HashKind::from_id(hash).or({d}.then(|| Config::default().hash)).ok_or(", "the hash is known"),
    ("zkvm", "jolt-core/src/statement.rs", "Params::new(log_m.into()).map_err(",
     "Params::new(log_m.into()).or_else(|e| if {d} { Ok(Params::M8) } else { Err(e) }).map_err(", "the table size is known"),
    ("zkvm", "jolt-core/src/statement.rs", "std::str::from_utf8(reader.slice(name_len.into())?).ok()",
     'std::str::from_utf8(reader.slice(name_len.into())?).ok().or({d}.then_some(""))', "a setup's name is text"),
    ("zkvm", "jolt-core/src/protocol.rs", '.bind("header", &header.to_bytes())',
     '.bind("header", &(if {d} { Vec::new() } else { header.to_bytes() }))', "the header is absorbed"),
    ("zkvm", "jolt-core/src/protocol.rs", '.bind("commitment parameters", &pcs.setup_digest())',
     '.bind("commitment parameters", &(if {d} { Vec::new() } else { pcs.setup_digest().to_vec() }))',
     "the commitment parameters are absorbed"),
    ("zkvm", "jolt-core/src/protocol.rs", "left == right && !left.is_zero()", "left == right && ({d} || !left.is_zero())",
     "products are not zero"),
]

REFUSAL = re.compile(r"\bif (?P<cond>(?!let\b)[^;{}]*?(?:\{[^{}]*\}[^;{}]*?)??) \{\s*return (?:Err|failed|fail|None|false)\b")
VERDICT = re.compile(r"\bif (?P<cond>(?!let\b)[^;{}]+?) \{\s*Ok\(\(\)\)\s*\} else")
GUARD = re.compile(r"\b(?P<arm>Ok\((?P<name>\w+)\)) if (?P<cond>[^=]+?) => Ok\(\(\)\)")
CALL = re.compile(r"(?m)^ +(?P<call>(?:[a-z_][\w]*(?:\.|::))*(?:check\w*|verify\w*|verdict\.map_err)\([^;{}]*\)\?);$")
BOUND = re.compile(r"\bbounds\(\s*\"[^\"]*\",\s*(?P<cond>(?:[^;])*?),?\s*\)(?=\?;|\n    \})")
ABSORB = re.compile(r"(?m)^ +(?P<call>(?:self|channel)\.(?:absorb|absorb_public_\w+)\([^;]*\));$")


def sources(paths):
    for path in paths:
        full = ROOT / path
        files = [full] if full.is_file() else sorted(full.rglob("*.rs"))
        for file in files:
            if not re.search(r"tests?(\.rs$|/)|forg", str(file.relative_to(ROOT))):
                yield str(file.relative_to(ROOT))


def without_tests(text):
    """The part of a file before its unit tests."""
    at = text.find("#[cfg(test)]\nmod tests {")
    return text if at < 0 else text[:at]


def one_line(code):
    return " ".join(code.split())


def in_comment(text, at):
    line = text[text.rfind("\n", 0, at) + 1:at]
    return "//" in line


def returns_prover_error(text, at):
    """Whether the function around `at` is the prover's: its errors refuse nothing that a verifier accepts."""
    heads = [m for m in re.finditer(r"\bfn \w+[^;{]*?->\s*(?P<result>[^{]*)\{", text[:at])]
    return bool(heads) and "PcsError" in heads[-1]["result"]


# In parentheses, for methods to be called on it.
SWITCH = '(std::env::var_os("LARIAT_DELETED").is_some_and(|v| v == "{}"))'


def mutations(file):
    """The deletions in a file. `switched` makes the code that deletes when a switch is thrown."""
    text = without_tests((ROOT / file).read_text())
    found = []
    for kind, pattern in (("refusal", REFUSAL), ("verdict", VERDICT), ("guard", GUARD), ("bound", BOUND), ("call", CALL),
                          ("absorb", ABSORB)):
        for m in pattern.finditer(text):
            if in_comment(text, m.start()) or returns_prover_error(text, m.start()):
                continue
            condition = kind in ("refusal", "verdict", "guard", "bound")
            code = m["cond"] if condition else m["call"] + ";"
            start = m.start("cond") if condition else m.start("call")
            # The condition is computed all the same: reading on is often a part of it.
            shape = {"refusal": "({c}) && !{d}", "verdict": "({c}) || {d}", "guard": "({c}) || {d}", "bound": "({c}) || {d}",
                     "call": "if !{d} {{ {c} }}", "absorb": "if !{d} {{ {c} }}"}[kind]
            line = text.count("\n", 0, m.start()) + 1
            add = lambda what, start, old, shape: found.append(
                {"file": file, "line": line, "kind": kind, "what": what, "start": start, "old": old, "shape": shape,
                 "switched": True})
            # A compound condition part by part, else as a whole.
            operator = "||" if kind == "refusal" else "&&"
            pieces = parts(code, operator) if kind in ("refusal", "verdict", "bound") else []
            if len(pieces) > 1:
                for at, piece in pieces:
                    add(f"{one_line(piece)} [of: {one_line(code)}]", start + at, piece, f"({shape})")
            else:
                add(one_line(code).rstrip(";"), start, code, shape)
    return found


def parts(code, operator):
    """The operands of a condition's outermost `operator`, each with its place."""
    found, depth, start, at = [], 0, 0, 0
    while at < len(code):
        depth += (code[at] in "([{") - (code[at] in ")]}")
        if depth == 0 and code.startswith(operator, at):
            found.append((start, code[start:at]))
            start = at = at + len(operator)
        else:
            at += 1
    found.append((start, code[start:]))
    return [(i + len(c) - len(c.lstrip()), c.strip()) for i, c in found]


def expressions(target):
    for name, file, old, new, what in EXPRESSIONS:
        if name == target:
            text = (ROOT / file).read_text()
            at = text.find(old)
            if at < 0:
                sys.exit(f"{file} no longer has {old!r}: mend EXPRESSIONS")
            yield {"file": file, "line": text.count("\n", 0, at) + 1, "kind": "expression", "what": what, "start": at,
                   "old": old, "shape": None, "new": new, "switched": "{d}" in new}


def with_switch(mutation, number):
    """The code that deletes when the switch of this number is thrown."""
    switch = SWITCH.format(number)
    if mutation["shape"]:
        return mutation["shape"].format(d=switch, c=mutation["old"])
    return mutation["new"].replace("{d}", switch)


def all_mutations(target):
    """The deletions of a target, each once."""
    found = [m for f in sources(TARGETS[target][0]) for m in mutations(f)] + list(expressions(target))
    return list({(m["file"], m["start"], m.get("new")): m for m in found}.values())


def apply(tree, edits):
    """Makes edits of `(file, start, old, new)` and returns the files as they were."""
    before = {}
    for file, start, old, new in sorted(edits, key=lambda e: -e[1]):
        path = tree / file
        text = path.read_text()
        before.setdefault(path, text)
        assert text[start:start + len(old)] == old, f"{file} changed"
        path.write_text(text[:start] + new + text[start + len(old):])
    return before


def copy_tree(into):
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT,
                            capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, listed):
        source = ROOT / name
        if source.is_file():
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def build(tree, packages, target_dir):
    """The test programs of the packages with the directories that they run in; `None` and the errors if none."""
    env = dict(os.environ, CARGO_TARGET_DIR=str(target_dir))
    programs = []
    for package in packages:
        command = ["cargo", "test", "--locked", "-p", package, "--lib", "--tests", "--no-run", "--message-format=json"]
        run = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True)
        if run.returncode:
            rendered = [json.loads(l) for l in run.stdout.splitlines() if l.startswith("{")]
            errors = [r["message"]["rendered"] for r in rendered if r.get("reason") == "compiler-message"]
            return None, "".join(e for e in errors if e.startswith("error"))[:3000] + run.stderr[-500:]
        for line in run.stdout.splitlines():
            message = json.loads(line) if line.startswith("{") else {}
            if message.get("executable") and message.get("profile", {}).get("test"):
                programs.append((message["executable"], str(Path(message["manifest_path"]).parent)))
    return programs, ""


def run_tests(programs, extra, switch, timeout):
    """(outcome, first failing test): outcome is `survived`, `killed` or `timeout`."""
    env = dict(os.environ, RUST_BACKTRACE="0", LARIAT_DELETED=switch)
    env.pop("LARIAT_FIGURES", None)
    for program, cwd in programs:
        run = subprocess.Popen([program, *extra], cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True)
        alarm = threading.Timer(timeout, run.kill)
        alarm.start()
        try:
            for line in run.stdout:
                failed = re.match(r"test (\S+) .*FAILED$", line)
                if failed:
                    return "killed", failed[1]
        finally:
            expired = not alarm.is_alive()
            alarm.cancel()
            run.kill()
            run.stdout.close()
            run.wait()
        if expired:
            return "timeout", ""
        if run.returncode and run.returncode != -9:
            return "killed", "(the test process itself)"
    return "survived", ""


def load_results():
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text().splitlines() if line]


def take(done):
    """Writes these results and those of other deletions, as far as the code still has them."""
    new = {(r["file"], r["kind"], r["what"]) for r in done}
    exist = {(m["file"], m["kind"], m["what"]) for t in TARGETS for m in all_mutations(t)}
    kept = [r for r in load_results() if (r["file"], r["kind"], r["what"]) in exist - new]
    results = sorted(kept + done, key=lambda r: (list(TARGETS).index(r["target"]), r["file"], r["line"]))
    RESULTS.write_text("".join(json.dumps(r) + "\n" for r in results))
    write_report(results)


def write_report(results):
    text = ["# Deleted checks", "",
            "Made by `scripts/check-deletion.py --write`: every check of every verifier, and every absorb, was deleted once, alone,",
            "and the tests were run. The last column names a test that failed. What the code goes on with cannot be deleted and is not",
            "here: a message's bytes, or a conversion, that fails where there is nothing to convert (`let .. else`, `ok_or`).", ""]
    killed = sum(r["outcome"] in ("killed", "timeout") for r in results)
    text += [f"{len(results)} deletions: {killed} killed, {len(results) - killed} survived.", ""]
    for target in TARGETS:
        rows = [r for r in results if r["target"] == target]
        if not rows:
            continue
        text += [f"## {target}", "", "| deleted | kind | in | the first test that fails |", "|---|---|---|---|"]
        for r in rows:
            what = r["what"].replace("|", "\\|")
            what = what if len(what) <= 100 else what[:97] + "..."
            test = f"`{r['failed'].split('::')[-1]}`" if r["outcome"] == "killed" else r["outcome"]
            text.append(f"| `{what}` | {r['kind']} | `{r['file']}` | {test} |")
        text.append("")
    REPORT.write_text("\n".join(text))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--take", action="store_true")
    parser.add_argument("--only", help="only deletions whose code contains this text")
    parser.add_argument("--target-dir", type=Path, help="where Cargo builds [default: target/check-deletion]")
    parser.add_argument("--timeout", type=int, default=900, help="seconds for the tests of one package")
    args = parser.parse_args()
    unknown = [t for t in args.targets if t not in TARGETS]
    if unknown:
        parser.error(f"no target {unknown[0]!r}; there are {', '.join(TARGETS)}")
    chosen = args.targets or list(TARGETS)
    plan = [(t, m) for t in chosen for m in all_mutations(t)]
    if args.only:
        plan = [(t, m) for t, m in plan if args.only in m["what"]]
    if args.list:
        for target, m in plan:
            print(f"{target}: {m['file']}:{m['line']}: {m['kind']}: {m['what']}")
        print(f"{len(plan)} deletions")
        return 0
    target_dir = (args.target_dir or ROOT / "target" / "check-deletion").resolve()
    last_run = target_dir / "results.jsonl"
    if args.take:
        take([json.loads(line) for line in last_run.read_text().splitlines()])
        return 0
    target_dir.mkdir(parents=True, exist_ok=True)
    done = []

    def record(target, m, outcome, failed):
        result = {k: m[k] for k in ("file", "line", "kind", "what")}
        done.append(result | {"target": target, "outcome": outcome, "failed": failed})
        print(f"{target}: {m['file']}:{m['line']}: {m['kind']}: {m['what'][:90]}: {outcome} {failed}", flush=True)

    with tempfile.TemporaryDirectory(prefix="check-deletion-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        for target in chosen:
            _, packages, extra = TARGETS[target]
            planned = [m for t, m in plan if t == target]
            switched = [m for m in planned if m["switched"]]
            edits = [(m["file"], m["start"], m["old"], with_switch(m, i)) for i, m in enumerate(switched)]
            before = apply(tree, edits)
            programs, errors = build(tree, packages, target_dir)
            if programs is None:
                print(f"{target}: the switched code does not compile:\n{errors}")
                return 1
            start = time.monotonic()
            outcome, failed = run_tests(programs, extra, "none", args.timeout)
            if outcome != "survived":
                print(f"{target}: the tests do not pass as they are: {outcome} {failed}")
                return 1
            print(f"{target}: {len(planned)} deletions, tests take {time.monotonic() - start:.1f} s", flush=True)
            for i, m in enumerate(switched):
                record(target, m, *run_tests(programs, extra, str(i), args.timeout))
            for path, text in before.items():
                path.write_text(text)
            for m in planned:
                if m["switched"]:
                    continue
                before = apply(tree, [(m["file"], m["start"], m["old"], m["new"])])
                programs, errors = build(tree, packages, target_dir)
                outcome = ("no build", errors) if programs is None else run_tests(programs, extra, "none", args.timeout)
                record(target, m, *outcome)
                for path, text in before.items():
                    path.write_text(text)
            last_run.write_text("".join(json.dumps(r) + "\n" for r in done))
            if args.write:
                take(done)
    bad = sum(r["outcome"] in ("survived", "no build") for r in done)
    if os.environ.get("LARIAT_FIGURES"):
        with open(os.environ["LARIAT_FIGURES"], "a") as file:
            for name, count in (("checks deleted", len(done)),
                                ("checks deleted and noticed", sum(r["outcome"] in ("killed", "timeout") for r in done))):
                file.write(json.dumps({"figure": name, "count": count}) + "\n")
    print(f"{len(done)} deletions, {bad} not noticed by any test")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
