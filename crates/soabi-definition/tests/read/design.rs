//! Files without a definition: recognised, or said to be not decoded.

use rstest::rstest;
use soabi_definition::{NoneBecause, Phase};

use crate::specimen::definition;

const CFFI: &str = r#"
    void *PyInit_spam(void) {
        void *module = PyImport_ImportModule("_cffi_backend");
        if (!module) return 0;
        return PyObject_GetAttrString(module, "_init_cffi_1_0_external_module");
    }
"#;

const MYPYC: &str = r#"
    void *PyInit_spam(void) {
        void *group = PyImport_ImportModule("group__mypyc");
        if (!group) return 0;
        void *capsule = PyObject_GetAttrString(group, "init_spam");
        if (!capsule) return 0;
        void *(*init)(void) = (void *(*)(void))PyCapsule_GetPointer(capsule, "group__mypyc.init_spam");
        return init ? init() : 0;
    }
"#;

const STUB: &str = "void *PyInit_spam(void) { return 0; }";

/// It imports another module and returns it: no definition, and none of the known reasons.
const OTHER: &str = r#"void *PyInit_spam(void) { return PyImport_ImportModule("eggs"); }"#;

/// The definition comes from a place that is not known.
const UNKNOWN: &str = r"
    extern struct definition *where;
    void *PyInit_spam(void) { return PyModuleDef_Init(where); }
";

#[rstest]
#[case::cffi(CFFI, NoneBecause::Cffi)]
#[case::mypyc(MYPYC, NoneBecause::Mypyc)]
#[case::stub(STUB, NoneBecause::Stub)]
#[case::other(OTHER, NoneBecause::NotDecoded)]
#[case::unknown(UNKNOWN, NoneBecause::NotDecoded)]
fn reasons(#[case] source: &str, #[case] because: NoneBecause) {
    let read = definition(source, &[]);
    assert_eq!((read.phase, read.none_because), (Phase::None, Some(because)));
    assert_eq!((read.name, read.methods, read.found_by), (None, None, vec![]));
}
