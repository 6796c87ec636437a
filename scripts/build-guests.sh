#!/usr/bin/env bash
# Builds the example guests for riscv32im-unknown-none-elf.
#
#   scripts/build-guests.sh           rebuilds guests/elf/*.elf, SHA256SUMS and TOOLCHAIN
#   scripts/build-guests.sh --check   rebuilds elsewhere and compares with the committed digests
#
# The ELFs are the same bytes from every checkout path, but not from every compiler: guests/elf/TOOLCHAIN names the
# one behind the committed files.
#
# Environment:
#   LARIAT_GUEST_TOOLCHAIN   rustup | source; without it the first that works
#   CARGO_TARGET_DIR         build folder (default guests/target)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
guests=$root/guests
committed=$guests/elf
target=riscv32im-unknown-none-elf
rust_guests=(fibonacci sha256-chain keccak-chain quicksort btree modexp strsearch ledger sdk-check)
# Guests for other targets, with `core`, `alloc` or `std` from source under any toolchain: name and target.
other_guests=('atomics riscv32ima-unknown-none-elf' 'std-words riscv32im-risc0-zkvm-elf')
max_elf_bytes=$((200 * 1024))
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$guests/target}
export LC_ALL=C

die() { printf 'build-guests: %s\n' "$*" >&2; exit 1; }

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

# Sets cargo, rustc (commands), cargo_args, linker (empty: the target's own) and toolchain_kind.
find_rust() {
    local wanted=${LARIAT_GUEST_TOOLCHAIN:-any} libdir
    case $wanted in any | rustup | source) ;; *) die "LARIAT_GUEST_TOOLCHAIN is rustup or source, not '$wanted'" ;; esac

    # 1. The default toolchain, with the target installed.
    if [[ $wanted != source ]] && command -v rustc cargo >/dev/null; then
        libdir=$(rustc --print target-libdir --target "$target" 2>/dev/null || true)
        if compgen -G "$libdir/libcore-*.rlib" >/dev/null; then
            cargo=cargo rustc=rustc cargo_args=() linker='' toolchain_kind='installed target'
            return
        fi
    fi
    # 2. Debian's compiler, with core and alloc built from its source package.
    if [[ $wanted != rustup && -x /usr/bin/rustc && -x /usr/bin/cargo ]]; then
        if [[ -f $(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/core/Cargo.toml ]]; then
            cargo=/usr/bin/cargo rustc=/usr/bin/rustc toolchain_kind='core and alloc from source'
            cargo_args=(-Zbuild-std=core,alloc)
            linker=$(find_lld)
            [[ -n $linker ]] || die "no LLD: install Debian's lld, or a rustup toolchain, which brings rust-lld"
            # Building core from source is not a stable option of cargo; this variable unlocks it.
            export RUSTC_BOOTSTRAP=1 PATH=/usr/bin:$PATH
            return
        fi
    fi
    # 3. Neither.
    cat >&2 <<EOF
build-guests: no Rust toolchain can build for $target. Install one of:

  rustup target add $target

  apt-get install cargo-web rustc-web rust-web-src lld       (Debian 12)
  apt-get install cargo rustc rust-src lld                   (later Debian, rustc 1.89 or newer)
EOF
    exit 1
}

# rust-lld of the stable rustup toolchain, else LLD from the system.
find_lld() {
    local sysroot host found=''
    if command -v rustup >/dev/null; then
        sysroot=$(rustup run stable rustc --print sysroot 2>/dev/null || true)
        host=$(rustup run stable rustc -vV 2>/dev/null | sed -n 's/^host: //p' || true)
        found=$sysroot/lib/rustlib/$host/bin/rust-lld
    fi
    if [[ -x $found ]]; then echo "$found"; else command -v ld.lld || true; fi
}

find_c() {
    cc=''
    for cc in riscv64-unknown-elf-gcc riscv32-unknown-elf-gcc; do
        if command -v "$cc" >/dev/null; then return; fi
    done
    die 'no C compiler for bare RISC-V: apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf'
}

describe_toolchain() {
    local lld=$linker
    [[ -n $lld ]] || lld=$("$rustc" --print sysroot)/lib/rustlib/$("$rustc" -vV | sed -n 's/^host: //p')/bin/rust-lld
    echo "rustc   $("$rustc" --version), $toolchain_kind"
    # rust-lld wants to be told which linker it is.
    if [[ $lld == *rust-lld ]]; then lld="$lld -flavor gnu"; fi
    echo "linker  $($lld --version | head -n 1 | sed 's/ (.*//')"
    echo "cc      $("$cc" --version | head -n 1)"
    echo "ld      $("$("$cc" -print-prog-name=ld)" --version | head -n 1)"
}

build_rust() { # output folder
    local flags source_dir config name
    # Paths that panics or symbols could carry. The flags are no part of cargo's symbol hashes.
    flags=("--remap-path-prefix=$root=lariat" "--remap-path-prefix=$("$rustc" --print sysroot)=rust")
    [[ -z $linker ]] || export CARGO_TARGET_RISCV32IM_UNKNOWN_NONE_ELF_LINKER=$linker
    (cd "$guests" && "$cargo" fetch --quiet --locked)
    for source_dir in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
        flags+=("--remap-path-prefix=${source_dir%/}=crates")
    done
    config=$(printf ', "%s"' "${flags[@]}")
    (
        unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
        cd "$guests"
        "$cargo" build --release --locked --config "target.$target.rustflags = [${config#, }]" "${cargo_args[@]}"
    )
    for name in "${rust_guests[@]}"; do
        install -m 644 "$CARGO_TARGET_DIR/$target/release/$name" "$1/$name.elf"
    done
}

