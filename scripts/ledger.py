#!/usr/bin/env python3
"""A second ledger: security and sizes of proofs, derived without any of Lariat's code, against what `lariat` reports.

    scripts/ledger.py [--lariat target/release/lariat] [--quick] [--verbose]

Proves runs of several lengths under every scheme and both arguments for products, has `lariat inspect --json` itemise the
proofs, and derives the same from formulas: those of docs/protocol.md, docs/security.md and the heads of the schemes' crates,
which have them from the papers. Compared are the terms and problems of the ledger, its levels and what limits them, and
every message of a proof: number of messages, elements, bytes. A difference of more than 0.01 bits fails, and so does a term or
message that one side alone has, a byte, and a number of queries that is not the least which reaches the target. Then every
number and name that was compared is falsified, one at a time, and each time the comparison must fail.

What the formulas start from: the header (scheme, products, table size, rows, lengths), the bits of "pcs/parts" and of
"nonzero evaluations", which say what is sent, and the number of variables of the cells, which follows from the program: it is
the one with which the grand products have as many claims as they do. Numbers of columns, operations and constraints are those
of the table "parameters" in docs/trace-and-constraints.md. Standard library only.
"""
import argparse
import copy
import json
import math
import re
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOLERANCE = 0.01

# The order of BN254's scalar field, 36 x^4 + 36 x^3 + 18 x^2 + 6 x + 1 at the curve's parameter [BN05].
X = 4965661367192848881
R = 36 * X**4 + 36 * X**3 + 18 * X**2 + 6 * X + 1
LOG_R = math.log2(R)
# Schemes count the field with its bits rounded down to a tenth.
LOG_R_SCHEMES = math.floor(10 * LOG_R) / 10
# The largest power of two that divides r - 1: groups of that many points exist, and none larger.
TWO_ADICITY = (R - 1 & 1 - R).bit_length() - 1

SCALAR = POINT = DIGEST = 32
G2, GT = 128, 128
TARGET = 100
# Tag, address, second key, value, time and the 42 fields of a row of bytecode (docs/memory-checking.md).
FIELDS = 47
# D: coefficients that an adversary's polynomials have under the longest ceremony's powers of tau.
CEREMONY = 2**29
CELL_COLUMNS = 3
# Of reads, writes, initial and final.
PRODUCTS = 4
TREE_BITS = ("collisions of BLAKE3 in Merkle trees", 128.0)
CURVE = [("discrete logarithms in BN254's groups, generic", 125.8), ("discrete logarithms in BN254's groups, through the pairing", 100.0)]
POWERS = [("the trapdoor of 2^29 powers of tau", 112.0)]
SEED = [("the trapdoor of a setup whose seed is public", 0.0)]
HASHES = {"keccak256": "Keccak-256", "blake3": "BLAKE3"}


def log2_ceil(n):
    return max(n - 1, 0).bit_length()


def total(terms):
    """-log2 of the sum of 2^-bits, for lists of bits."""
    terms = list(terms)
    low = min(terms)
    return low - math.log2(sum(2.0 ** (low - bits) for bits in terms))


def over_r(numerator, field=LOG_R_SCHEMES):
    return field - math.log2(numerator)


# Codes of rate 2^-b (head of pcs/merkle/src/queries.rs). A regime says which words are close: those of agreement
# (1 + rho) / 2 within unique decoding, and sqrt(rho) (1 + 1/512) up to Johnson's bound.
GAP = 512
UNIQUE, JOHNSON = "unique", "johnson"


@lru_cache(maxsize=None)
def least_queries(b, bits, regime=JOHNSON):
    """The least t with agreement^t <= 2^-bits, in whole numbers; of squares up to Johnson's bound."""
    if regime == UNIQUE:
        (numerator, denominator), bits = (2**b + 1, 2 ** (b + 1)), bits
    else:
        (numerator, denominator), bits = ((GAP + 1) ** 2, GAP**2 << b), 2 * bits
    above, below, t = 1, 1, 0
    while above << bits > below:
        above, below, t = above * numerator, below * denominator, t + 1
    return t


def query_bits(b, t, regime=JOHNSON):
    return -t * math.log2((1 + 2.0**-b) / 2 if regime == UNIQUE else 2 ** (-b / 2) * (1 + 1 / GAP))


def list_size(b, regime=JOHNSON):
    """Most codewords that are close to one word."""
    return 1 if regime == UNIQUE else GAP << b >> 1


def exceptional(b, degree, log_points, regime=JOHNSON):
    """Challenges of a curve of this degree, at most, for which mutual correlated agreement fails [BCIKS20; Hab25]."""
    degree, points = max(degree, 1), 2**log_points
    if regime == UNIQUE:
        return degree * points
    return degree * points**2 * (GAP + 0.5) ** 7 / (3 * 2 ** (-1.5 * b))


def capacity_bits(log_inv_rate, t):
    """With the agreement a = rho + H(a) / log2(q) that words without structure have [DG25; CS25]."""
    rho = 2.0**-log_inv_rate
    low, high = rho, min(1.0, rho + 1 / LOG_R_SCHEMES)
    for _ in range(80):
        a = (low + high) / 2
        entropy = -a * math.log2(a) - (1 - a) * math.log2(1 - a)
        low, high = (a, high) if rho + entropy / LOG_R_SCHEMES > a else (low, a)
    return -t * math.log2(low)


class Tree:
    """A Merkle tree with a cap of as many nodes as queries, rounded up to a power of two."""

    def __init__(self, log_leaves, queries):
        height = min(log2_ceil(queries), log_leaves)
        self.cap = (DIGEST << height) + (DIGEST if height else 0)
        self.path = DIGEST * (log_leaves - height)


# Columns and pieces (head of pcs/src/batch/mod.rs).


