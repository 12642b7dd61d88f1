//! Images: what is at an address, what the loader writes there, and which symbols there are.

mod elf;
mod macho;
mod pe;

use soabi_object::{Image, Relocation, RelocationKind};

/// The only image of a file.
fn image(bytes: &[u8]) -> Image<'_> {
    let images = Image::parse(bytes).unwrap();
    let [image] = <[_; 1]>::try_from(images).unwrap();
    image
}

/// A relocation as a test writes it: place, kind, name of its symbol, addend.
fn relocations<'a>(image: &'a Image<'_>) -> Vec<(u64, RelocationKind, &'a str, i64)> {
    let name =
        |relocation: &Relocation| relocation.symbol.map_or("", |symbol| &*image.symbol(symbol).unwrap().name);
    let relocations = image.relocations().unwrap();
    relocations
        .iter()
        .map(|relocation| (relocation.place, relocation.kind, name(relocation), relocation.addend))
        .collect()
}
