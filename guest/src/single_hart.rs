//! Critical sections on a machine that nothing interrupts.

struct SingleHart;

critical_section::set_impl!(SingleHart);

// SAFETY: there is one hart and no interrupt, so that all code is in a critical section at all times.
unsafe impl critical_section::Impl for SingleHart {
    unsafe fn acquire() -> critical_section::RawRestoreState {}

    unsafe fn release(_: critical_section::RawRestoreState) {}
}
