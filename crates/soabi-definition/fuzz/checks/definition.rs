//! Any bytes have definitions or none: the executor and every decoder.

use soabi_definition::{Options, read};
use soabi_object::Image;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(images) = Image::parse(bytes) else { return };
    let options = Options { module: Some("spam"), stable_abi: true, ..Options::default() };
    for image in &images {
        let _ = read(image, &options);
    }
}
