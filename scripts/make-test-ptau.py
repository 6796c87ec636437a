#!/usr/bin/env python3
"""Writes a small powers-of-tau file in the format of snarkjs, from a known (hence worthless) tau.

usage: make-test-ptau.py TAU POWER FILE

Textbook arithmetic in integers, independent of the Rust code: the file pins that the importer reads the format and not
only what the project's own writer writes. `pcs/kzg/src/tests/tau-1789-power-3.ptau` was made by

    scripts/make-test-ptau.py 1789 3 pcs/kzg/src/tests/tau-1789-power-3.ptau
"""

import struct
import sys

P = 21888242871839275222246405745257275088696311157297823662689037894645226208583
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
G1 = (1, 2)
G2 = (
    (
        10857046999023057135944570762232829481370756359578518086990519993285655852781,
        11559732032986387107991004021392285783925812861821192530917403151452391805634,
    ),
    (
        8495653923123431417604973247489272438418190587263600148770280649306958101930,
        4082367875863433681332203403145435568316851327593401208105741076214120093531,
    ),
)


class Base:
    """The base field: integers modulo P."""

    add = staticmethod(lambda a, b: (a + b) % P)
    sub = staticmethod(lambda a, b: (a - b) % P)
    mul = staticmethod(lambda a, b: a * b % P)
    inv = staticmethod(lambda a: pow(a, P - 2, P))
    coordinates = staticmethod(lambda a: [a])


class Quadratic:
    """Pairs (a, b) for a + b i with i^2 = -1."""

    add = staticmethod(lambda a, b: ((a[0] + b[0]) % P, (a[1] + b[1]) % P))
    sub = staticmethod(lambda a, b: ((a[0] - b[0]) % P, (a[1] - b[1]) % P))
    mul = staticmethod(lambda a, b: ((a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P))
    coordinates = staticmethod(list)

    @staticmethod
    def inv(a):
        norm = pow(a[0] * a[0] + a[1] * a[1], P - 2, P)
        return (a[0] * norm % P, -a[1] * norm % P)


def add(field, p, q):
    """The sum of two points; None is the identity."""
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if p[1] != q[1]:
            return None
        square = field.mul(p[0], p[0])
        slope = field.mul(field.add(square, field.add(square, square)), field.inv(field.add(p[1], p[1])))
    else:
        slope = field.mul(field.sub(q[1], p[1]), field.inv(field.sub(q[0], p[0])))
    x = field.sub(field.mul(slope, slope), field.add(p[0], q[0]))
    return (x, field.sub(field.mul(slope, field.sub(p[0], x)), p[1]))


def multiple(field, point, scalar):
    """The scalar multiple of a point by doubling and adding."""
    total = None
    while scalar:
        if scalar & 1:
            total = add(field, total, point)
        point = add(field, point, point)
        scalar >>= 1
    return total


def encode(field, points):
    """Affine coordinates in Montgomery form to the base 2^256, little-endian."""
    words = (c for p in points for coordinate in p for c in field.coordinates(coordinate))
    return b"".join(((c << 256) % P).to_bytes(32, "little") for c in words)


def main():
    tau, power, path = int(sys.argv[1]) % R, int(sys.argv[2]), sys.argv[3]
    alpha, beta = tau * tau % R + 1, tau + 12345
    powers = [pow(tau, i, R) for i in range(2 ** (power + 1) - 1)]
    low = powers[: 2**power]
    sections = [
        struct.pack("<I", 32) + P.to_bytes(32, "little") + struct.pack("<II", power, power),
        encode(Base, [multiple(Base, G1, s) for s in powers]),
        encode(Quadratic, [multiple(Quadratic, G2, s) for s in low]),
        encode(Base, [multiple(Base, G1, alpha * s % R) for s in low]),
        encode(Base, [multiple(Base, G1, beta * s % R) for s in low]),
        encode(Quadratic, [multiple(Quadratic, G2, beta)]),
        struct.pack("<I", 0),
    ]
    with open(path, "wb") as out:
        out.write(b"ptau" + struct.pack("<II", 1, len(sections)))
        for number, data in enumerate(sections, 1):
            out.write(struct.pack("<IQ", number, len(data)) + data)


main()
