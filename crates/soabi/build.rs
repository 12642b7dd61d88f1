//! The tests make a case of every file in `pythons/`; a file that comes or goes makes them anew.

fn main() {
    println!("cargo::rerun-if-changed=../../pythons");
    println!("cargo::rerun-if-changed=build.rs");
}
