//! The README's library example, run.

use crate::support::{elf, folder};
use lariat_jolt_core::{Inputs, Program, ProveOptions, keys, prove, verify};

#[test]
fn a_program_is_proven_saved_and_verified() -> Result<(), Box<dyn std::error::Error>> {
    let folder = folder("library");
    let program = Program::from_elf(&std::fs::read(elf("fibonacci"))?)?;
    let input = 10u32.to_le_bytes();
    let inputs = Inputs { public: &input, private: &[] };
    let schemes = lariat_schemes::all();
    let proven = prove(&program, inputs, &ProveOptions::default(), &schemes, &mut |_| {})?;
    keys::save(&folder.join("fibonacci.proof"), &proven.proof)?;
    keys::save(&folder.join("fibonacci.key"), &program.to_bytes())?;

    let program = Program::from_bytes(&std::fs::read(folder.join("fibonacci.key"))?)?;
    let statement = verify(&program, &std::fs::read(folder.join("fibonacci.proof"))?, &schemes)?;
    assert_eq!(statement.input, input);
    assert_eq!(statement.output, 55u32.to_le_bytes());
    Ok(())
}
