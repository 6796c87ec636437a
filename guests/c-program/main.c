/* Prime sieve, CRC-32 and a fixed-point matrix product, in C.
 *
 * Input:  u32 n (at most 2^24), the bound of the sieve.
 * Output: u32 number of primes up to n; u32 CRC-32 (IEEE) of the sieve's n + 1 bytes (1 = prime); u32 checksum of the
 *         matrix product.
 * Exit:   2 when the input is not 4 bytes, 3 when n is too large. */
#include "lariat.h"

static uint32_t sieve(uint8_t *prime, uint32_t n) {
    uint32_t count = 0;
    for (uint32_t i = 2; i <= n; i++) prime[i] = 1;
    for (uint32_t i = 2; i <= n; i++) {
        if (!prime[i]) continue;
        count++;
        if (i > n / i) continue;
        for (uint32_t j = i * i; j <= n; j += i) prime[j] = 0;
    }
    return count;
}

static uint32_t crc32(const uint8_t *bytes, uint32_t len) {
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

#define MAX_SIDE 32
static int32_t a[MAX_SIDE][MAX_SIDE], b[MAX_SIDE][MAX_SIDE];

/* Product of two signed numbers with 16 fractional bits, rounded down: MUL and MULH. */
static int32_t fixed_mul(int32_t x, int32_t y) { return (int32_t)((int64_t)x * y >> 16); }

/* High word of a signed by an unsigned number: MULHSU. */
static int32_t scale(int32_t x, uint32_t weight) { return (int32_t)((int64_t)x * weight >> 32); }

/* The checksum takes from each entry its quotient and remainder by an odd number of either sign (DIV, REM), a scaled
 * and a shifted value (MULHSU, SRA), and two signed comparisons (SLT, SLTI). */
static uint32_t matrix(uint32_t side) {
    uint32_t state = 0x2545f491, sum = 0;
    for (uint32_t i = 0; i < side; i++) {
        for (uint32_t j = 0; j < side; j++) {
            state ^= state << 13, state ^= state >> 17, state ^= state << 5;
            a[i][j] = (int32_t)state >> 8;
            state ^= state << 13, state ^= state >> 17, state ^= state << 5;
            b[i][j] = (int32_t)state >> 8;
        }
    }
    for (uint32_t i = 0; i < side; i++) {
        for (uint32_t j = 0; j < side; j++) {
            int32_t entry = 0;
            for (uint32_t k = 0; k < side; k++) entry += fixed_mul(a[i][k], b[k][j]);
            int32_t divisor = a[j][i] | 1;
            sum = sum * 31 + (uint32_t)(entry / divisor) + (uint32_t)(entry % divisor);
            sum ^= (uint32_t)scale(entry, sum) + (uint32_t)(entry >> (sum & 31));
            sum += (uint32_t)(entry < divisor) + 2 * (uint32_t)(entry < 1000);
        }
    }
    return sum;
}

int lariat_main(void) {
    if (lariat_input_len() != 4) return 2;
    uint32_t n = *(const uint32_t *)lariat_input();
    if (n > 1u << 24) return 3;
    uint8_t *prime = _end; /* zero at the start */
    lariat_commit_u32(sieve(prime, n));
    lariat_commit_u32(crc32(prime, n + 1));
    uint32_t side = 2 + n / 256;
    lariat_commit_u32(matrix(side < MAX_SIDE ? side : MAX_SIDE));
    return 0;
}
