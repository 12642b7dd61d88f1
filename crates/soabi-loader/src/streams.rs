//! Whether this program was started without a stdout.
//!
//! The standard library opens `/dev/null` in place of streams that are missing, before `main`. From then on a program
//! that was started with `>&-` cannot be told from one whose output is thrown away on purpose, and its report is lost
//! with exit status 0. So the descriptor is looked at earlier, where the linker's list of initializers is run.

use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether this program was started without a stdout.
pub fn stdout_was_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

extern "C" fn look() {
    let flags = rustix::io::fcntl_getfd(rustix::stdio::stdout());
    CLOSED.store(flags == Err(rustix::io::Errno::BADF), Ordering::Relaxed);
}

// SAFETY: the sections hold pointers to functions that take no arguments that `look` would miss and return nothing.
// It makes one system call and stores a number; neither needs the runtime.
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;
