/* What the architectural tests ask of a model: where the signature lies, and how a test ends.
 *
 * A test ends by making its signature the output and exiting with 0: by memory on this machine, by write(2) on Linux. What
 * a test says that a result must be goes to a section of its own, in the order of the program, and nothing compares it
 * while the test runs. */
#ifndef LARIAT_MODEL_TEST_H
#define LARIAT_MODEL_TEST_H

#define RVMODEL_BOOT
#define RVMODEL_DATA_BEGIN .align 4; .global begin_signature; begin_signature:
#define RVMODEL_DATA_END .align 4; .global end_signature; end_signature:

#ifdef LARIAT
#define RVMODEL_HALT                                                                                             \
    la t0, begin_signature; la t1, end_signature; li t2, 0x48000000; sub t3, t1, t0; sw t3, 0(t2);               \
    1: beq t0, t1, 2f; lw t3, 0(t0); sw t3, 4(t2); addi t0, t0, 4; addi t2, t2, 4; j 1b;                         \
    2: li a0, 0; li a7, 93; ecall;
#else
#define RVMODEL_HALT                                                                                             \
    li a0, 1; la a1, begin_signature; la a2, end_signature; sub a2, a2, a1; li a7, 64; ecall;                    \
    li a0, 0; li a7, 93; ecall;
#endif

#define RVMODEL_IO_INIT
#define RVMODEL_IO_WRITE_STR(_R, _STR)
#define RVMODEL_IO_CHECK()
#define RVMODEL_IO_ASSERT_GPR_EQ(_S, _R, _I) .pushsection .expected, "a"; .word _I; .popsection;
#define RVMODEL_SET_MSW_INT
#define RVMODEL_CLEAR_MSW_INT
#define RVMODEL_CLEAR_MTIMER_INT
#define RVMODEL_CLEAR_MEXT_INT

#endif
