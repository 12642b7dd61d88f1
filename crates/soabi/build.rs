//! Sets `cfg(run)`: whether this build runs interpreters, which takes the feature `run` and a Unix system.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(run)");
    println!("cargo::rerun-if-changed=build.rs");
    let is_set = |name: &str| std::env::var_os(name).is_some();
    if is_set("CARGO_FEATURE_RUN") && is_set("CARGO_CFG_UNIX") {
        println!("cargo::rustc-cfg=run");
    }
}
