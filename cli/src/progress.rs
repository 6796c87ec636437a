//! Progress of a proof on standard error.

use crate::{args::ProgressMode, format, threads::in_background};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lariat_jolt_core::Phase;
use serde::Serialize;
use std::{
    io::{self, IsTerminal, Write},
    thread,
    time::{Duration, Instant},
};

/// Name of the last phase, which is not the prover's.
pub const VERIFY: &str = "verify";

/// Number of phases: the prover's, and [`VERIFY`].
const NUM_PHASES: u64 = Phase::ALL.len() as u64 + 1;

/// Shows which phase a proof is in.
#[derive(Debug)]
pub struct Progress {
    display: Display,
    started: Instant,
    begun: u64,
}

#[derive(Debug)]
enum Display {
    None,
    Bar(ProgressBar),
    /// One line of text a phase: a bar that was asked for where there is no terminal.
    Text,
    Json,
}

/// One line of `--progress json`; the names are stable.
#[derive(Serialize)]
struct Line<'a> {
    phase: &'a str,
    index: u64,
    phases: u64,
    elapsed_ns: u64,
}

impl Progress {
    /// Starts the clock. Nothing is shown before the first phase.
    pub fn new(mode: ProgressMode) -> Self {
        let display = match (mode, io::stderr().is_terminal()) {
            (ProgressMode::None, _) | (ProgressMode::Auto, false) => Display::None,
            (ProgressMode::Auto | ProgressMode::Bar, true) => Display::Bar(bar()),
            (ProgressMode::Bar, false) => Display::Text,
            (ProgressMode::Json, _) => Display::Json,
        };
        Self { display, started: Instant::now(), begun: 0 }
    }

    /// A phase of the prover begins.
    pub fn begin(&mut self, phase: Phase) {
        self.begin_named(phase.name());
    }

    /// A phase begins, and the one before it is done.
    pub fn begin_named(&mut self, phase: &str) {
        match &self.display {
            Display::None => {}
            Display::Bar(bar) => {
                bar.set_position(self.begun);
                bar.set_message(phase.replace('_', " "));
            }
            Display::Text => write_line(&format!("[{}/{NUM_PHASES}] {}", self.begun + 1, phase.replace('_', " "))),
            Display::Json => self.json_line(phase),
        }
        self.begun += 1;
    }

    /// All is done.
    pub fn finish(self) {
        if matches!(self.display, Display::Json) {
            self.json_line("done");
        }
    }

    fn json_line(&self, phase: &str) {
        let elapsed_ns = format::ns(self.started.elapsed());
        write_line(&format::json(&Line { phase, index: self.begun, phases: NUM_PHASES, elapsed_ns }));
    }
}

/// The bar goes, also when a proof fails, so that only the summary or the error stays on the screen.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

/// A reader of the progress that went away must not stop the proof.
fn write_line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(NUM_PHASES), ProgressDrawTarget::stderr());
    // The template is a constant that a test parses.
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style.progress_chars("=> "));
    }
    spin(&bar);
    bar
}

/// Turns a bar's spinner until the bar is finished. `enable_steady_tick` would panic where no thread can be started.
pub fn spin(bar: &ProgressBar) {
    let bar = bar.clone();
    in_background(move || {
        bar.tick();
        thread::sleep(Duration::from_millis(100));
        bar.is_finished()
    });
}

const TEMPLATE: &str = "{spinner} [{bar:27}] {pos}/{len} {msg:<14} {elapsed}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_parses() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
    }
}
