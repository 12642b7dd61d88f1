//! Why an extension module does not load, from what is at hand: an error message, or the name of a symbol.
//!
//! - [`message`]: the causes that a pasted message names;
//! - [`kind`]: the kinds of message, one file each in `kinds/`;
//! - [`symbol`]: who exports a symbol, what puts it into a module, and what it means that it is missing;
//! - `tables/`: what the export tables of soabi-rules do not know, by hand: what private names come from, whose the
//!   names of other libraries are, which package brings a library.
//!
//! Nothing here reads a file or asks an interpreter: what is said follows from the text alone. A text that no kind fits
//! has no answer.

#![forbid(unsafe_code)]

mod clean;
mod context;
pub mod kind;
mod libraries;
pub mod message;
mod page;
mod pattern;
pub mod symbol;
mod template;
mod values;

pub use kind::{KINDS, Kind};
pub use page::{index, page};
