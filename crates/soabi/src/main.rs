//! soabi.
fn main() {}
