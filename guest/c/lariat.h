/* Lariat guest interface for C, header-only. Build for rv32im/ilp32, freestanding, link with lariat.ld, and define
 *     int lariat_main(void);
 * in one file; its result is the exit code. Include this header in that file only. */
#ifndef LARIAT_H
#define LARIAT_H
#include <stddef.h>
#include <stdint.h>

#define LARIAT_INPUT ((const volatile uint32_t *)0x40000000u)         /* length in bytes, then the bytes */
#define LARIAT_PRIVATE_INPUT ((const volatile uint32_t *)0x44000000u) /* the same */
#define LARIAT_OUTPUT ((volatile uint32_t *)0x48000000u)              /* the same, written by the guest */
#define LARIAT_PANIC ((volatile uint32_t *)0x4c000000u)               /* nonzero: panicked */

int lariat_main(void);
extern unsigned char _end[]; /* the heap: 64 MiB from here on, zero at the start */

__asm__(".section .text.start, \"ax\"\n.globl _start\n_start:\n"
        ".option push\n.option norelax\nla gp, __global_pointer$\n.option pop\n"
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
#endif
