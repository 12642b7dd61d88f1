//! Providers without programs and without a network, and installations that are ended in the middle.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod debian;
mod fake;
mod installation;
mod managers;
mod place;
mod source;
