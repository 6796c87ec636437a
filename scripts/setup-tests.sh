#!/usr/bin/env bash
# Installs what the tests need besides Rust: qemu-riscv32, which random programs are compared with.
#
#   scripts/setup-tests.sh
#
# Does nothing if it is there. Else installs the package qemu-user with apt-get, through sudo unless run as root.
# The official RISC-V ISA tests need no step of their own: Cargo downloads them when the tests first run.
set -euo pipefail

(($# == 0)) || { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

for tool in cargo tar; do
    command -v "$tool" >/dev/null || { echo "setup-tests: $tool is missing; install it first" >&2; exit 1; }
done
if ! command -v qemu-riscv32 >/dev/null; then
    command -v apt-get >/dev/null || {
        echo 'setup-tests: qemu-riscv32 is missing and there is no apt-get; install QEMU for user-mode programs' >&2
        exit 1
    }
    as_root=()
    ((EUID == 0)) || as_root=(sudo)
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends qemu-user
fi
qemu-riscv32 --version | head -n 1
