//! The resolver on wheels made by hand: for each kind the broken one and its nearest working neighbour.
//!
//! The truth is that of the dynamic linkers (`ld.so(8)`, musl's `dynlink.c`, `dyld(1)`, Microsoft's "Dynamic-link
//! library search order"), of PEP 513 to 656, and of refusals that real Pythons printed.

mod any;
mod libraries;
mod symbols;
mod wheel;
