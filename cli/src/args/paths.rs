//! Which files a command reads and writes: what is compared before any work is done.

use super::{Command, InputArgs, PrivateInputArgs, SetupArgs};
use crate::files::Kind;
use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

/// A file that the command line names, and what it is there.
pub type Named<'a> = (Kind, Cow<'a, Path>);

impl Command {
    /// The files that the command reads.
    pub fn reads(&self) -> Vec<Named<'_>> {
        match self {
            #[cfg(feature = "attack")]
            Self::Attack(args) => args.setup.reads(),
            Self::Bench(args) => [args.setup.reads(), given(Kind::Records, args.plot.as_ref())].concat(),
            Self::Demo(args) => args.prover.setup.reads(),
            Self::Run(args) => [program(&args.program), args.input.reads(), args.private.reads()].concat(),
            Self::Prove(args) => {
                let setup = args.prover.setup.reads();
                [program(&args.program), args.input.reads(), args.private.reads(), setup].concat()
            }
            Self::Verify(args) => {
                let (proof, output) =
                    (given(Kind::Proof, Some(&args.proof)), given(Kind::Output, args.output.as_ref()));
                [program(&args.program), proof, args.input.reads(), output, args.setup.reads()].concat()
            }
            Self::Inspect(args) => {
                let (proof, program) = (given(Kind::Proof, Some(&args.proof)), args.program.as_ref());
                [proof, given(Kind::Program, program), args.setup.reads()].concat()
            }
            Self::List(args) => args.setup.reads(),
            Self::Setup(args) => given(Kind::Setup, args.ptau.as_ref()),
            Self::Preprocess(args) => program(&args.program),
        }
    }

    /// The files that the command writes. What `bench` writes into its folder has names of its own.
    pub fn writes(&self) -> Vec<Named<'_>> {
        match self {
            #[cfg(feature = "attack")]
            Self::Attack(args) => given(Kind::Report, args.output.as_ref()),
            Self::Run(args) => given(Kind::Output, args.output.as_ref()),
            Self::Prove(args) => {
                let results =
                    [given(Kind::Proof, Some(&args.proof)), given(Kind::Output, args.output.as_ref())].concat();
                [results, given(Kind::Trace, args.trace.as_ref())].concat()
            }
            Self::Setup(args) => given(Kind::Setup, Some(&args.output)),
            Self::Preprocess(args) => given(Kind::Key, Some(&args.key)),
            Self::Bench(_) | Self::Demo(_) | Self::Verify(_) | Self::Inspect(_) | Self::List(_) => Vec::new(),
        }
    }
}

impl InputArgs {
    fn reads(&self) -> Vec<Named<'_>> {
        given(Kind::Input, self.input.as_ref())
    }
}

impl PrivateInputArgs {
    fn reads(&self) -> Vec<Named<'_>> {
        given(Kind::PrivateInput, self.private_input.as_ref())
    }
}

impl SetupArgs {
    fn reads(&self) -> Vec<Named<'_>> {
        self.file().map(|(path, _)| (Kind::Setup, path.into())).into_iter().collect()
    }
}

fn program(path: &Path) -> Vec<Named<'_>> {
    vec![(Kind::Program, path.into())]
}

fn given(kind: Kind, path: Option<&PathBuf>) -> Vec<Named<'_>> {
    path.map(|path| (kind, path.as_path().into())).into_iter().collect()
}
