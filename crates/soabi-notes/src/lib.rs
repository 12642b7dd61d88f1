//! What extension authors are told about C and Python, asked of every interpreter.
//!
//! The project began from a page of notes on extending Python with C. Each of its claims is one file in `claims/`:
//! a statement in words, tables of the answers that each version of Python is expected to give, written by hand
//! with their reasons, and the Python source that asks ([`claim`]). What a claim needs of C is a specimen, a file
//! in `specimens/` ([`specimen`]). [`ask`](mod@ask) runs the claims in an interpreter, [`judge`](mod@judge) holds
//! the answers to what is expected, and [`examine`](mod@examine) does all of it.
//!
//! How a report looks this crate does not know.

#![forbid(unsafe_code)]

pub mod ask;
pub mod claim;
pub mod examine;
pub mod group;
pub mod judge;
pub mod specimen;
pub mod table;

pub use claim::{Claim, Expect, claims};
pub use examine::{Examined, Modules, build_modules, examine};
pub use group::Group;
pub use judge::{Answer, Judged};
pub use table::{Question, Table};
