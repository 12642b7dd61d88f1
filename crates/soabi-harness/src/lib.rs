//! soabi-harness
