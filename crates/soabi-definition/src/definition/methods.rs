//! `PyMethodDef` tables.

use serde::Serialize;

use crate::memory::Memory;
use crate::value::Value;

use super::text::text_at;

/// The most entries of a table that are read.
const MOST: usize = 1 << 16;

/// The names of the flags, as in `Include/methodobject.h` without `METH_`.
const FLAGS: [(u32, &str); 9] = [
    (0x1, "VARARGS"),
    (0x2, "KEYWORDS"),
    (0x4, "NOARGS"),
    (0x8, "O"),
    (0x10, "CLASS"),
    (0x20, "STATIC"),
    (0x40, "COEXIST"),
    (0x80, "FASTCALL"),
    (0x200, "METHOD"),
];

/// A function of a module or type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Its flags by name, in the order of their bits; a bit without a name as a number.
    pub flags: Vec<String>,
    /// Its docstring.
    pub doc: Option<String>,
    /// The flags as the interpreter reads them.
    #[serde(skip)]
    pub raw_flags: u32,
    /// The address of the function, if it is in the file.
    #[serde(skip)]
    pub function: Option<u64>,
}

/// Flags that CPython accepts (`Objects/methodobject.c`): a calling convention, and what is not one.
pub(crate) const fn are_valid_flags(flags: u32) -> bool {
    matches!(flags & !0x70, 0x1 | 0x2 | 0x3 | 0x4 | 0x8 | 0x80 | 0x82 | 0x282)
}

/// The names of `flags`.
fn flag_names(flags: u32) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = flags;
    for (bit, name) in FLAGS {
        if flags & bit != 0 {
            names.push(name.to_owned());
            rest &= !bit;
        }
    }
    if rest != 0 {
        names.push(format!("{rest:#x}"));
    }
    names
}

/// The entries of the table at `address`, or `None` if one of them is unknown.
pub(crate) fn table(memory: &Memory<'_>, address: u64) -> Option<Vec<Method>> {
    let width = u64::from(memory.program.width());
    let mut methods = Vec::new();
    let mut at = address;
    while methods.len() < MOST {
        memory.spend(1)?;
        let name = match memory.pointer(at) {
            Value::Int(0) => return Some(methods),
            Value::Int(name) => memory.text(name)?,
            _ => return None,
        };
        let flags = u32::try_from(memory.number(at.wrapping_add(2 * width), 4)?).ok()?;
        let function = memory.pointer(at.wrapping_add(width)).int().filter(|&function| function != 0);
        let doc = text_at(memory, at.wrapping_add(3 * width)).ok().flatten();
        methods.push(Method { name, flags: flag_names(flags), doc, raw_flags: flags, function });
        at = at.wrapping_add(4 * width);
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0x1, &["VARARGS"], true)]
    #[case(0x3, &["VARARGS", "KEYWORDS"], true)]
    #[case(0x11, &["VARARGS", "CLASS"], true)]
    #[case(0x82, &["KEYWORDS", "FASTCALL"], true)]
    #[case(0x282, &["KEYWORDS", "FASTCALL", "METHOD"], true)]
    #[case(0x280, &["FASTCALL", "METHOD"], false)]
    #[case(0x5, &["VARARGS", "NOARGS"], false)]
    #[case(0x401, &["VARARGS", "0x400"], false)]
    #[case(0, &[], false)]
    fn names_and_validity(#[case] flags: u32, #[case] names: &[&str], #[case] valid: bool) {
        assert_eq!(flag_names(flags), names);
        assert_eq!(are_valid_flags(flags), valid);
    }
}
