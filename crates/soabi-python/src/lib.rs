//! soabi-python
