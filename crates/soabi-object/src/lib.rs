//! soabi-object
