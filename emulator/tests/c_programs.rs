//! The commands that `guests/README.md` gives for C and assembly, as they stand there, and what their programs do.
//!
//! Skipped with a message without the cross compiler or picolibc, except under `CI=true`, where they fail.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::image::Image;
use lariat_emulator::machine::{Exit, Inputs, RunResult, run};
use lariat_emulator::memory_map::MemoryConfig;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Whether the compiler and its C library are there. Says so if not.
fn can_compile() -> bool {
    let mut command = Command::new("riscv64-unknown-elf-gcc");
    command.args(["--specs=picolibc.specs", "-E", "-x", "c", "/dev/null"]);
    if command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return true;
    }
    let missing = "gcc-riscv64-unknown-elf or picolibc-riscv64-unknown-elf";
    assert_ne!(env::var("CI").as_deref(), Ok("true"), "{missing} is missing, and CI=true does not allow to skip");
    eprintln!("SKIPPED: {missing} is not installed (scripts/setup-tests.sh does it); no C was compiled");
    false
}

/// The command of the document that has this part.
fn documented(part: &str) -> String {
    let document = fs::read_to_string(root().join("guests/README.md")).unwrap().replace("\\\n", " ");
    let command = document.lines().find(|line| line.starts_with("riscv64-unknown-elf-gcc") && line.contains(part));
    let command = command.unwrap_or_else(|| panic!("no command with {part:?}"));
    command.replace("path/to/lariat", root().to_str().unwrap())
}

/// Builds `source`, called `file`, by the documented command with `part`; the image of `main.elf`.
fn build(name: &str, part: &str, file: &str, source: &str) -> Image {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c-programs").join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), source).unwrap();
    let command = documented(part);
    let output = Command::new("sh").args(["-c", &command]).current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    Image::from_elf(&fs::read(folder.join("main.elf")).unwrap(), &MemoryConfig::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn run_on(image: &Image, input: &[u8]) -> RunResult {
    run(image, Inputs { public: input, private: &[] }, 1_000_000).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn guests_without_a_library_have_what_compilers_call() {
    if !can_compile() {
        return;
    }
    // Each of these is long enough, or of a length unknown enough, for a compiler to call a function.
    let image = build(
        "bare",
        "-nostdlib -static -I",
        "main.c",
        r#"#include "lariat.h"
        struct big { char bytes[300]; };
        static struct big keep[2];
        static _Thread_local int set = 40;
        static _Thread_local struct big unset;
        int same(const void *, const void *, size_t);
        int lariat_main(void) {
            struct big local = {0};
            const uint8_t *input = lariat_input();
            uint32_t len = lariat_input_len();
            for (uint32_t i = 0; i < sizeof local; i++) if (local.bytes[i] || unset.bytes[i]) return 1;
            for (uint32_t i = 0; i < len; i++) local.bytes[i] = input[i];
            keep[0] = local;
            keep[1] = keep[0];
            for (uint32_t to = 0; to < 8; to++) {
                __builtin_memmove(keep[1].bytes + to, keep[1].bytes + 3, len);
                __builtin_memset(keep[1].bytes + to + len, 0xa0 + to, len);
                lariat_commit(keep[1].bytes, 32);
            }
            if (__builtin_memcmp(keep[0].bytes, local.bytes, len)) return 2;
            local.bytes[len - 1]++;
            if (__builtin_memcmp(keep[0].bytes, local.bytes, len) >= 0) return 3;
            unset.bytes[299] = 2;
            return set + unset.bytes[299];
        }"#,
    );
    let input: Vec<u8> = (1..=11).collect();
    let ran = run_on(&image, &input);
    assert_eq!(ran.exit, Exit::Halted { code: 42 });
    let mut bytes = vec![0; 300];
    bytes[..11].copy_from_slice(&input);
    let mut expected = Vec::new();
    for to in 0..8 {
        bytes.copy_within(3..14, to);
        bytes[to + 11..to + 22].fill(0xa0 + to as u8);
        expected.extend_from_slice(&bytes[..32]);
    }
    assert_eq!(ran.output, expected);
}

#[test]
fn guests_with_picolibc_have_its_heap_errno_and_printf() {
    if !can_compile() {
        return;
    }
    let image = build(
        "library",
        "-nostartfiles",
        "main.c",
        r#"#include "lariat.h"
        #include <errno.h>
        #include <stdlib.h>
        #include <string.h>
        int lariat_main(void) {
            char buffer[100], *block = malloc(1 << 12), *more = malloc(1 << 12);
            if (!block || !more || more - block < 1 << 12) return 1;
            memset(block, 7, 1 << 12);
            if (malloc(64 << 20)) return 2;
            strcpy(block, "abc");
            long number = strtol("99999999999999", 0, 10);
            snprintf(buffer, sizeof buffer, "%s %ld errno %d %.3f", block, number, errno == ERANGE, 1.5);
            printf("%s|", buffer);
            fprintf(stderr, "dropped");
            putchar('!');
            if (getchar() != EOF) return 3;
            if (lariat_input_len() == 0) exit(5);
            abort();
        }"#,
    );
    let ran = run_on(&image, b"");
    assert_eq!((ran.exit, ran.output.as_slice()), (Exit::Halted { code: 5 }, &b"abc 2147483647 errno 1 1.500|!"[..]));
    assert_eq!(run_on(&image, b"x").exit, Exit::Panicked { code: 101 });
}

/// Programs that know nothing of Lariat: a linker script that copies data from read-only memory, and none at all.
#[test]
fn programs_that_know_nothing_of_lariat_run() {
    if !can_compile() {
        return;
    }
    let exit = r#"void _exit(int code) {
            register int a0 __asm__("a0") = code, a7 __asm__("a7") = 93;
            __asm__ volatile("ecall" : : "r"(a0), "r"(a7));
            __builtin_unreachable();
        }"#;
    let image = build(
        "hosted",
        "--crt0=hosted",
        "main.c",
        &format!(
            "{exit} volatile int table[4] = {{1, 2, 3, 4}}; volatile int zero; _Thread_local volatile int own = 5;
            int main(void) {{ return table[0] + table[1] + table[2] + table[3] + zero + own; }}"
        ),
    );
    assert_eq!(run_on(&image, b"").exit, Exit::Halted { code: 15 });
    let start = ".globl _start\n_start: li a0, 9\n sw a0, -4(sp)\n lw a0, -4(sp)\n li a7, 93\n ecall\n";
    let image = build("text", "-Ttext=0x80000000", "start.s", start);
    assert_eq!(run_on(&image, b"").exit, Exit::Halted { code: 9 });
    // What sets the header's bit for compressed instructions in riscv-arch-test.
    let flagged = format!(".option push\n.option rvc\n.align 4\n.option pop\n{start}");
    let image = build("flagged", "-Ttext=0x80000000", "start.s", &flagged);
    assert_eq!(run_on(&image, b"").exit, Exit::Halted { code: 9 });
}
