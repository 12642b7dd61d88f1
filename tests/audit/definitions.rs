//! The module's own definition, from the machine code to the report and the rules.

use rstest::rstest;
use serde_json::{Value, json};

use super::wheelhouse::{ARCH, Wheelhouse, compile};
use super::{audit, report, rules};

/// A module with multi-phase initialisation and the slot `Py_mod_gil`, as the headers of 3.13 lay it out
/// and count its references (`_Py_IMMORTAL_REFCNT`).
const SOURCE: &str = r#"
    struct object { long count; void *type; };
    struct method { const char *name; void *function; int flags; const char *doc; };
    struct slot { int id; void *value; };
    struct definition {
        struct object object; void *init; long index; void *copy;
        const char *name, *doc; long size; struct method *methods; struct slot *slots; void *traverse, *clear, *free;
    };
    extern void *PyModuleDef_Init(struct definition *);
    static void *system(void *self, void *arguments) { return 0; }
    static int exec(void *module) { return 0; }
    static struct method methods[] = {{"system", system, 1, "Runs a command."}, {0}};
    static struct slot slots[] = {{2, exec}, {4, (void *)1}, {0}};
    static struct definition spam = {{4294967295}, 0, 0, 0, "spam", "eggs", 0, methods, slots};
    void *PyInit_spam(void) { return PyModuleDef_Init(&spam); }
"#;

#[test]
fn the_report_has_the_definition() {
    let house = Wheelhouse::new();
    let tag = format!("cp313-cp313-manylinux_2_17_{ARCH}");
    let member = format!("spam.cpython-313-{ARCH}-linux-gnu.so");
    let wheel = house.wheel(&tag, &[(&member, &compile(SOURCE))]);
    let report: Value = audit(house.path(), &[&wheel]).json();
    let object = &report["subjects"][0]["objects"][0];
    let expected = json!([{
        "init": "PyInit_spam", "phase": "multi", "none_because": null, "found_by": ["execution", "relocations"],
        "layout": "gil", "name": "spam", "doc": "eggs", "size": 0, "api_version": null,
        "methods": [{ "name": "system", "flags": ["VARARGS"], "doc": "Runs a command." }],
        "slots": [{ "id": 2, "name": "exec", "value": null }, { "id": 4, "name": "gil", "value": 1 }],
        "abi_info": null, "gil": "not-used", "subinterpreters": null,
    }]);
    assert_eq!(object["definitions"], expected);
    assert_eq!(object["built_with"]["gil"], true);
}

/// 3.13 brought the slot; a free-threaded build has another layout.
#[rstest]
#[case::known("313", "cp313", &[])]
#[case::not_known("312", "cp312", &["unknown-slot-id", "built-for-another-version"])]
#[case::free_threaded("313t", "cp313t", &["moduledef-layout-mismatch"])]
fn what_its_slots_and_its_layout_mean(#[case] name: &str, #[case] abi: &str, #[case] expected: &[&str]) {
    let house = Wheelhouse::new();
    let member = format!("spam.cpython-{name}-{ARCH}-linux-gnu.so");
    let tag = format!("{}-{abi}-manylinux_2_17_{ARCH}", abi.trim_end_matches('t'));
    let report = report(house.path(), &[&house.wheel(&tag, &[(&member, &compile(SOURCE))])]);
    assert_eq!(rules(&report).iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), expected);
}
