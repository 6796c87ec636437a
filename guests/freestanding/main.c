/* A program that knows nothing of Lariat: its own start-up code, linker script and stack, no input, no output. It
 * fills and sorts a table, counts the primes below 182 in two ways, and exits with the count, 42, or with 1 when a
 * check fails. */
typedef unsigned int u32;
typedef unsigned char u8;

__asm__(".section .init, \"ax\"\n.globl _start\n_start:\n"
        ".option push\n.option norelax\nla gp, __global_pointer$\n.option pop\n"
        "la sp, stack_top\ncall main\nli a7, 93\necall\n1: j 1b\n.text\n");

#define BOUND 182
static u8 composite[BOUND];
static u32 table[64];
static u32 rounds = 3; /* initialised data */

static u32 count_by_sieve(void) {
    u32 count = 0;
    for (u32 i = 2; i < BOUND; i++) {
        if (composite[i]) continue;
        count++;
        for (u32 j = i * i; j < BOUND; j += i) composite[j] = 1;
    }
    return count;
}

static u32 count_by_division(void) {
    u32 count = 0;
    for (u32 i = 2; i < BOUND; i++) {
        u32 divisor = 2;
        while (divisor * divisor <= i && i % divisor) divisor++;
        count += divisor * divisor > i;
    }
    return count;
}

/* Heapsort's sift-down, recursive, so that the stack is used. */
static void __attribute__((noinline)) sift(u32 root, u32 len) {
    u32 child = 2 * root + 1;
    if (child >= len) return;
    if (child + 1 < len && table[child] < table[child + 1]) child++;
    if (table[root] >= table[child]) return;
    u32 t = table[root];
    table[root] = table[child], table[child] = t;
    sift(child, len);
}

static int sorts(u32 seed) {
    for (u32 i = 0; i < 64; i++) table[i] = seed = seed * 1664525u + 1013904223u;
    for (u32 i = 32; i-- > 0;) sift(i, 64);
    for (u32 len = 64; --len > 0;) {
        u32 t = table[0];
        table[0] = table[len], table[len] = t;
        sift(0, len);
    }
    for (u32 i = 1; i < 64; i++)
        if (table[i - 1] > table[i]) return 0;
    return 1;
}

int main(void) {
    while (rounds > 0)
        if (!sorts(rounds--)) return 1;
    u32 count = count_by_sieve();
    return count == count_by_division() ? (int)count : 1;
}
