#!/usr/bin/env bash
# Installs what the tests need besides Rust: qemu-riscv32, which programs are compared with, and a C compiler and library
# for bare RISC-V and Python's venv, with which they build documented examples and the official architectural tests.
#
#   scripts/setup-tests.sh
#
# Does nothing if all is there. Else installs packages with apt-get, through sudo unless run as root. The official RISC-V
# ISA tests need no step of their own: Cargo downloads them when the tests first run.
set -euo pipefail

(($# == 0)) || { sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

for tool in cargo tar; do
    command -v "$tool" >/dev/null || { echo "setup-tests: $tool is missing; install it first" >&2; exit 1; }
done
missing=()
command -v qemu-riscv32 >/dev/null || missing+=(qemu-user)
riscv64-unknown-elf-gcc --specs=picolibc.specs -E -x c /dev/null >/dev/null 2>&1 ||
    missing+=(gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf)
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
if ((${#missing[@]})); then
    command -v apt-get >/dev/null || {
        echo "setup-tests: there is no apt-get; install what these packages of Debian have: ${missing[*]}" >&2
        exit 1
    }
    as_root=()
    ((EUID == 0)) || as_root=(sudo)
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
qemu-riscv32 --version | head -n 1
riscv64-unknown-elf-gcc --version | head -n 1
