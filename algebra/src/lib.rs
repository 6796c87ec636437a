//! Field and curve kernels: the only crate of the workspace with `unsafe` code, and the home of every hot loop.
//!
//! All vectors of evaluations are indexed so that coordinate 0 of a point is the **most significant** bit of the
//! index, everywhere in the workspace.

pub mod column;
pub mod count;
pub mod forms;
pub mod heap;
pub mod ifma;
pub mod msm;
pub mod ntt;
pub mod par;
pub mod poly;
pub mod simd;
pub mod wide;

pub use ark_bn254::{Fq, Fr, G1Affine, G1Projective};
