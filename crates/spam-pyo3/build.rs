//! Which interpreter is built for comes from `PYO3_CONFIG_FILE`, which PyO3's own build script reads.

fn main() {
    // macOS links a library with undefined symbols only when told to; elsewhere this prints nothing.
    pyo3_build_config::add_extension_module_link_args();
}
