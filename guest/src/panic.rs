//! The panic handler. The message is dropped: the machine has no cell for it, and formatting one would bring tens of
//! kilobytes of code into the committed bytecode.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    crate::panic_exit()
}
