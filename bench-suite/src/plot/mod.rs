//! Plots as SVG text, drawn from data alone: equal data give equal bytes.

mod axis;
mod bars;
mod curves;
mod svg;

pub use axis::Unit;
pub use bars::{Bar, Bars};
pub use curves::{Curves, Point, Series};
