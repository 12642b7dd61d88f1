//! soabi-rules
