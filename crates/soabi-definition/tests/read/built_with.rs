//! The headers and tools of specimens whose source is known.

use rstest::rstest;
use soabi_definition::BuiltWith;

use crate::specimen::reading;

const MULTI: &str = r#"
    static int execute(void *module) { return 0; }
    static struct slot slots[] = {{EXEC, execute}, {0}};
    static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, 0, 0, slots};
    void *PyInit_spam(void) { return PyModuleDef_Init(&definition); }
"#;

fn built_with(flags: &[&str]) -> BuiltWith {
    reading(MULTI, flags).built_with
}

#[rstest]
#[case::of_313(&["-DREFCNT=0xffffffff", "-DEXEC=2"], &["3.13"], true)]
#[case::of_314_or_315(&["-DREFCNT=0x00050000c0000000", "-DEXEC=2"], &["3.14", "3.15"], true)]
#[case::of_315(&["-DREFCNT=0x00050000c0000000", "-DEXEC=85"], &["3.15"], true)]
#[case::of_313t(&["-DFREE_THREADED", "-DEXEC=2"], &["3.13"], false)]
#[case::of_314t(&["-DFREE_THREADED", "-DFLAGS=4", "-DEXEC=2"], &["3.14"], false)]
#[case::of_315t(&["-DFREE_THREADED", "-DFLAGS=4", "-DEXEC=85"], &["3.15"], false)]
#[case::older(&["-DEXEC=2"], &["3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12"], true)]
fn versions(#[case] flags: &[&str], #[case] python: &[&str], #[case] gil: bool) {
    let read = built_with(flags);
    assert_eq!(read.python, python);
    assert_eq!(read.gil, Some(gil));
    assert_eq!((read.limited_api, read.toolkit, read.contradiction), (None, None, None));
    assert!(!read.evidence.is_empty());
}

#[test]
fn contradictions_name_no_version() {
    let read = built_with(&["-DREFCNT=0xffffffff", "-DEXEC=85"]);
    assert_eq!(read.python, Vec::<String>::new());
    assert!(read.contradiction.unwrap().contains("3.15"));
}

/// In 3.12 the heads of the standard library's modules are what all heads are in 3.13. What calls the internals may be one
/// of them; what public macros become is called by everybody.
#[rstest]
#[case::of_the_core("_PyArg_CheckPositional", &["3.12", "3.13"])]
#[case::macro_of_the_api("_Py_Dealloc", &["3.13"])]
#[case::sized_variant("_PyArg_ParseTuple_SizeT", &["3.13"])]
fn modules_of_the_core(#[case] call: &str, #[case] python: &[&str]) {
    let source = MULTI.replace("return 0;", &format!("return {call}();"));
    assert_eq!(reading(&source, &["-DREFCNT=0xffffffff", "-DEXEC=2"]).built_with.python, python);
    assert_eq!(reading(&source, &["-DEXEC=2"]).built_with.python.last().unwrap(), "3.12");
}

/// Rust's bindings write 1 into every head, so that it tells nothing.
#[test]
fn rust_says_nothing() {
    let source = format!("{MULTI}\nconst char *path = \"/rustc/0123/library/core/src/fmt/mod.rs\";");
    let read = reading(&source, &["-DEXEC=2"]).built_with;
    assert_eq!((read.python, read.gil), (vec![], Some(true)));
}

const SINGLE: &str = r#"
    const char *text = TEXT;
    static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, 0};
    void *PyInit_spam(void) { return PyModule_Create2(&definition, API); }
"#;

#[rstest]
#[case::plain("", None, None)]
#[case::cython("_cython_3_1_2", Some("Cython 3.1.2"), None)]
#[case::pyo3("/registry/src/pyo3-0.29.2/src/err.rs", Some("PyO3 0.29.2"), None)]
#[case::pybind11(
    "__pybind11_internals_v11_system_libstdcpp_gxx_abi_1xxx__",
    Some("pybind11"),
    Some("v11_system_libstdcpp_gxx_abi_1xxx")
)]
#[case::swig("swig_runtime_data4", Some("SWIG"), Some("4"))]
#[case::sip("PyQt5.sip._C_API", Some("SIP"), None)]
fn toolkits(#[case] text: &str, #[case] toolkit: Option<&str>, #[case] internals: Option<&str>) {
    let read = reading(SINGLE, &["-DAPI=1013", &format!("-DTEXT=\"{text}\"")]).built_with;
    assert_eq!((read.toolkit.as_deref(), read.internals.as_deref()), (toolkit, internals));
    assert_eq!(read.limited_api, None);
}