build_other_rust() { # output folder
    local guest name other flags source_dir config variable
    [[ -f $("$rustc" --print sysroot)/lib/rustlib/src/rust/library/core/Cargo.toml ]] ||
        die 'the sources of core and std are missing: rustup component add rust-src'
    for guest in "${other_guests[@]}"; do
        read -r name other <<<"$guest"
        (cd "$guests/$name" && RUSTC_BOOTSTRAP=1 "$cargo" fetch --quiet --locked)
        flags=("--remap-path-prefix=$root=lariat" "--remap-path-prefix=$("$rustc" --print sysroot)=rust")
        for source_dir in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
            flags+=("--remap-path-prefix=${source_dir%/}=crates")
        done
        config=$(printf ', "%s"' "${flags[@]}")
        (
            unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
            export RUSTC_BOOTSTRAP=1
            variable=CARGO_TARGET_${other^^}_LINKER
            [[ -z $linker ]] || export "${variable//-/_}=$linker"
            cd "$guests/$name"
            "$cargo" build --release --locked --config "target.$other.rustflags = [${config#, }]"
        )
        install -m 644 "$CARGO_TARGET_DIR/$other/release/$name" "$1/$name.elf"
    done
}

build_c() { # output folder
    local flags=(-march=rv32im -mabi=ilp32 -mstrict-align -std=c11 -O2 -ffreestanding -fno-tree-loop-distribute-patterns
        -nostdlib -static -ffunction-sections -Wl,--gc-sections -Wall -Wextra -Werror)
    # From within their folders, so that no path reaches the files.
    (cd "$guests/c-program" && "$cc" "${flags[@]}" -I"$root/guest/c" -T"$root/guest/lariat.ld" main.c -lgcc -o "$1/c-program.elf")
    (cd "$guests/freestanding" && "$cc" "${flags[@]}" -Tlink.ld main.c -lgcc -o "$1/freestanding.elf")
    # With a C library instead of none.
    flags=(--specs=picolibc.specs -nostartfiles -march=rv32im -mabi=ilp32 -mstrict-align -std=c11 -O2 -static -Wl,--strip-debug
        -Wall -Wextra -Werror)
    (cd "$guests/c-library" && "$cc" "${flags[@]}" -I"$root/guest/c" -T"$root/guest/lariat.ld" main.c -o "$1/c-library.elf")
    chmod 644 "$1/c-program.elf" "$1/freestanding.elf" "$1/c-library.elf"
}

# What every committed ELF must satisfy, whichever compiler made it.
inspect() { # folder
    local elf size objdump trap
    objdump=$("$cc" -print-prog-name=objdump)
    for elf in "$1"/*.elf; do
        size=$(stat -c %s "$elf")
        ((size < max_elf_bytes)) || die "$(basename "$elf") has $size bytes, more than $max_elf_bytes"
        if grep -aqF -e "$root" -e "$HOME/" -e "${CARGO_HOME:-$HOME/.cargo}" "$elf"; then
            die "$(basename "$elf") contains a local path"
        fi
        # 16-bit encodings, CSRs, fences, atomics, traps: nothing that RV32IM lacks or the machine refuses. But `Arc`
        # and `std` abort by a trap, on counts that overflow and the like; a run that comes there has no proof.
        trap='|unimp'
        [[ $elf != */atomics.elf && $elf != */std-words.elf ]] || trap=''
        if "$objdump" -d -M no-aliases "$elf" |
            grep -E $'^ *[0-9a-f]+:\t([0-9a-f]{4} |[0-9a-f]+ +\t(csr|fence|ebreak|amo|lr\\.|sc\\.|\\.word|\\.[24]byte'"$trap))"; then
            die "$(basename "$elf") contains instructions outside of RV32IM"
        fi
    done
}

check() {
    local fresh=$work/elf failed=0 name
    (cd "$committed" && sha256sum --quiet -c SHA256SUMS) || die 'guests/elf does not match its own SHA256SUMS'
    describe_toolchain >"$work/TOOLCHAIN"
    if ! diff "$committed/TOOLCHAIN" "$work/TOOLCHAIN" >"$work/toolchain.diff"; then
        cat >&2 <<EOF
********************************************************************************
* THE TOOLCHAIN DIFFERS from the one behind the committed guests (< committed,
* > this machine). Differing digests below say nothing about the sources.
********************************************************************************
$(cat "$work/toolchain.diff")

EOF
    fi
    for elf in "$fresh"/*.elf; do
        name=$(basename "$elf")
        if cmp -s "$elf" "$committed/$name"; then echo "same      $name"; else echo "DIFFERENT $name"; failed=1; fi
    done
    for elf in "$committed"/*.elf; do
        name=$(basename "$elf")
        [[ -e $fresh/$name ]] || { echo "NOT BUILT $name"; failed=1; }
    done
    ((failed == 0)) || die 'the rebuilt guests are not the committed ones'
    echo 'all guests are reproduced'
}

mode=build
case ${1:-} in
'') ;;
--check) mode=check ;;
-h | --help) usage; exit ;;
*) usage >&2; exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/elf"
find_rust
find_c
build_rust "$work/elf"
build_other_rust "$work/elf"
build_c "$work/elf"
inspect "$work/elf"
if [[ $mode == check ]]; then
    check
else
    mkdir -p "$committed"
    rm -f "$committed"/*.elf
    cp "$work/elf"/*.elf "$committed/"
    describe_toolchain >"$committed/TOOLCHAIN"
    (cd "$committed" && sha256sum -- *.elf >SHA256SUMS)
    cat "$committed/SHA256SUMS"
fi
