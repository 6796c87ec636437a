//! One file a verb. Each returns the text that goes to standard output.

#[cfg(feature = "attack")]
mod attack;
mod bench;
mod demo;
mod inspect;
mod list;
mod preprocess;
mod prove;
mod run;
mod setup;
mod verify;

use crate::{Report, args::Command, files};
use lariat_pcs::Schemes;

/// Does what the command line asks for.
pub fn dispatch(command: &Command, schemes: &Schemes) -> Report {
    files::check_apart(&command.reads(), &command.writes())?;
    match command {
        #[cfg(feature = "attack")]
        Command::Attack(args) => attack::attack(args, schemes),
        Command::Bench(args) => bench::bench(args, schemes),
        Command::Demo(args) => demo::demo(args, schemes),
        Command::Run(args) => run::run(args),
        Command::Prove(args) => prove::prove(args, schemes),
        Command::Verify(args) => verify::verify(args, schemes),
        Command::Inspect(args) => inspect::inspect(args, schemes),
        Command::Setup(args) => setup::setup(args),
        Command::List(args) => list::list(args, schemes),
        Command::Preprocess(args) => preprocess::preprocess(args),
    }
}
