/* Lariat guest interface for C, header-only. Build for rv32im/ilp32, link with lariat.ld, and define
 *     int lariat_main(void);
 * in one file; its result is the exit code. Include this header in that file only.
 *
 * No C library is needed: what compilers call (memset and its like) is below, unless a library brings it. With picolibc
 * (--specs=picolibc.specs -nostartfiles), malloc has the heap, errno and other thread-local variables work, and what is
 * printed to stdout is appended to the public output; stderr is dropped. */
#ifndef LARIAT_H
#define LARIAT_H
#include <stddef.h>
#include <stdint.h>
#if defined(__has_include)
#if __has_include(<picolibc.h>)
#include <stdio.h>
#define LARIAT_PICOLIBC 1
#endif
#endif

#define LARIAT_INPUT ((const volatile uint32_t *)0x40000000u)         /* length in bytes, then the bytes */
#define LARIAT_PRIVATE_INPUT ((const volatile uint32_t *)0x44000000u) /* the same */
#define LARIAT_OUTPUT ((volatile uint32_t *)0x48000000u)              /* the same, written by the guest */
#define LARIAT_PANIC ((volatile uint32_t *)0x4c000000u)               /* nonzero: panicked */

int lariat_main(void);
extern unsigned char _end[]; /* the heap: 64 MiB from here on, zero at the start */

__asm__(".section .text.start, \"ax\"\n.globl _start\n_start:\n"
        ".option push\n.option norelax\nla gp, __global_pointer$\n.option pop\n"
        "la tp, __tls_base\n"
        "li sp, 0x7ffefff0\ncall lariat_main\nli a7, 93\necall\n.text\n");

static inline const uint8_t *lariat_input(void) { return (const uint8_t *)(LARIAT_INPUT + 1); }
static inline uint32_t lariat_input_len(void) { return LARIAT_INPUT[0]; }
static inline const uint8_t *lariat_private_input(void) { return (const uint8_t *)(LARIAT_PRIVATE_INPUT + 1); }
static inline uint32_t lariat_private_input_len(void) { return LARIAT_PRIVATE_INPUT[0]; }

static inline __attribute__((noreturn)) void lariat_exit(uint32_t code) {
    register uint32_t a0 __asm__("a0") = code, a7 __asm__("a7") = 93;
    __asm__ volatile("ecall" : : "r"(a0), "r"(a7) : "memory");
    __builtin_unreachable();
}
static inline __attribute__((noreturn)) void lariat_panic(void) { *LARIAT_PANIC = 1; lariat_exit(101); }

static inline void lariat_commit(const void *bytes, uint32_t len) { /* appends to the public output */
    typedef uint32_t __attribute__((may_alias)) word;
    uint32_t used = LARIAT_OUTPUT[0], i = 0;
    if (len > 0x3fff000u || used > 0x3fff000u - len) lariat_panic();
    volatile uint8_t *to = (volatile uint8_t *)(LARIAT_OUTPUT + 1) + used;
    if (((used | (uintptr_t)bytes) & 3) == 0)
        for (; i + 4 <= len; i += 4) *(volatile word *)(to + i) = *(const word *)((const uint8_t *)bytes + i);
    for (; i < len; i++) to[i] = ((const uint8_t *)bytes)[i];
    LARIAT_OUTPUT[0] = used + len;
}
static inline void lariat_commit_u32(uint32_t word) { lariat_commit(&word, 4); }

/* What compilers call without being asked; a library's own take precedence over these. Each step of a loop has an empty
 * asm in it, without which a compiler turns the loop into a call of the very function. */
#define LARIAT_WEAK __attribute__((weak, used))
#define LARIAT_STEP __asm__ volatile("" : : : "memory")
typedef uint32_t __attribute__((may_alias)) lariat_word;

LARIAT_WEAK void *memset(void *to, int value, size_t len) {
    uint8_t *at = to, *end = at + len;
    lariat_word word = (uint8_t)value * 0x01010101u;
    for (; at < end && ((uintptr_t)at & 3); at++) { *at = (uint8_t)value; LARIAT_STEP; }
    for (; end - at >= 16; at += 16) {
        lariat_word *words = (lariat_word *)at;
        words[0] = word, words[1] = word, words[2] = word, words[3] = word;
        LARIAT_STEP;
    }
    for (; end - at >= 4; at += 4) { *(lariat_word *)at = word; LARIAT_STEP; }
    for (; at < end; at++) { *at = (uint8_t)value; LARIAT_STEP; }
    return to;
}
LARIAT_WEAK void *memcpy(void *to, const void *from, size_t len) {
    uint8_t *at = to, *end = at + len;
    const uint8_t *source = from;
    if ((((uintptr_t)at ^ (uintptr_t)source) & 3) == 0) {
        for (; at < end && ((uintptr_t)at & 3); at++, source++) { *at = *source; LARIAT_STEP; }
        for (; end - at >= 16; at += 16, source += 16) {
            lariat_word *words = (lariat_word *)at;
            const lariat_word *others = (const lariat_word *)source;
            /* One after the other: memmove relies on it. */
            words[0] = others[0], words[1] = others[1], words[2] = others[2], words[3] = others[3];
            LARIAT_STEP;
        }
        for (; end - at >= 4; at += 4, source += 4) { *(lariat_word *)at = *(const lariat_word *)source; LARIAT_STEP; }
    }
    for (; at < end; at++, source++) { *at = *source; LARIAT_STEP; }
    return to;
}
LARIAT_WEAK void *memmove(void *to, const void *from, size_t len) {
    if ((uintptr_t)to - (uintptr_t)from >= len) return memcpy(to, from, len); /* which goes upwards */
    uint8_t *at = (uint8_t *)to + len;
    const uint8_t *source = (const uint8_t *)from + len;
    while (at != (uint8_t *)to) { *--at = *--source; LARIAT_STEP; }
    return to;
}
LARIAT_WEAK int memcmp(const void *left, const void *right, size_t len) {
    const uint8_t *a = left, *b = right;
    for (; len > 0; a++, b++, len--) {
        if (*a != *b) return *a - *b;
        LARIAT_STEP;
    }
    return 0;
}

#ifdef LARIAT_PICOLIBC
static int lariat_put(char byte, FILE *file) { (void)file; lariat_commit(&byte, 1); return (unsigned char)byte; }
static int lariat_drop(char byte, FILE *file) { (void)file; return (unsigned char)byte; }
static int lariat_no_input(FILE *file) { (void)file; return EOF; }
static FILE lariat_stdin = FDEV_SETUP_STREAM(NULL, lariat_no_input, NULL, _FDEV_SETUP_READ);
static FILE lariat_stdout = FDEV_SETUP_STREAM(lariat_put, NULL, NULL, _FDEV_SETUP_WRITE);
static FILE lariat_stderr = FDEV_SETUP_STREAM(lariat_drop, NULL, NULL, _FDEV_SETUP_WRITE);
LARIAT_WEAK FILE *const stdin = &lariat_stdin;
LARIAT_WEAK FILE *const stdout = &lariat_stdout;
LARIAT_WEAK FILE *const stderr = &lariat_stderr;
/* The end of exit() and, as a panic, of abort(). */
LARIAT_WEAK __attribute__((noreturn)) void _exit(int code) { lariat_exit((uint32_t)code); }
LARIAT_WEAK __attribute__((noreturn)) void abort(void) { lariat_panic(); }
#endif
#endif