def count_pieces(l, columns):
    """Pieces of 2^l values of one commit call: parts of long columns; short ones of one size share pieces."""
    long = sum(1 << (m - l) for m in columns if m >= l)
    short = {m: columns.count(m) for m in columns if m < l}
    return long + sum(-(-n // (1 << (l - m))) for m, n in short.items())


def piece_vars(columns):
    """The size of most columns, or the next with which pieces are at most 64 more than columns."""
    most = max(set(columns), key=lambda m: (columns.count(m), m))
    return next(l for l in range(most, 33) if count_pieces(l, columns) <= len(columns) + 64)


class Shape:
    """What header, program and docs/trace-and-constraints.md say of a proof."""

    def __init__(self, header, cell_vars, parts=()):
        table = PARAMETERS[header["log_m"]]
        self.log_m = header["log_m"]
        self.operations, self.constraints = table["memory operations of a row"], table["constraints of a row"]
        self.n, self.m = log2_ceil(header["rows"]), cell_vars
        self.point = max(self.n, self.m)
        # Variables of the columns of products, if there are any; of the level in the clear, from which layers go on.
        small = min(self.n, self.m)
        self.quarks = {"gkr": False, "quarks": True}[header["products"]] and small > 0
        self.start = small if self.quarks else min(2, small)
        # Words, and the length word.
        private = [log2_ceil(1 + -(-header["private_input_bytes"] // 4))]
        witness = [self.n] * table["committed columns over steps"] + [self.m] * CELL_COLUMNS
        self.batches = [private, witness]
        if self.quarks:
            self.batches.append([small] * PRODUCTS)
        self.columns = sum(self.batches, [])
        # How many parts of each batch are sent; set once the scheme has said how many there are.
        self.parts = parts

    def sent(self, numbers):
        """The parts sent of each batch; bits past the last part are zero."""
        assert len(numbers) == len(self.parts), "bits of parts"
        return [count_bits(number, data) for number, data in zip(numbers, self.parts)]


def count_bits(number, data):
    """How many bits are set of so many, a bit each, the lowest of a byte first."""
    bits = [byte >> i & 1 for byte in data for i in range(8)]
    assert len(data) == -(-number // 8) and not any(bits[number:]), "bits of what is sent"
    return sum(bits)


def layers(s):
    """(rounds, claims that are combined, claims that are sent, whether a coordinate is appended) of every layer.

    Trees have a claim a group and leave two; levels over slots have and leave as many as they have slots."""
    slots = slot_levels(s.operations)
    for j in range(s.start, max(s.n + len(slots), s.m)):
        rounds, combined, sent, tree = 0, 0, 0, False
        if j < s.n:
            rounds, combined, sent, tree = j, 2, 4, True
        elif j - s.n < len(slots):
            size, below = slots[j - s.n]
            rounds, combined, sent = s.n, 2 * size, 2 * below
        if j < s.m:
            rounds, combined, sent, tree = max(rounds, j), combined + 2, sent + 4, True
        yield rounds, combined, sent, tree


def interactive_terms(s):
    """Terms of the argument: (part, name, numerator)."""
    yield "fingerprints", "tau, gamma", (FIELDS - 1) * (s.operations * 2**s.n + 2**s.m + 1)
    part = "grand products"
    if s.quarks:
        # [SL20, §5]: the zero check, the combination of the products, two for each round, a line.
        yield part, "product columns", s.start + 1 + 2 * s.start + 1
        # Three claims on each column, under powers of one challenge.
        yield part, "claims on columns", 3 * PRODUCTS - 1
    elif s.start:
        yield part, "values in the clear", s.start
    # [Thaler13]: combining the claims, two for each round, the fold.
    for j, (rounds, combined, _, tree) in enumerate(layers(s)):
        yield part, f"layer {s.start + j}", (combined > 1) + 2 * rounds + tree
    yield "point of the zero checks", "row and cell points", s.n + s.m
    yield "rho", "leaf claims and constraints", 2 * s.operations + s.constraints - 1
    yield "sigma", "statements on cells", 7
    yield "main sumcheck", "batching", 1
    yield "main sumcheck", "rounds", 3 * s.point


def slot_levels(operations):
    """Sizes of the levels over slots, from one up: each is half of the next, rounded up; and the next sizes."""
    sizes = [operations]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // 2))
    sizes.reverse()
    return list(zip(sizes, sizes[1:]))


def product_claims(s):
    return sum(sent for _, _, sent, _ in layers(s))


def cell_vars(header, parts):
    """The variables of the cells with which the layers send as many claims as they do.

    With product columns, two numbers of variables, one below and one above that of steps, have the same number of claims; they
    differ in the rounds of the main sumcheck."""
    groups = {group["label"]: group for part in parts for group in part["messages"]}
    claims, rounds = groups["grand product claims"], groups["main sumcheck"]
    shapes = (Shape(header, m) for m in range(33))
    found = [s.m for s in shapes if s.point == rounds["messages"] and product_claims(s) == claims["elements"]]
    if len(found) != 1:
        raise Difference(f"{claims['elements']} claims of grand products are those of {len(found)} numbers of cells")
    return found[0]


def messages_of_argument(s, evaluations):
    """Part -> label -> (messages, elements, bytes). `evaluations` are those that are not zero."""
    products = Messages()
    if s.quarks:
        products.add("grand products", 1, PRODUCTS, SCALAR)
        products.add("product column check", s.start, 2 * s.start, SCALAR)
        # Both ends of the line for either half of the level's and the column's, and the column at the end.
        products.add("product column claims", 1, 5 * PRODUCTS, SCALAR)
    else:
        products.add("grand products", 1, PRODUCTS << s.start, SCALAR)
    rounds = sum(rounds for rounds, _, _, _ in layers(s))
    products.add("grand product layer", rounds, 2 * rounds, SCALAR)
    products.add("grand product claims", len(list(layers(s))), product_claims(s), SCALAR)
    yield "grand products", products
    main = Messages()
    main.add("main sumcheck", s.point, 3 * s.point, SCALAR)
    yield "main sumcheck", main
    values = Messages()
    values.add("nonzero evaluations", 1, -(-len(s.columns) // 8), 1)
    values.add("column evaluations", 1 if evaluations else 0, evaluations, SCALAR)
    yield "column evaluations", values


class Messages(dict):
    """Label -> (messages, elements, bytes); what is empty is in no report."""

    def add(self, label, messages, elements, size):
        old = self.get(label, (0, 0, 0))
        if messages:
            self[label] = (old[0] + messages, old[1] + elements, old[2] + size * elements)


class Hyrax:
    """[WTSTW18, §6]: one point a row; one combined row for every length of rows."""

    problems = CURVE

    def __init__(self, s):
        evaluations = sum(1 << m for m in s.columns)
        self.l = min(14, (evaluations.bit_length() - 1) // 2)
        rows = lambda columns: sum(1 << max(0, m - self.l) for m in columns)
        self.parts = [rows(batch) for batch in s.batches]
        self.classes = {min(m, self.l) for m in s.columns}
        self.num_columns = len(s.columns)

    def terms(self):
        # Degrees in rho and sigma; classes are at most l + 1.
        bits = over_r(self.num_columns + self.l + 1)
        return {"opening": (bits, bits)}

    def commit(self, out, _batch, sent):
        out.add("hyrax/commitments", 1 if sent else 0, sent, POINT)

    def open(self, out, sent):
        out.add("hyrax/row", len(self.classes), sum(1 << c for c in self.classes), SCALAR)


class Batched:
    """Columns become pieces of one length, and their claims one claim (head of pcs/src/batch/mod.rs).

    A commit call of columns of one size that fit one piece is sent in clear if a commitment of its own has more bytes."""

    def __init__(self, s):
        self.l = piece_vars(s.columns)
        self.parts = [count_pieces(self.l, batch) for batch in s.batches]
        # Pieces of all columns in one list, from which schemes take their parameters.
        self.workload = count_pieces(self.l, s.columns)
        self.choose()
        self.clear = [self.is_clear(batch) for batch in s.batches]
        self.values = [sum(1 << m for m in batch) for batch in s.batches]
        committed = [batch for batch, clear in zip(s.batches, self.clear) if not clear]
        self.pieces = sum(count_pieces(self.l, batch) for batch in committed)
        self.sizes = {min(m, self.l) for batch in committed for m in batch}
        self.columns = sum(map(len, committed))

    def choose(self):
        """Parameters that follow from the workload."""

    def bytes_of_a_commitment(self):
        """To one piece more; nothing is sent in clear where this is zero."""
        return 0

    def is_clear(self, batch):
        fits = len(set(batch)) == 1 and batch[0] < self.l and count_pieces(self.l, batch) == 1
        return fits and sum(SCALAR << m for m in batch) <= self.bytes_of_a_commitment()

    def commit(self, out, batch, sent):
        if sent and self.clear[batch]:
            out.add("batch/evaluations in clear", 1, self.values[batch], SCALAR)
        elif sent:
            self.commit_pieces(out, sent)

    def terms(self):
        # Slots: a variable each. rho: a claim a column, or a piece. With several sizes, their reduction: degree 2 a round
        # and the combinations of claims and of values, by one for each size; and sigma.
        sizes = len(self.sizes)
        slots = sum(self.l - m for m in self.sizes)
        degree = self.columns + self.pieces + slots + (2 * self.l + 3 * sizes if sizes > 1 else 0)
        out = {"batching of columns and sizes": (over_r(degree),) * 2}
        out.update(self.own_terms())
        return out

    def open(self, out, sent):
        if len(self.sizes) > 1:
            out.add("claim reduction", self.l, 2 * self.l, SCALAR)
            out.add("reduced evaluations", 1, len(self.sizes), SCALAR)
        sent = self.committed(sent)
        if sent:
            self.open_pieces(out, sent)

    def committed(self, sent):
        """Pieces sent of each call that is committed to, if any are."""
        return [count for count, clear in zip(sent, self.clear) if count and not clear]

    @staticmethod
    def fractions(terms):
        return {name: (over_r(numerator),) * 2 for name, numerator in terms}


class Curve(Batched):
    problems = CURVE + POWERS
    label = None

    def commit_pieces(self, out, sent):
        out.add(self.label, 1, sent, POINT)


class Zeromorph(Curve):
    """[KT24]."""

    label = "zeromorph/commitments"

    def own_terms(self):
        return self.fractions([
            ("y: a quotient of too high degree", max(self.l - 1, 1)),
            ("w: a wrong reversal or identity", 2 * CEREMONY),
            ("z, delta: three equations in one", 2),
            ("degrees of the pieces", self.pieces + 32),
        ])

    def open_pieces(self, out, sent):
        out.add("zeromorph/quotients", 1, self.l, POINT)
        out.add("zeromorph/reversal", 1, 1, POINT)
        out.add("zeromorph/value", 1, 1, SCALAR)
        out.add("zeromorph/openings", 1, 2, POINT)


class HyperKzg(Curve):
    """[BCHO22, §2.4] with [BDFG20, §4]."""

    label = "hyperkzg/commitments"

    def own_terms(self):
        return self.fractions([
            ("r: a wrong fold", 2 * CEREMONY),
            ("gamma: a value that is not opened", self.l),
            ("z: a quotient that is none", CEREMONY + 2),
        ])

    def open_pieces(self, out, sent):
        out.add("hyperkzg/folds", 1, self.l - 1, POINT)
        out.add("hyperkzg/evals", 1, 2 * self.l, SCALAR)
        out.add("hyperkzg/quotient", 1, 1, POINT)
        out.add("hyperkzg/witness", 1, 1, POINT)


class Mercury(Curve):
    """[EG25, §6]: seven points and six scalars."""

    label = "mercury/commitments"

    def own_terms(self):
        return self.fractions([
            ("alpha: wrong rows", CEREMONY),
            ("gamma: a wrong inner product", 1),
            ("zeta: a wrong reversal or cross term", 2 * CEREMONY + 1),
            ("beta: a value that is not opened", 3),
            ("z, delta: a wrong quotient", 2 * CEREMONY + 3),
        ])

    def open_pieces(self, out, sent):
        out.add("mercury/rows", 1, 1, POINT)
        out.add("mercury/folded", 1, 3, POINT)
        out.add("mercury/cross", 1, 1, POINT)
        out.add("mercury/evals", 1, 6, SCALAR)
        out.add("mercury/quotient", 1, 1, POINT)
        out.add("mercury/witness", 1, 1, POINT)


class Kzh(Curve):
    """[KZH25]: rows of a matrix, opened one in another by parts of four coordinates; the last four are a row in clear."""

    label = "kzh/commitments"

    def choose(self):
        left = max(self.l - 4, 0)
        self.rows = [2 ** min(4, left - done) for done in range(0, left, 4)]

    def own_terms(self):
        return self.fractions([
            ("rho: a row that is too long or has another value", sum(n - 1 for n in self.rows) or 1),
            ("omega: a wrong pairing equation", len(self.rows) or 1),
        ])

    def open_pieces(self, out, sent):
        out.add("kzh/rows", len(self.rows), sum(self.rows), POINT)
        out.add("kzh/values", len(self.rows), sum(self.rows), SCALAR)
        out.add("kzh/last", 1, 1 << min(self.l, 4), SCALAR)


class Dory(Batched):
    """[Lee21]: elements of the target group in a third of their coordinates."""

    problems = CURVE

    def choose(self):
        # Wider matrices while half of the rows' pairings are worth more than 20 a column.
        self.sigma = -(-self.l // 2)
        while self.sigma < min(self.l, 14) and (self.workload << (self.l - self.sigma)) // 2 > 20 << self.sigma:
            self.sigma += 1

    def own_terms(self):
        return self.fractions([("opening", 4 * self.sigma + 2)])

    def commit_pieces(self, out, sent):
        out.add("dory/commitments", 1, GT * sent, 1)

    def open_pieces(self, out, sent):
        rounds = self.sigma
        out.add("dory/statement", 1, 2, POINT)
        out.add("dory/first", rounds, rounds * (4 * GT + G2), 1)
        out.add("dory/first/g1", rounds, rounds, POINT)
        out.add("dory/second", rounds, rounds * (2 * GT + 2 * G2), 1)
        out.add("dory/second/g1", rounds, 2 * rounds, POINT)
        out.add("dory/last/g1", 1, 1, POINT)
        out.add("dory/last/g2", 1, G2, 1)


class Samples:
    """Out-of-domain samples: a value of every word at its own commitment's point, in the commitment, and at those of other
    commitments, in the opening (head of pcs/merkle/src/samples.rs)."""

    def commit_samples(self, out, label, words):
        out.add(label, 1, words, SCALAR)

    def cross_samples(self, out, label, words):
        """For commitments to so many words each."""
        count = len(words)
        out.add(label, count * (count - 1), (count - 1) * sum(words), SCALAR)


# What a second commitment to one word adds to an opening: the value of either's word at the other's point.
CROSS = 2 * SCALAR


class Ligero(Samples, Batched):
    """[AHIV17, §4; GLSTW21, §4] at rate 1/2, up to Johnson's bound."""

    problems = [TREE_BITS]

    def choose(self):
        self.t = least_queries(1, TARGET)
        usual = self.workload - self.workload // 3
        # Row lengths by the bytes of a proof with one commitment that sends two thirds of the pieces.
        self.c = min(range(min(self.l, TWO_ADICITY - 1) + 1), key=lambda c: self.bytes_with(c, usual))

    def bytes_with(self, c, pieces):
        tree = Tree(c + 1, self.t)
        values = pieces + self.values_sent(1)
        return SCALAR * (values + (1 << c)) + tree.cap + self.t * tree.path + self.t * SCALAR * (pieces << (self.l - c))

    @staticmethod
    def values_sent(commitments):
        """A row for proximity, for the claim, for each commitment's point; values at all points but those claimed."""
        return (2 + commitments) * (1 + commitments) - (1 + commitments)

    def own_terms(self):
        # At most as many commitments as pieces.
        rows_a_piece, pieces, size = 1 << (self.l - self.c), self.pieces, list_size(1)
        # alpha over all rows, beta over combinations.
        proximity = exceptional(1, pieces * rows_a_piece - 1, self.c + 1) + exceptional(1, pieces + 1, self.c + 1)
        # Two of a list agree at a point; a wrong value survives the powers of alpha^R, of degree R (K - 1).
        samples = pieces * size**2 * max(self.l, 1) / 2 + size * max(rows_a_piece * (pieces - 1), 1)
        return {
            "queries": (query_bits(1, self.t), capacity_bits(1, self.t)),
            **self.fractions([
                ("proximity of all rows", proximity),
                ("combined claims", size * (pieces + 1)),
                ("samples: one message a commitment", samples),
            ]),
        }

    def bytes_of_a_commitment(self):
        tree = Tree(self.c + 1, self.t)
        values = SCALAR + CROSS + SCALAR * (self.values_sent(2) - self.values_sent(1))
        return tree.cap + values + self.t * (tree.path + (SCALAR << (self.l - self.c)))

    def commit_pieces(self, out, sent):
        out.add("ligero/commitment", 1, Tree(self.c + 1, self.t).cap, 1)
        self.commit_samples(out, "ligero/samples", sent)

    def open_pieces(self, out, sent):
        tree = Tree(self.c + 1, self.t)
        self.cross_samples(out, "ligero/samples of others", sent)
        out.add("ligero/values", 1, self.values_sent(len(sent)), SCALAR)
        out.add("ligero/row", 1, 1 << self.c, SCALAR)
        out.add("ligero/columns", len(sent), self.t * (sum(sent) << (self.l - self.c)), SCALAR)
        out.add("ligero/paths", len(sent), len(sent) * self.t * tree.path, 1)

    def reported_queries(self, messages, sent):
        yield messages["ligero/columns"], SCALAR * (sum(sent) << (self.l - self.c)), self.t


class Stacked(Samples, Batched):
    """Pieces that are sent, four in one, in at most 19 variables (head of pcs/src/batch/tall.rs)."""

    def choose(self):
        self.h = min(max(0, min(2, 19 - self.l)), self.workload.bit_length() - 1)
        self.vars = self.l + self.h
        self.schedule, self.final = self.search(self.vars, self.stack(self.workload))

    def own_terms(self):
        out = self.stack_terms()
        if self.h:
            out.update(self.fractions([("stacked pieces", 2 * self.h)]))
        return out

    def open_pieces(self, out, sent):
        out.add("stacked pieces", self.h, 2 * self.h, SCALAR)
        self.open_stacks(out, self.stacks(sent))

    def stacks(self, sent):
        return [self.stack(count) for count in sent if count]

    def stack(self, count):
        return -(-count // (1 << self.h))


class BaseFold(Stacked):
    """[ZCF24, protocol 4] at rate 1/2, up to Johnson's bound; at most 2^9 evaluations in the clear, at most four folds an
    oracle."""

    problems = [TREE_BITS]

    t = least_queries(1, TARGET)

    @staticmethod
    @lru_cache(maxsize=None)
    def search(most, _stacks):
        """Folds of each oracle, and variables that are sent in the clear.

        The fewest bytes of one commitment: two slopes a fold, of the claim and of its sample. The longer fold on ties."""
        best, queries = {}, BaseFold.t
        for v in range(most + 1):
            ways = [((SCALAR << v), [])] if v <= 9 else []
            for k in range(min(v, 4), 0, -1):
                tree = Tree(v + 1 - k, queries)
                cost = tree.cap + queries * ((SCALAR << k) + tree.path) + 2 * SCALAR * k
                ways.append((cost + best[v - k][0], [k] + best[v - k][1]))
            best[v] = min(ways, key=lambda way: way[0])
        folds = best[most][1]
        return folds, most - sum(folds)

    def stack_terms(self):
        length, rounds, pieces, size = self.vars + 1, self.vars - self.final, self.pieces, list_size(1)
        # Two of a list agree at a point, for as many commitments as pieces; gamma and beta in wrong samples.
        samples = pieces * size**2 * max(self.vars, 1) / 2 + size * pieces
        terms = [
            # The curve in gamma, the line in beta.
            ("proximity of all pieces", exceptional(1, pieces - 1, length) + exceptional(1, 1, length)),
            ("combined claim", size),
            ("samples: one message a commitment", samples),
        ]
        if rounds:
            terms.append(("folds", sum(exceptional(1, 1, length - j) + size for j in range(1, rounds + 1))))
        return {"queries": (query_bits(1, self.t), capacity_bits(1, self.t)), **self.fractions(terms)}

    def bytes_of_a_commitment(self):
        tree = Tree(self.vars + 1, self.t)
        # A slope more a fold.
        values = SCALAR + CROSS + SCALAR * (self.vars - self.final)
        return tree.cap + values + self.t * (tree.path + SCALAR)

    def commit_pieces(self, out, sent):
        out.add("basefold/commitment", 1, Tree(self.vars + 1, self.t).cap, 1)
        self.commit_samples(out, "basefold/samples", self.stack(sent))

    def open_stacks(self, out, stacks):
        rows = Tree(self.vars + 1, self.t)
        self.cross_samples(out, "basefold/samples of others", stacks)
        out.add("basefold/extra", 1, 1, SCALAR)
        out.add("basefold/rows", len(stacks), self.t * sum(stacks), SCALAR)
        out.add("basefold/row-paths", len(stacks), len(stacks) * self.t * rows.path, 1)
        log_len = self.vars + 1
        for k in self.schedule:
            tree = Tree(log_len - k, self.t)
            out.add("basefold/oracle", 1, tree.cap, 1)
            out.add("basefold/slope", k, k * (1 + len(stacks)), SCALAR)
            out.add("basefold/leaves", 1, self.t << k, SCALAR)
            out.add("basefold/leaf-paths", 1, self.t * tree.path, 1)
            log_len -= k
        out.add("basefold/final", 1, 1 << self.final, SCALAR)

    def reported_queries(self, messages, sent):
        yield messages["basefold/rows"], SCALAR * sum(self.stacks(sent)), self.t


class Whir(Stacked):
    """[ACFY24, §5]: oracles of falling rate, chosen by the bytes of a proof. The first has rate 1/2; up to Johnson's bound."""

    problems = [TREE_BITS]

    @staticmethod
    @lru_cache(maxsize=None)
    def search(most, stacks):
        """Oracles as (variables, fold, log of the inverse rate, queries), and variables that are sent in the clear.

        For one commitment. At most six folds an oracle and rates down to 2^-8. The second oracle has at most twice as many
        entries as the codeword of one stack (as many for two or three stacks, half as many for one), further ones half as
        many as the one before. At most 1, 2, 4 or 8 oracles, each with queries for 100, 101, 102 or 103 bits."""
        best = None
        entries = max(most + 1 + min(stacks.bit_length() - 1, 2) - 1, 0)
        for log_count in range(4):
            after = lru_cache(maxsize=None)(lambda v, e, left: Whir.after(after, TARGET + log_count, v, e, left))
            t = least_queries(1, TARGET + log_count)
            for k in range(min(most, 6) + 1):
                log_domain = most - k + 1
                if log_domain > TWO_ADICITY:
                    continue
                tree = Tree(log_domain, t)
                own = 2 * SCALAR * k + tree.cap + t * tree.path + t * SCALAR * (stacks << k)
                cost, oracles, final = after(most - k, entries, 2**log_count - 1)
                if best is None or own + cost < best[0]:
                    best = own + cost, [(most, k, 1, t)] + oracles, final
        return best[1:]

    @staticmethod
    def after(after, bits, v, entries, left):
        best = SCALAR << v, [], v
        if not left:
            return best
        for k in range(1, min(v, 6) + 1):
            for rate in range(1, min(max(entries - v, 0), 8) + 1):
                if v - k + rate > TWO_ADICITY:
                    continue
                t = least_queries(rate, bits)
                tree = Tree(v - k + rate, t)
                # With its sample.
                own = SCALAR + tree.cap + 2 * SCALAR * k + t * ((SCALAR << k) + tree.path)
                if own >= best[0]:
                    continue
                cost, oracles, final = after(v - k, v + rate - 1, left - 1)
                if own + cost < best[0]:
                    best = own + cost, [(v, k, rate, t)] + oracles, final
        return best

    def stack_terms(self):
        v, _, rate, t = self.schedule[0]
        pieces, size = self.pieces, list_size(rate)
        # alpha over K pieces, the line in beta; beta in the claim.
        proximity = exceptional(rate, pieces - 1, v + rate) + exceptional(rate, 1, v + rate) + size
        # Two of a list agree at a commitment's point, alpha and beta in wrong samples, delta; as many commitments as pieces.
        samples = pieces * size**2 * max(v, 1) / 2 + size * (pieces + 1 + pieces)
        folds = claims = 0
        proven, known = [], []
        for i, (v, k, rate, t) in enumerate(self.schedule):
            size = list_size(rate)
            folds += sum(exceptional(rate, 1, v + rate - j) + 2 * size for j in range(1, k + 1))
            proven.append(query_bits(rate, t))
            known.append(capacity_bits(rate, t))
            # The t values and the sample are joined to the claim, for polynomials close to the next oracle.
            for v, _, rate, _ in self.schedule[i + 1 : i + 2]:
                claims += (t + 2) * list_size(rate)
                samples += list_size(rate) ** 2 * 2**v / 2
        return {
            "queries of all oracles": (total(proven), total(known)),
            "batching of queried values": (over_r(claims),) * 2 if claims else (math.inf,) * 2,
            "folds and sumcheck rounds": (over_r(folds),) * 2 if folds else (math.inf,) * 2,
            **self.fractions([("proximity of all pieces", proximity), ("samples: one message a commitment", samples)]),
        }

    def first_tree(self):
        v, k, rate, t = self.schedule[0]
        return Tree(v - k + rate, t)

    def bytes_of_a_commitment(self):
        _, k, _, t = self.schedule[0]
        return self.first_tree().cap + SCALAR + CROSS + t * (self.first_tree().path + (SCALAR << k))

    def commit_pieces(self, out, sent):
        out.add("whir/commitment", 1, self.first_tree().cap, 1)
        self.commit_samples(out, "whir/samples", self.stack(sent))

    def open_stacks(self, out, stacks):
        self.cross_samples(out, "whir/samples of others", stacks)
        out.add("whir/proximity value", 1, 1, SCALAR)
        for i, (v, k, rate, t) in enumerate(self.schedule):
            tree = Tree(v - k + rate, t)
            if i:
                out.add("whir/oracle", 1, tree.cap, 1)
                out.add("whir/sample", 1, 1, SCALAR)
            trees, leaves = (1, 1) if i else (len(stacks), sum(stacks))
            out.add("whir/sumcheck", k, 2 * k, SCALAR)
            out.add("whir/leaves", trees, t * (leaves << k), SCALAR)
            out.add("whir/paths", trees, trees * t * tree.path, 1)
        out.add("whir/final", 1, 1 << self.final, SCALAR)

    def reported_queries(self, messages, sent):
        # Leaves of all oracles are under one label: those of the later ones are taken off.
        _, k, _, t = self.schedule[0]
        later = sum(SCALAR * t << k for _, k, _, t in self.schedule[1:])
        count, elements, size = messages["whir/leaves"]
        yield (count, elements, size - later), SCALAR * (sum(self.stacks(sent)) << k), t


class Ligerito(Stacked):
    """[NA25]: matrices one in another, of falling rate, chosen by the bytes of a proof. The first has rate 1/2; unique
    decoding, so that no commitment needs samples."""

    problems = [TREE_BITS]

    @staticmethod
    @lru_cache(maxsize=None)
    def search(most, stacks):
        """Matrices as (variables, folds, log of the inverse rate, queries), and variables that are sent in the clear.

        For two commitments, with the bounds of WHIR's search; at most eight matrices, whose queries have errors of a half of
        2^-100, a quarter, and so on, the last two alike."""
        entries = max(most + 1 + min(stacks.bit_length() - 1, 2) - 1, 0)

        @lru_cache(maxsize=None)
        def through(v, e, index):
            """The fewest bytes from matrix `index` on, if there is one; a matrix after it changes its queries."""
            found = []
            for k in range(1, min(v, 6) + 1) if index < 8 else ():
                for rate in range(1, min(max(e - v, 0), 8) + 1):
                    for cost, matrices, final in ways(v - k, v + rate - 1, index):
                        t = Ligerito.queries(rate, index, matrices)
                        tree = Tree(v - k + rate, t)
                        own = tree.cap + 2 * SCALAR * k + t * ((SCALAR << k) + tree.path)
                        found.append((own + cost, [(v, k, rate, t)] + matrices, final))
            return min(found, key=lambda way: way[0], default=None)

        def ways(v, e, index):
            clear, further = (SCALAR << v, [], v), through(v, e, index + 1)
            return [clear, further] if further else [clear]

        found = []
        for k in range(min(most, 6) + 1):
            for cost, matrices, final in ways(most - k, entries, 0):
                t = Ligerito.queries(1, 0, matrices)
                tree = Tree(most - k + 1, t)
                if any(v - k + rate > TWO_ADICITY for v, k, rate, _ in [(most, k, 1, t)] + matrices):
                    continue
                own = 2 * SCALAR * (log2_ceil(stacks) + k) + 2 * (tree.cap + t * tree.path) + t * SCALAR * (stacks << k)
                found.append((own + cost, [(most, k, 1, t)] + matrices, final))
        return min(found, key=lambda way: way[0])[1:]

    @staticmethod
    def queries(rate, index, further):
        return least_queries(rate, TARGET + index + (1 if further else 0), UNIQUE)

    def stack_terms(self):
        proximity = rounds = joined = 0
        proven, known = [], []
        for i, (v, k, rate, t) in enumerate(self.schedule):
            # The index of pieces, and the rows of one.
            challenges = k + (0 if i else log2_ceil(self.pieces))
            proximity += challenges * 2 ** (v - k + rate)
            rounds += 2 * challenges
            joined += 1 + log2_ceil(t) if i + 1 < len(self.schedule) else 0
            proven.append(query_bits(rate, t, UNIQUE))
            # Half-way words at the first matrix, whose commitments stand for themselves.
            known.append(capacity_bits(rate, t) if i else query_bits(rate, t, UNIQUE))
        terms = [("proximity of all rows", proximity), ("sumcheck rounds", rounds), ("batching of queried values", joined)]
        return {
            "queries of all matrices; one message a commitment": (total(proven), total(known)),
            **{name: (over_r(numerator),) * 2 if numerator else (math.inf,) * 2 for name, numerator in terms},
        }

    def first_tree(self):
        v, k, rate, t = self.schedule[0]
        return Tree(v - k + rate, t)

    def bytes_of_a_commitment(self):
        # The index of a second piece is a round.
        _, k, _, t = self.schedule[0]
        return self.first_tree().cap + 2 * SCALAR + t * (self.first_tree().path + (SCALAR << k))

    def commit_pieces(self, out, sent):
        out.add("ligerito/commitment", 1, self.first_tree().cap, 1)

    def open_stacks(self, out, stacks):
        index = log2_ceil(sum(stacks))
        out.add("ligerito/pieces", index, 2 * index, SCALAR)
        for i, (v, k, rate, t) in enumerate(self.schedule):
            tree = Tree(v - k + rate, t)
            if i:
                out.add("ligerito/oracle", 1, tree.cap, 1)
            trees, pieces = (1, 1) if i else (len(stacks), sum(stacks))
            out.add("ligerito/sumcheck", k, 2 * k, SCALAR)
            out.add("ligerito/columns", trees, t * (pieces << k), SCALAR)
            out.add("ligerito/paths", trees, trees * t * tree.path, 1)
        out.add("ligerito/final", 1, 1 << self.final, SCALAR)

    def reported_queries(self, messages, sent):
        # Columns of all matrices are under one label: those of the later ones are taken off.
        _, k, _, t = self.schedule[0]
        later = sum(SCALAR * t << k for _, k, _, t in self.schedule[1:])
        count, elements, size = messages["ligerito/columns"]
        yield (count, elements, size - later), SCALAR * (sum(self.stacks(sent)) << k), t


SCHEMES = {
    "hyrax": Hyrax, "zeromorph": Zeromorph, "hyperkzg": HyperKzg, "mercury": Mercury, "dory": Dory,
    "ligero": Ligero, "basefold": BaseFold, "whir": Whir, "kzh": Kzh, "ligerito": Ligerito,
}


def parameters():
    """The table of docs/trace-and-constraints.md: log M -> name -> number."""
    text = (ROOT / "docs/trace-and-constraints.md").read_text()
    table = text.split("<!-- generated: parameters -->")[1].split("<!-- end generated -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")]
    sizes = [int(re.search(r"\d+", cell).group()) for cell in rows[0][1:]]
    return {size: {row[0]: int(row[1 + i]) for row in rows[2:]} for i, size in enumerate(sizes)}


PARAMETERS = parameters()


class Difference(Exception):
    """What is derived is not what is reported."""


def same(what, derived, reported):
    if derived != reported:
        raise Difference(f"{what}: derived {derived}, reported {reported}")


def close(what, derived, reported):
    if not (derived == reported or abs(derived - reported) <= TOLERANCE):
        raise Difference(f"{what}: derived {derived:.4f}, reported {reported:.4f}")


def compare(report, bits):
    """Raises a Difference, or returns the number of figures compared. `bits` are the bytes of "pcs/parts" of every commitment,
    and then those of "nonzero evaluations"."""
    header = report["header"]
    reported = {part["name"]: part for part in report["parts"]}
    *parts, evaluations = bits
    s = Shape(header, cell_vars(header, report["parts"]), parts)
    evaluations = count_bits(len(s.columns), evaluations)
    scheme = SCHEMES[header["pcs"]](s)
    seeded = header["setup"] == "seed" or header["setup"].startswith("insecure")
    compared = 0

    # The ledger.
    terms = [((part, name), (over_r(numerator, LOG_R),) * 2) for part, name, numerator in interactive_terms(s)]
    terms += [(("opening", name), bits) for name, bits in scheme.terms().items()]
    derived = dict(terms)
    security = report["security"]
    listed = {(t["part"], t["name"]): (t["bits_proven"], t["bits_conjectured"]) for t in security["terms"]}
    same("number of terms", len(derived), len(security["terms"]))
    same("terms", sorted(derived), sorted(listed))
    for name, bits in derived.items():
        for kind, mine, theirs in zip(("proven", "conjectured"), bits, listed[name]):
            close(f"{name}, {kind}", mine, theirs if theirs is not None else math.inf)
            compared += 1
    problems = [(f"collisions of the transcript's {HASHES[header['hash']]}", 128.0)] + scheme.problems
    problems += SEED if seeded else []
    same("problems", problems, [(p["problem"], p["bits"]) for p in security["problems"]])
    compared += len(problems)

    # Levels, and what limits them.
    in_model = problems[:1] + [p for p in problems[1:] if p == TREE_BITS or p in SEED]
    for i, (kind, hard) in enumerate((("proven", in_model), ("conjectured", problems))):
        worst = min(terms, key=lambda term: term[1][i])[0][0]
        level = (total(bits[i] for bits in derived.values()), worst)
        for problem, bits in hard:
            if bits < level[0]:
                level = (bits, problem)
        close(f"level, {kind}", level[0], security[f"security_bits_{kind}"])
        same(f"limit, {kind}", level[1], security[f"security_limit_{kind}"])
        compared += 2
    interactive = total(bits[0] for bits in derived.values())
    close("interactive", interactive, security["security_bits_interactive"])
    if isinstance(scheme, (Ligero, Stacked)) and interactive < TARGET:
        raise Difference(f"{interactive:.3f} bits are fewer than the target")

    # Sizes.
    sent = s.sent(scheme.parts)
    expected = dict(messages_of_argument(s, evaluations))
    names = ("private input commitment", "witness commitments", "product commitments")
    for batch, (name, number, count) in enumerate(zip(names, scheme.parts, sent)):
        out = Messages()
        out.add("pcs/parts", 1, -(-number // 8), 1)
        scheme.commit(out, batch, count)
        expected[name] = out
    expected["opening"] = Messages()
    scheme.open(expected["opening"], sent)
    size = 122 + len(header["setup_name"]) + len(header["input_hex"]) // 2 + 4 * (1 + -(-len(header["output_hex"]) // 8))
    same("bytes of the header", size, reported["header"]["bytes"])
    offset = 0
    same("parts", sorted(["header", *expected]), sorted(reported))
    for part in report["parts"]:
        same(f"offset of {part['name']}", offset, part["offset"])
        offset += part["bytes"]
        listed = {g["label"]: (g["messages"], g["elements"], g["bytes"]) for g in part["messages"]}
        if part["name"] == "header":
            continue
        same(f"messages of {part['name']}", dict(expected[part["name"]]), listed)
        same(f"bytes of {part['name']}", sum(size for _, _, size in expected[part["name"]].values()), part["bytes"])
        size += part["bytes"]
        compared += 3 * len(listed) + 2
    same("bytes of the proof", size, report["proof_bytes"])

    # The number of queries that the proof's own messages have is the least that reaches the target.
    if hasattr(scheme, "reported_queries"):
        listed = {g["label"]: (g["messages"], g["elements"], g["bytes"]) for g in reported["opening"]["messages"]}
        for (_, _, taken), per_query, least in scheme.reported_queries(listed, scheme.committed(sent)):
            same("queries", least * per_query, taken)
            compared += 1
    return compared + 3


def falsified(report):
    """Copies of a report with one number or name of what is compared changed."""
    skipped = {"what", "numerator", "source", "payload", "program_digest", "setup_digest", "heap_high", "stack_low", "output_high",
               "exit_code", "panicked", "argument", "verified", "log_m"}

    def leaves(node, path):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            if key in skipped or path + (key,) == ("header", "pcs"):
                continue
            if isinstance(value, (dict, list)):
                yield from leaves(value, path + (key,))
            else:
                yield path + (key,), value

    def put(path, value):
        out = copy.deepcopy(report)
        node = out
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        return out

    for path, value in leaves(report, ()):
        name = "/".join(map(str, path))
        if isinstance(value, bool) or value is None:
            continue
        if name == "header/rows":
            yield name, put(path, 2 * value)
        elif name == "header/private_input_bytes":
            # Long enough to be more pieces: a column that is sent in clear has its evaluations in no sum.
            yield name, put(path, value + 2**16)
        elif name == "header/hash":
            yield name, put(path, "blake3" if value == "keccak256" else "keccak256")
        elif name == "header/products":
            yield name, put(path, "quarks" if value == "gkr" else "gkr")
        elif name == "header/setup":
            yield name, put(path, "ceremony" if value.startswith(("seed", "insecure")) else "seed")
        elif isinstance(value, int):
            yield name + " + 1", put(path, value + 1)
            yield name + " - 1", put(path, value - 1)
        elif isinstance(value, float):
            yield name + " + 0.02", put(path, value + 0.02)
            yield name + " - 0.02", put(path, value - 0.02)
        else:
            yield name, put(path, value + ("00000000" if "_hex" in name else "?"))
    for log_m in PARAMETERS:
        if log_m != report["header"]["log_m"]:
            yield "header/log_m", put(("header", "log_m"), log_m)
    for where in (("security", "terms"), ("security", "problems"), ("parts",)):
        listed = report[where[0]] if len(where) == 1 else report[where[0]][where[1]]
        for i in range(len(listed)):
            for name, changed in (("without", listed[:i] + listed[i + 1 :]), ("twice", listed[: i + 1] + listed[i:])):
                yield f"{'/'.join(where)}/{i} {name}", put(where, changed)
    for i, part in enumerate(report["parts"]):
        for j in range(len(part["messages"])):
            yield f"parts/{i}/messages/{j} without", put(("parts", i, "messages"), part["messages"][:j] + part["messages"][j + 1 :])


def falsify(name, report, bits):
    """Every change must be noticed. Returns how many there were."""
    count = 0
    for what, changed in falsified(report):
        count += 1
        try:
            compare(changed, bits)
        except (Difference, KeyError, ValueError, AssertionError, IndexError):
            continue
        sys.exit(f"ledger: {name}: not noticed: {what}")
    # A part or an evaluation more or less is sent.
    stack = stacked(report, bits)
    for i, data in enumerate(bits):
        for bit in range(8 * len(data)):
            other = bytearray(data)
            other[bit // 8] ^= 1 << bit % 8
            count += 1
            try:
                compare(report, [bytes(other) if j == i else d for j, d in enumerate(bits)])
            except (Difference, AssertionError, KeyError):
                continue
            # Under stacks a piece more or less need not change the number of stacks.
            before, after = sum(b.bit_count() for b in data), sum(b.bit_count() for b in other)
            if i < len(bits) - 1 and -(-before // stack) == -(-after // stack):
                continue
            sys.exit(f"ledger: {name}: not noticed: bit {bit} of what is sent of {i}")
    return count


def stacked(report, bits):
    """Pieces in a stack: one under schemes without stacks."""
    header = report["header"]
    scheme = SCHEMES[header["pcs"]](Shape(header, cell_vars(header, report["parts"]), bits[:-1]))
    return 1 << getattr(scheme, "h", 0)


# Guest, public and private input, options. Lengths from 81 rows up, both sizes of tables, both hashes; private columns of one
# value and of several, sent in clear and committed to (a guest need not read its private input). --quick stops after the third. Up to there, each run is proven with both arguments for products; the
# longer ones with one of them.
RUNS = [
    ("fibonacci", "0a000000", None, []),
    ("ledger", "0164", "040a050204", ["--log-m", "16", "--hash", "blake3"]),
    ("fibonacci", "e8030000", "07" * 8400, ["--log-m", "8"]),
    ("fibonacci", "e8030000", None, ["--log-m", "16"]),
    ("ledger", "0164", "04" + "0a050204" * 700, ["--log-m", "8"]),
    ("fibonacci", "803e0000", None, []),
]
QUICK = 3
ARGUMENTS = ("gkr", "quarks")


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"ledger: {' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def sent_bits(report, data):
    """The bytes of a proof that say which parts of each commitment, and then which evaluations, are sent."""
    firsts = ((part, group) for part in report["parts"] for group in part["messages"][:1])
    wanted = ((part, group) for part, group in firsts if group["label"] in ("pcs/parts", "nonzero evaluations"))
    return [data[part["offset"] :][: group["bytes"]] for part, group in wanted]


def main():
    args = argparse.ArgumentParser(description="Derives security and sizes of proofs anew and compares with `lariat`.")
    args.add_argument("--lariat", default="target/release/lariat", help="the command [default: %(default)s]")
    args.add_argument("--quick", action="store_true", help="the shortest runs only")
    args.add_argument("--schemes", default=",".join(SCHEMES), help="schemes, separated by commas [default: all]")
    args.add_argument("--verbose", action="store_true", help="a line for each proof")
    args = args.parse_args()

    listed = {entry["name"] for entry in json.loads(run(args.lariat, "list", "pcs", "--json", "--allow-insecure-setup"))["pcs"]}
    same("schemes", sorted(SCHEMES), sorted(listed))
    compared = changes = proofs = 0
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        setup = work / "setup"
        run(args.lariat, "setup", "--insecure-seed", "ledger", "--log-size", "17", "-o", setup)
        given = ["--setup", setup, "--allow-insecure-setup"]
        names = args.schemes.split(",")
        for number, (elf, public, private, options) in enumerate(RUNS[:QUICK] if args.quick else RUNS):
            path = ROOT / "guests/elf" / f"{elf}.elf"
            inputs = (["--input-hex", public] if public else []) + (["--private-input-hex", private] if private else [])
            arguments = ARGUMENTS if number < QUICK else ARGUMENTS[number % 2 :][:1]
            for name, products in ((name, products) for name in names for products in arguments):
                proof = work / "proof"
                chosen = ["--pcs", name, "--products", products, *options]
                run(args.lariat, "prove", path, *inputs, *chosen, *given, "-o", proof)
                report = json.loads(run(args.lariat, "inspect", proof, path, *given, "--json"))
                data = proof.read_bytes()
                bits = sent_bits(report, data)
                what = f"{elf} of {report['header']['rows']} rows under {name} with {products}"
                try:
                    same("bytes of the file", report["proof_bytes"], len(data))
                    compared += compare(report, bits)
                except Difference as difference:
                    sys.exit(f"ledger: {what}: {difference}")
                changes += falsify(what, report, bits)
                proofs += 1
                if args.verbose:
                    level = report["security"]["security_bits_interactive"]
                    print(f"{what}: {level:.3f} bits, {len(data)} bytes", flush=True)
    if set(names) != set(SCHEMES):
        print(f"NOT COVERED: {', '.join(sorted(set(SCHEMES) - set(names)))}")
    print(f"{proofs} proofs, {compared} figures derived anew and equal, {changes} falsified ones noticed")


if __name__ == "__main__":
    main()
