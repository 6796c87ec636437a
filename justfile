# Lists the tasks.
default:
    @just --list

# Proves and verifies a built-in guest.
demo *args:
    cargo run --release -- demo {{args}}

# Installs what the tests need besides Rust.
setup:
    scripts/setup-tests.sh

# Runs all tests.
test *args:
    cargo test --workspace {{args}}

# Runs the tests at their large sizes.
test-nightly:
    LARIAT_NIGHTLY=1 cargo test --workspace

# Runs all that is too long for every change, or parts of it: tests attack fuzz deletions.
nightly *parts:
    scripts/nightly.sh {{parts}}

# Attacks every scheme with forged proofs.
attack *args:
    cargo run --release -- attack {{args}}

# Fuzzes all targets, each for some seconds.
fuzz seconds="30":
    scripts/fuzz.sh {{seconds}}

# Formats all code.
fmt:
    cargo fmt --all
    cargo fmt --all --manifest-path guest/Cargo.toml
    cargo fmt --all --manifest-path guests/Cargo.toml
    cargo fmt --all --manifest-path guests/atomics/Cargo.toml
    cargo fmt --all --manifest-path guests/std-words/Cargo.toml

# Checks formatting, lints and citations.
lint:
    cargo fmt --all --check
    cargo fmt --all --check --manifest-path guest/Cargo.toml
    cargo fmt --all --check --manifest-path guests/Cargo.toml
    cargo fmt --all --check --manifest-path guests/atomics/Cargo.toml
    cargo fmt --all --check --manifest-path guests/std-words/Cargo.toml
    cargo clippy --workspace --all-targets -- -D warnings
    scripts/check-citations.sh

# Rewrites the generated parts of the documents.
docs:
    scripts/generate-docs.sh

# Measures kernels and proofs.
bench *args:
    cargo bench --workspace {{args}}

# Rebuilds the guests; needs a RISC-V toolchain.
guests *args:
    scripts/build-guests.sh {{args}}

# Runs what continuous integration runs.
ci:
    .ci/run
