//! The flags of a module's functions, by what interpreters do with them.
//!
//! Sources: `PyCMethod_New` in `Objects/methodobject.c`, `_add_methods_to_object` in `Objects/moduleobject.c`; tried in
//! the interpreters.

use soabi_core::PyVersion;
use soabi_definition::Method;

const VARARGS: u32 = 0x1;
const KEYWORDS: u32 = 0x2;
const NOARGS: u32 = 0x4;
const O: u32 = 0x8;
const CLASS: u32 = 0x10;
const STATIC: u32 = 0x20;
const FASTCALL: u32 = 0x80;
const METHOD: u32 = 0x200;
const WITH_KEYWORDS: u32 = VARARGS | KEYWORDS;
const FAST_WITH_KEYWORDS: u32 = FASTCALL | KEYWORDS;

/// What is wrong with a function in an interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The import ends in an exception.
    Refused,
    /// It imports, and the function is called with other arguments than it is written for.
    Miscalled,
}

/// What a CPython of the version `version` has against a function of a module. Functions of types have other rules.
/// `own_headers`: whether the file may have been compiled with the headers of that version, for it alone.
pub(crate) fn fault(method: &Method, version: PyVersion, own_headers: bool) -> Option<Fault> {
    let from = |minor| version >= PyVersion::new(3, minor);
    if method.raw_flags & (CLASS | STATIC) != 0 {
        return Some(Fault::Refused);
    }
    let convention = method.raw_flags & (VARARGS | KEYWORDS | NOARGS | O | FASTCALL | METHOD);
    match convention {
        VARARGS | WITH_KEYWORDS | NOARGS | O => None,
        // In 3.6 it was private, and called with the names of keywords: as its own modules expect.
        FASTCALL | FAST_WITH_KEYWORDS if from(7) || from(6) && own_headers => None,
        FASTCALL | FAST_WITH_KEYWORDS => Some(Fault::Miscalled),
        // The same as with METH_VARARGS, until the flags were checked.
        KEYWORDS => from(8).then_some(Fault::Refused),
        // A module's functions have no class; before 3.9 the flag was not looked at.
        _ if convention & METHOD != 0 && !from(9) => Some(Fault::Miscalled),
        _ => Some(if from(8) { Fault::Refused } else { Fault::Miscalled }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::varargs(0x1, (3, 6), None)]
    #[case::coexist(0x43, (3, 6), None)]
    #[case::fastcall(0x80, (3, 5), Some(Fault::Miscalled))]
    #[case::fastcall(0x80, (3, 6), Some(Fault::Miscalled))]
    #[case::fastcall(0x80, (3, 7), None)]
    #[case::keywords_alone(0x2, (3, 7), None)]
    #[case::keywords_alone(0x2, (3, 8), Some(Fault::Refused))]
    #[case::method(0x282, (3, 8), Some(Fault::Miscalled))]
    #[case::method(0x282, (3, 9), Some(Fault::Refused))]
    #[case::of_a_type(0x21, (3, 6), Some(Fault::Refused))]
    #[case::of_a_class(0x11, (3, 15), Some(Fault::Refused))]
    #[case::nothing(0, (3, 7), Some(Fault::Miscalled))]
    #[case::nothing(0, (3, 12), Some(Fault::Refused))]
    fn faults(#[case] raw_flags: u32, #[case] version: (u8, u8), #[case] expected: Option<Fault>) {
        let method = Method { name: String::new(), flags: Vec::new(), doc: None, raw_flags, function: None };
        assert_eq!(fault(&method, PyVersion::new(version.0, version.1), false), expected);
    }

    /// `_hashlib` of 3.6 has functions of this kind.
    #[rstest]
    #[case::fastcall(0x80, (3, 5), Some(Fault::Miscalled))]
    #[case::fastcall(0x80, (3, 6), None)]
    #[case::fastcall_with_keywords(0x82, (3, 6), None)]
    #[case::of_a_type(0x21, (3, 6), Some(Fault::Refused))]
    fn faults_with_own_headers(
        #[case] raw_flags: u32,
        #[case] version: (u8, u8),
        #[case] expected: Option<Fault>,
    ) {
        let method = Method { name: String::new(), flags: Vec::new(), doc: None, raw_flags, function: None };
        assert_eq!(fault(&method, PyVersion::new(version.0, version.1), true), expected);
    }
}
