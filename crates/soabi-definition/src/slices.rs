//! From the bytes of a native file to its facts and what its code shows, with the image parsed once for both.

use soabi_core::{AbiTag, ModuleFileName};
use soabi_object::{Image, ObjectError, ObjectFacts};

use crate::read::{self, Options};
use crate::report::Reading;

/// The name of the file that makes a folder a package.
const INIT: &str = "__init__";

/// A native file, or one slice of a universal file.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// What the file says about itself.
    pub facts: ObjectFacts,
    /// What partial execution found. `None` for a file without an init symbol.
    pub reading: Option<Reading>,
}

/// Reads a native file: one slice, or those of a universal file. `file_name` has no folders; `folder` is the last
/// folder above it, whose name a package has. `stable_abi`: whether something else than the file's name claims a stable
/// ABI for it, such as a wheel's tag.
///
/// A definition that cannot be read is one that is not decoded, and no error.
///
/// # Errors
///
/// Those of [`Image::parse`].
pub fn read_slices(
    bytes: &[u8],
    file_name: &str,
    folder: Option<&str>,
    stable_abi: bool,
) -> Result<Vec<Slice>, ObjectError> {
    let name = ModuleFileName::parse(file_name);
    let named = name.as_ref().is_some_and(|name| matches!(name.suffix.abi(), AbiTag::Abi3 | AbiTag::Abi3t));
    let name = name.map(|name| name.module);
    let module = if name.as_deref() == Some(INIT) { folder } else { name.as_deref() };
    let options = Options { module, stable_abi: stable_abi || named, ..Options::default() };
    let slice = |image: &Image<'_>| Slice {
        facts: ObjectFacts::of(image),
        reading: read::has_init(image, &options).then(|| read::read_or_nothing(image, &options)),
    };
    Ok(Image::parse(bytes)?.iter().map(slice).collect())
}
