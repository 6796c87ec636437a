#!/usr/bin/env python3
"""Expected outputs of the example guests, computed without them.

    scripts/guest-vectors.py                 rewrites guests/vectors.txt
    scripts/guest-vectors.py --check         compares it with what this script computes
    scripts/guest-vectors.py NAME ARGS...    prints the line for one input, e.g. `fibonacci 100`

Everything here is Python's own (hashlib, zlib, pow, sorted, dict, str.find) except Keccak-256, which hashlib lacks.
The format of a line is described at the head of guests/vectors.txt.
"""

import collections
import hashlib
import sys
import zlib
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent / "guests" / "vectors.txt"
MASK = 0xFFFFFFFF

HEADER = """\
# Expected results of the example guests; scripts/guest-vectors.py writes this file.
#
#   name  public-input  output  [private=HEX] [exit=CODE] [panicked=1]
#
# Bytes are hexadecimal, '-' stands for none. Exit code 0 and no panic unless the line says otherwise.
"""


def u32(*words):
    return b"".join((word & MASK).to_bytes(4, "little") for word in words)


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def xorshift32(seed):
    state = seed or 0x9E3779B9
    while True:
        state ^= state << 13 & MASK
        state ^= state >> 17
        state ^= state << 5 & MASK
        yield state


def polynomial(words):
    """Checksum by Horner's rule at 31."""
    total = 0
    for word in words:
        total = (total * 31 + word) & MASK
    return total


