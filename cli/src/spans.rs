//! Spans of the prover as a trace that Chrome and Perfetto show.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};
use tracing_chrome::{ChromeLayerBuilder, FlushGuard};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

/// Spans from here on, in memory until they are asked for: a trace is written whole or not at all.
pub struct Spans {
    guard: FlushGuard,
    bytes: Buffer,
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spans {
    /// Listens to all threads. Where the program listens already, the trace stays empty.
    pub fn record() -> Self {
        let bytes = Buffer::default();
        let (layer, guard) = ChromeLayerBuilder::new().writer(bytes.clone()).include_args(true).build();
        let _ = tracing_subscriber::registry().with(layer).try_init();
        Self { guard, bytes }
    }

    /// The trace: JSON in the trace event format.
    pub fn finish(self) -> Vec<u8> {
        let Self { guard, bytes } = self;
        drop(guard);
        mem::take(&mut bytes.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
