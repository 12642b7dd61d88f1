//! Discovery on machines of mock interpreters. No Python is needed.

#![expect(clippy::unwrap_used, reason = "a test may stop at what is not there")]

mod broken;
mod cache;
mod machines;
mod mock;
mod search;
mod shims;