def keccak_256(message):
    """The sponge of the Keccak submission: rate 136 bytes, capacity 64, padding 0x01 ... 0x80."""
    rate, mask = 136, (1 << 64) - 1
    rotate = lambda lane, by: (lane << by | lane >> (64 - by)) & mask if by else lane

    # Rotation offsets and round constants from their definitions.
    offsets, x, y = {(0, 0): 0}, 1, 0
    for t in range(24):
        offsets[x, y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)

    padded = bytearray(message) + b"\x01" + bytes(-(len(message) + 1) % rate)
    padded[-1] |= 0x80
    lanes = {(x, y): 0 for x in range(5) for y in range(5)}
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            lanes[i % 5, i // 5] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        for constant in constants:
            column = [lanes[x, 0] ^ lanes[x, 1] ^ lanes[x, 2] ^ lanes[x, 3] ^ lanes[x, 4] for x in range(5)]
            theta = [column[x - 1] ^ rotate(column[(x + 1) % 5], 1) for x in range(5)]
            moved = {}
            for (x, y), lane in lanes.items():
                moved[y, (2 * x + 3 * y) % 5] = rotate(lane ^ theta[x], offsets[x, y])
            for x, y in lanes:
                lanes[x, y] = moved[x, y] ^ (~moved[(x + 1) % 5, y] & moved[(x + 2) % 5, y])
            lanes[0, 0] ^= constant
    return b"".join(lanes[i, 0].to_bytes(8, "little") for i in range(4))


def fibonacci(n):
    current, following = 0, 1
    for _ in range(n):
        current, following = following, current + following & MASK
    return u32(n), u32(current)


def chain(digest, n, seed):
    state = bytes((seed + i) & 0xFF for i in range(32))
    public = u32(n) + state
    for _ in range(n):
        state = digest(state)
    return public, state


def sha256_chain(n, seed=0):
    return chain(lambda data: hashlib.sha256(data).digest(), n, seed)


def keccak_chain(n, seed=0):
    return chain(keccak_256, n, seed)


def quicksort(n, seed):
    stream = xorshift32(seed)
    words = sorted(next(stream) for _ in range(n))
    return u32(n, seed), u32(polynomial(words), 1)


def btree(n, seed):
    stream, bound = xorshift32(seed), 2 * n | 1
    key = lambda: next(stream) % bound
    table = {}
    for value in range(n):
        table[key()] = value
    hits = sum(key() in table for _ in range(n))
    for _ in range(n // 2):
        table.pop(key(), None)
    checksum = 0
    for k, value in sorted(table.items()):
        checksum ^= k
        checksum = (checksum << 5 | checksum >> 27) + value & MASK
    return u32(n, seed), u32(len(table), hits, checksum)


def modexp(limbs, exponent_bits, seed):
    public, stream = u32(limbs, exponent_bits, seed), xorshift32(seed)
    if not 2 <= limbs <= 128:
        return public, b"", {"exit": 3}
    number = lambda count: sum(next(stream) << 32 * i for i in range(count))
    base = number(limbs)
    modulus = number(limbs) | 1 | 1 << (32 * limbs - 1)
    exponent = number(-(-exponent_bits // 32))
    if exponent_bits:
        exponent = exponent & ((1 << exponent_bits) - 1) | 1 << (exponent_bits - 1)
    return public, pow(base, exponent, modulus).to_bytes(4 * limbs, "little")


def strsearch(n, seed):
    stream = xorshift32(seed)
    text = "".join(chr(ord("a") + (next(stream) >> 29)) for _ in range(n + 3))
    needle, haystack = text[:3], text[3:]
    found = [i for i in range(n) if haystack.startswith(needle, i)]
    balances = [0] * 8
    for before, letter in zip(haystack, haystack[1:]):
        balances[ord(letter) - ord("a")] += ord(letter) - ord(before)
    balance = sum(i * signed(total, 16) for i, total in enumerate(balances))
    counts = (haystack.count(letter) & 0xFFFF for letter in "abcdefgh")
    return u32(n, seed), u32(len(found), found[0] if found else n, balance, polynomial(counts))


def c_program(n):
    if n > 1 << 24:
        return u32(n), b"", {"exit": 3}
    prime = bytes(i > 1 and all(i % d for d in range(2, int(i**0.5) + 1)) for i in range(n + 1))
    side, stream = min(2 + n // 256, 32), xorshift32(0x2545F491)
    entries = [signed(next(stream), 32) >> 8 for _ in range(2 * side * side)]
    a = [entries[2 * side * i : 2 * side * (i + 1) : 2] for i in range(side)]
    b = [entries[2 * side * i + 1 : 2 * side * (i + 1) : 2] for i in range(side)]
    total = 0
    for i in range(side):
        for j in range(side):
            entry = signed(sum(a[i][k] * b[k][j] >> 16 for k in range(side)), 32)
            divisor = a[j][i] | 1
            quotient = abs(entry) // abs(divisor) * (1 if entry * divisor >= 0 else -1)
            total = total * 31 + quotient + (entry - quotient * divisor) & MASK
            total ^= (entry * total >> 32) + (entry >> (total & 31)) & MASK
            total = total + (entry < divisor) + 2 * (entry < 1000) & MASK
    return u32(n), u32(sum(prime), zlib.crc32(prime), total)


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def ledger(number, opening, *transfers):
    zigzag = lambda value: 2 * value if value >= 0 else -2 * value - 1
    public = varint(number) + varint(opening)
    private = varint(len(transfers)) + b"".join(varint(zigzag(t)) for t in transfers)
    balance = lowest = opening
    for transfer in transfers:
        balance += transfer
        lowest = min(lowest, balance)
        if not 0 <= balance <= MASK:
            return public, b"", {"private": private, "exit": 101, "panicked": 1}
    closing = b"".join(map(varint, (number, balance, lowest, len(transfers))))
    return public, closing, {"private": private}


def sdk_check(length, seed):
    stream = xorshift32(seed)
    public = bytes(next(stream) & 0xFF for _ in range(length))
    if length < 64:
        return public, b"", {"exit": 4}
    scratch, trail = bytearray(96), []
    for source in range(4):
        for to in range(4):
            for size in (0, 3, 16, 23, 40):
                scratch[to : to + size] = public[source : source + size]
                scratch[to + source : to + source + size] = scratch[to : to + size]
                scratch[to : to + size] = scratch[source + 8 : source + 8 + size]
                scratch[48 + to : 48 + to + size] = bytes([public[size]]) * size
                left, right = scratch[source : source + size], public[to : to + size]
                trail.append(1 if left < right else 2 if left == right else 3)
                trail += scratch
    heap = sum(i * i + ((2 * i + 1 & 0xFFFF) << 32) for i in range(length))
    output = public[:1] + u32(polynomial(trail)) + heap.to_bytes(8, "little") + public
    return public, output, {"exit": 9}


def atomics(length, seed):
    stream = xorshift32(seed)
    public = bytes(next(stream) & 0xFF for _ in range(length))
    sums = [sum(public[start:]) for start in range(length)]
    checksum = 0
    for suffix in sums:
        checksum = ((checksum << 5 | checksum >> 27) ^ suffix) & MASK
    least = min([0] + [signed(byte | (0xFFFFFF00 if byte > 127 else 0), 32) for byte in public])
    return public, u32(length + 1, sum(sums) & MASK, checksum, least & MASK)


def std_words(count, seed):
    stream = xorshift32(seed)
    vocabulary = ["lookup", "trace", "säule", "column", "x", "Commit", "列"]
    words = [vocabulary[next(stream) % len(vocabulary)] for _ in range(count)]
    text = "".join(word + ("\n" if next(stream) % 4 == 0 else "  ") for word in words)
    # Rust orders strings as bytes.
    counts = sorted(collections.Counter(words).items(), key=lambda item: item[0].encode())
    return text.encode(), "".join(f"{word} {number}\n" for word, number in counts).encode()


def c_library(*numbers):
    text = " ".join(map(str, numbers)).encode()
    if not numbers:
        return text, b"", {"exit": 3}
    low, high = -(2**31), 2**31 - 1
    kept = sorted(min(max(number, low), high) for number in numbers)
    total, middle = sum(kept), len(kept) // 2
    median = (kept[(len(kept) - 1) // 2] + kept[middle]) / 2
    cut = sum(not low <= number <= high for number in numbers)
    noun = "number" if len(kept) == 1 else "numbers"
    line = f"{len(kept)} {noun}: sum {total}, mean {total / len(kept):.3f}, median {median:.1f}, cut {cut}\n"
    return text, line.encode()


GUESTS = {
    "fibonacci": fibonacci,
    "sha256-chain": sha256_chain,
    "keccak-chain": keccak_chain,
    "quicksort": quicksort,
    "btree": btree,
    "modexp": modexp,
    "strsearch": strsearch,
    "c-program": c_program,
    "ledger": ledger,
    "sdk-check": sdk_check,
    "atomics": atomics,
    "std-words": std_words,
    "c-library": c_library,
}

SAMPLES = {
    "fibonacci": [(0,), (1,), (10,), (47,), (48,), (1000,)],
    "sha256-chain": [(0, 7), (1, 0), (3, 250)],
    "keccak-chain": [(0, 7), (1, 0), (3, 250)],
    "quicksort": [(0, 1), (1, 0), (2, 2), (12, 3), (13, 4), (200, 5), (1000, 6)],
    "btree": [(0, 1), (1, 2), (11, 3), (100, 4), (1000, 5)],
    "modexp": [(2, 0, 1), (2, 1, 2), (2, 64, 3), (8, 17, 4), (8, 256, 5), (64, 3, 6), (1, 1, 1), (129, 1, 1)],
    "strsearch": [(0, 1), (2, 2), (3, 3), (100, 4), (2000, 5)],
    "c-program": [(0,), (1,), (2,), (100,), (1000,), (4096,), ((1 << 24) + 1,)],
    "ledger": [
        (7, 100),
        (7, 100, -100, 1, 2**31 - 1, -(2**31)),
        (MASK, 0, 300, -1, -299, 128),
        (7, 100, -101),
        (7, MASK - 1, 1, 1),
    ],
    "sdk-check": [(63, 1), (64, 2), (67, 3), (301, 4)],
    "atomics": [(0, 1), (1, 2), (7, 3), (60, 4)],
    "std-words": [(0, 1), (1, 2), (40, 3)],
    "c-library": [(), (5,), (3, -1, 4, 1), (99999999999, -7, -99999999999, 0), tuple(range(1000, -1000, -97))],
}

# Lines that no function above produces: unreadable input, and the guest that has neither input nor output.
FIXED = [
    "fibonacci 010000 - exit=2",
    "sha256-chain 01000000 - exit=2",
    "c-program - - exit=2",
    "ledger 0764ff - private=00 exit=2",
    "ledger 0764 - private=02 exit=2",
    "freestanding - - exit=42",
    # Not UTF-8; not a number.
    "std-words 61ff - exit=101 panicked=1",
    "c-library 3120784f - exit=2",
]


def line(name, arguments):
    public, output, *rest = GUESTS[name](*arguments)
    fields = [name, public.hex() or "-", output.hex() or "-"]
    for key, value in (rest[0] if rest else {}).items():
        fields.append(f"{key}={(value.hex() or '-') if isinstance(value, bytes) else value}")
    return " ".join(fields)


def main():
    arguments = sys.argv[1:]
    if arguments and arguments[0] in GUESTS:
        print(line(arguments[0], [int(a, 0) for a in arguments[1:]]))
        return 0
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    lines = [line(name, sample) for name, samples in SAMPLES.items() for sample in samples] + FIXED
    text = HEADER + "\n".join(lines) + "\n"
    if not arguments:
        VECTORS.write_text(text)
    elif VECTORS.read_text() != text:
        print("guests/vectors.txt is not what scripts/guest-vectors.py computes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
