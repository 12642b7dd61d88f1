//! Child processes: each in a process group of its own, with a time limit, with bounded output; and workers, which
//! run foreign code behind walls.
//!
//! None outlives us. A group is killed when the [`Child`] that stands for it is dropped, [`end_orphans`] finds
//! what left its group, and [`end_all`] ends everything at once when the user asks for it. A signal only goes to a
//! child that has not been reaped, so that its number cannot be another's.
//!
//! What a child is for, and what its output means, is not known here; how a worker is spoken to is
//! ([`protocol`]).

#![forbid(unsafe_code)]

mod child;
pub mod folder;
mod groups;
pub mod launch;
mod orphans;
pub mod protocol;
pub mod remains;
mod run;
mod stream;
pub mod walls;
pub mod watch;

pub use child::{Child, Event};
pub use orphans::{adopt_orphans, end_all, end_orphans, hide_this_process};
pub use run::{Finished, ask, run};
pub use stream::KEPT;
