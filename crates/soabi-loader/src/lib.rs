//! soabi-loader
