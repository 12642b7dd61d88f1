//! Child processes: each in a process group of its own, with a time limit, with bounded output.
//!
//! None outlives us. A group is killed when the [`Child`] that stands for it is dropped, [`end_orphans`] finds
//! what left its group, and [`end_all`] ends everything at once when the user asks for it.
//!
//! What a child is for, and what its output means, is not known here.

#![forbid(unsafe_code)]

mod child;
mod groups;
mod orphans;
mod run;
mod stream;

pub use child::{Child, Event};
pub use groups::{Group, end_all};
pub use orphans::{adopt_orphans, end_orphans};
pub use run::{Finished, ask, run};
pub use rustix::process::Resource;
pub use stream::KEPT;
