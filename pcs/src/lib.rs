//! Multilinear polynomial commitments behind one seam.
//!
//! A scheme's author implements [`MultilinearPcs`], or [`batch::PiecePcs`] and leaves columns of many sizes to
//! [`batch::Batched`], and names it in a [`Scheme`]. A program gathers schemes in [`Schemes`]; a prover holds the
//! [`dyn Pcs`](Pcs) that [`Schemes::setup`] returns. Commitments and openings are messages of the proof's channel.
//! This crate knows no scheme: each is a crate of its own in a folder beside this one, and `lariat-schemes` lists them.
//!
//! ```
//! use lariat_algebra::Fr;
//! use lariat_algebra::column::{Column, ColumnData};
//! use lariat_pcs::{Pcs, PcsKind, Workload};
//! use lariat_transcript::{HashKind, Session};
//!
//! # fn example(schemes: &lariat_pcs::Schemes) -> Result<(), Box<dyn std::error::Error>> {
//! let pcs = schemes.setup(PcsKind::HYRAX, Workload { num_vars: &[2] })?;
//! let session = || Session::new(HashKind::Keccak256, "example").bind("setup", &pcs.setup_digest());
//!
//! let column = Column::new(2, ColumnData::U8(vec![1, 2, 3, 4]));
//! let mut prover = session().into_prover();
//! let hint = pcs.commit(&[&column], &mut prover)?;
//! let point = prover.challenges("point", 2);
//! let eval = (0..4).map(|i| column.get(i) * lariat_algebra::poly::eq_index(i, &point)).sum::<Fr>();
//! prover.send_scalars("eval", &[eval]);
//! pcs.open(&[&column], &[hint], &point, &[eval], &mut prover)?;
//! let (proof, _) = prover.finish();
//!
//! let mut verifier = session().into_verifier(&proof);
//! let commitments = pcs.recv_commitments(&[2], &mut verifier)?;
//! let point = verifier.challenges("point", 2);
//! let evals = verifier.recv_scalars("eval", 1)?;
//! pcs.verify(&[commitments], &point, &evals, &mut verifier)?;
//! verifier.finish()?;
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod batch;
#[cfg(feature = "test-util")]
pub mod conformance;
mod error;
mod parts;
mod registry;
mod seam;
mod security;
mod setup_source;

pub use error::{PcsError, ShapeError, VerifyError};
pub use parts::{BatchSize, Parts, recv_part_points};
pub use registry::{PcsKind, Resources, Scheme, Schemes, SetupFn, Workload};
pub use seam::{CommitHint, Commitments, MultilinearPcs, Pcs, PcsInfo, QuantumStatus};
pub use security::{Basis, ErrorTerm, Hardness, SecurityBits};
pub use setup_source::SetupSource;
