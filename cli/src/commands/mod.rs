//! One file a verb. Each returns the text that goes to standard output.

mod demo;
mod inspect;
mod preprocess;
mod prove;
mod run;
mod verify;

use crate::{Report, args::Command};

/// Does what the command line asks for.
pub fn dispatch(command: &Command) -> Report {
    match command {
        Command::Demo(args) => demo::demo(args),
        Command::Run(args) => run::run(args),
        Command::Prove(args) => prove::prove(args),
        Command::Verify(args) => verify::verify(args),
        Command::Inspect(args) => inspect::inspect(args),
        Command::Preprocess(args) => preprocess::preprocess(args),
    }
}
