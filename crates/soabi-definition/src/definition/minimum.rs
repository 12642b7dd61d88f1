//! The oldest CPython that accepts the numbers in a module's data: slots, method flags, sizes.
//!
//! Symbols cannot show these. An older interpreter refuses them when the module is created or the type is made
//! ("unknown slot ID", "invalid slot offset", "bad call flags").

use serde::Serialize;
use soabi_core::version::PyVersion;

use super::methods::Method;
use super::slots::{self, Slot};
use super::types::TypeSpec;

/// A version, and the number in the file that needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Minimum {
    /// The version: `3.12`.
    pub python: String,
    /// What needs it.
    pub because: String,
    /// The version as a number.
    #[serde(skip)]
    pub version: (u8, u8),
}

impl Minimum {
    fn new(version: (u8, u8), because: String) -> Self {
        Self { python: PyVersion::new(version.0, version.1).to_string(), because, version }
    }
}

/// The first version with a slot number of a type (`Include/typeslots.h`), where it is above 3.6.
const fn type_slot(id: u32) -> Option<(u8, u8)> {
    match id {
        // `bf_getbuffer`, `bf_releasebuffer`: heap types accept them from 3.9 on.
        1 | 2 => Some((3, 9)),
        // `am_send`.
        81 => Some((3, 10)),
        // `tp_vectorcall`, `tp_token`.
        82 | 83 => Some((3, 14)),
        84.. => Some((3, 15)),
        _ => None,
    }
}

/// The highest of the minima, the first of equals.
pub(crate) fn of<'a>(
    module_slots: impl Iterator<Item = &'a Slot>,
    methods: impl Iterator<Item = &'a Method>,
    specs: &[TypeSpec],
) -> Option<Minimum> {
    let mut highest: Option<Minimum> = None;
    let mut raise = |version: (u8, u8), because: &dyn Fn() -> String| {
        if highest.as_ref().is_none_or(|highest| highest.version < version) {
            highest = Some(Minimum::new(version, because()));
        }
    };
    for slot in module_slots {
        if let Some(version) = slots::minimum(slot.id) {
            raise(version, &|| format!("module slot {} ({})", slot.id, slot.name));
        }
    }
    for method in methods {
        if method.raw_flags & 0x200 != 0 {
            raise((3, 9), &|| format!("METH_METHOD of `{}`", method.name));
        } else if method.raw_flags & 0x80 != 0 {
            raise((3, 7), &|| format!("METH_FASTCALL of `{}`", method.name));
        }
    }
    for spec in specs {
        if spec.basic_size < 0 {
            raise((3, 12), &|| format!("negative basicsize of `{}`", spec.name));
        }
        for &slot in &spec.slots {
            if let Some(version) = type_slot(slot) {
                raise(version, &|| format!("type slot {slot} of `{}`", spec.name));
            }
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn spec(basic_size: i32, slots: &[u32]) -> TypeSpec {
        TypeSpec {
            name: "spam.Spam".to_owned(),
            address: 0,
            basic_size,
            item_size: 0,
            flags: 0,
            slots: slots.to_owned(),
        }
    }

    #[rstest]
    #[case::plain(16, &[52, 79], None)]
    #[case::buffer(16, &[1], Some("3.9"))]
    #[case::send(16, &[80, 81], Some("3.10"))]
    #[case::relative(-8, &[52], Some("3.12"))]
    #[case::token(16, &[83], Some("3.14"))]
    #[case::renumbered(16, &[84], Some("3.15"))]
    fn of_types(#[case] basic_size: i32, #[case] slots: &[u32], #[case] expected: Option<&str>) {
        let minimum = of([].iter(), [].iter(), &[spec(basic_size, slots)]);
        assert_eq!(minimum.as_ref().map(|minimum| minimum.python.as_str()), expected);
    }
}