#[rstest]
#[case::by_the_api_version("-DAPI=3", "")]
#[case::by_cython("-DAPI=3", "_cython_3_1_2limited")]
fn limited_api(#[case] api: &str, #[case] text: &str) {
    let read = reading(SINGLE, &[api, &format!("-DTEXT=\"{text}\"")]).built_with;
    assert_eq!((read.limited_api.as_deref(), read.contradiction), (Some("unknown"), None));
}

/// Cython formats the version that it was compiled for, and compares.
#[test]
fn cython_compares_versions() {
    let source = r#"
        const char *text = "_cython_3_0_11";
        static int check(void) {
            char version[8];
            PyOS_snprintf(version, 4, "%d.%d", 3, 11);
            return elsewhere(version[0]);
        }
        static int execute(void *module) {
            if (PyErr_Occurred()) return -1;
            return check();
        }
        static struct slot slots[] = {{2, execute}, {0}};
        static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, 0, 0, slots};
        void *PyInit_spam(void) { return PyModuleDef_Init(&definition); }
    "#;
    let read = reading(source, &[]).built_with;
    assert_eq!(read.python, ["3.11"]);
    assert_eq!(read.toolkit.as_deref(), Some("Cython 3.0.11"));
}

const TYPES: &str = r#"
    static void *new(void) { return 0; }
    static struct type type = {OBJECT, 0, "spam.Spam", 32, 0, .flags = 1 << 18, .doc = "Spam."};
    static struct slot slots[] = {{SLOT, new}, {0}};
    static struct type_spec spec = {"spam.Eggs", SIZE, 0, 1 << 10, slots};
    static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, 0};
    void *keep[] = {&type, &spec};
    void *PyInit_spam(void) { PyType_Ready(&type); return PyModule_Create2(&definition, 1013); }
"#;

#[rstest]
#[case::old(65, 32, None)]
#[case::buffer(1, 32, Some("3.9"))]
#[case::send(81, 32, Some("3.10"))]
#[case::relative(65, -8, Some("3.12"))]
#[case::token(83, 32, Some("3.14"))]
fn types(#[case] slot: u32, #[case] size: i32, #[case] minimum: Option<&str>) {
    let read = reading(TYPES, &[&format!("-DSLOT={slot}"), &format!("-DSIZE={size}"), "-DREFCNT=0xffffffff"]);
    let [type_] = read.static_types.as_slice() else { panic!("{:?}", read.static_types) };
    assert_eq!((type_.name.as_str(), type_.basic_size, type_.flags), ("spam.Spam", 32, 1 << 18));
    let [spec] = read.type_specs.as_slice() else { panic!("{:?}", read.type_specs) };
    assert_eq!((spec.name.as_str(), spec.basic_size, spec.flags), ("spam.Eggs", size, 1 << 10));
    assert_eq!(spec.slots, [slot]);
    assert_eq!(read.minimum_by_data.map(|minimum| minimum.python).as_deref(), minimum);
    assert_eq!(read.built_with.python, ["3.13"]);
}

const EXPORT: &str = r#"
    static struct new_slot new_slots[] = {{100, 0, 0, "spam"}, {0}};
    void *PyModExport_spam(void) { return new_slots; }
"#;

/// The export function's slots are for 3.15; with an init function beside it the file is for older ones too.
#[rstest]
#[case::export_alone("", Some("3.15"))]
#[case::both(MULTI, Some("3.5"))]
fn minimum_of_both_hooks(#[case] init: &str, #[case] minimum: Option<&str>) {
    let read = reading(&format!("{init}{EXPORT}"), &["-DEXEC=2"]);
    assert_eq!(read.minimum_by_data.map(|minimum| minimum.python).as_deref(), minimum);
}

/// `OpenSSL`'s tables of numbered functions, and C++'s type information, look like specifications of types.
#[rstest]
#[case::no_dot(r#"struct table { const char *name; long numbers[2]; struct slot *slots; } table = {"RSA", {0, 0}, slots};"#)]
#[case::relocated(r#"struct table { const char *name; void *base; long n; struct slot *slots; } table = {"a.b", slots, 0, slots};"#)]
fn tables_that_are_no_specifications(#[case] table: &str) {
    let source = format!(
        r#"
        extern void f(void);
        static struct slot slots[] = {{{{1, f}}, {{2, f}}, {{0}}}};
        {table}
        static struct definition definition = {{OBJECT, 0, 0, 0, "spam", 0, 0}};
        void *PyInit_spam(void) {{ return PyModule_Create2(&definition, 1013); }}
        "#
    );
    let read = reading(&source, &[]);
    assert_eq!((read.type_specs, read.minimum_by_data), (vec![], None));
}
