//! Every field of every kind of definition, as the source has it.

use rstest::rstest;
use soabi_definition::{AbiFlag, FoundBy, Gil, HeadClass, Layout, Phase, Subinterpreters};

use crate::specimen::{definition, reading};

const SINGLE: &str = r#"
    static void *f(void *self, void *arguments) { return self; }
    static struct method methods[] = {
        {"system", f, 1, "Runs a command."}, {"quick", f, 0x82, 0}, {"one", f, 8, ""}, {0},
    };
    static struct definition definition = {OBJECT, 0, 0, 0, "spam", "Spam.", -1, methods};
    void *PyInit_spam(void) { return PyModule_Create2(&definition, API); }
"#;

const MULTI: &str = r#"
    static int execute(void *module) { return 0; }
    static struct slot slots[] = SLOTS;
    static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, 32, 0, slots};
    void *PyInit_spam(void) { return PyModuleDef_Init(&definition); }
"#;

#[rstest]
#[case::limited("-DAPI=3", 3)]
#[case::full("-DAPI=1013", 1013)]
fn single_phase(#[case] flag: &str, #[case] api_version: u32) {
    let read = definition(SINGLE, &[flag]);
    assert_eq!(read.init, "PyInit_spam");
    assert_eq!(read.phase, Phase::Single);
    assert_eq!(read.found_by, [FoundBy::Execution, FoundBy::Relocations]);
    assert_eq!((read.name.as_deref(), read.doc.as_deref()), (Some("spam"), Some("Spam.")));
    assert_eq!((read.size, read.api_version), (Some(-1), Some(api_version)));
    let methods: Vec<_> = read.methods.as_deref().unwrap().iter().collect();
    let text = |index: usize| (methods[index].name.as_str(), methods[index].doc.as_deref());
    assert_eq!(methods.len(), 3);
    assert_eq!(text(0), ("system", Some("Runs a command.")));
    assert_eq!(text(1), ("quick", None));
    assert_eq!(text(2), ("one", Some("")));
    assert_eq!(methods[0].flags, ["VARARGS"]);
    assert_eq!(methods[1].flags, ["KEYWORDS", "FASTCALL"]);
    assert_eq!(methods[2].flags, ["O"]);
    assert_eq!(read.slots, Some(vec![]));
    assert_eq!(
        (read.gil, read.subinterpreters, read.none_because, read.disagreement),
        (None, None, None, None)
    );
}

/// Sizes and offsets are those of the headers: 104 bytes, 120 free-threaded, 120 with `Py_TRACE_REFS`.
#[rstest]
#[case::up_to_312(&[], Layout::Gil, HeadClass::One)]
#[case::of_313(&["-DREFCNT=0xffffffff"], Layout::Gil, HeadClass::Immortal313)]
#[case::of_314(&["-DREFCNT=0x5000_0000_c000_0000"], Layout::Gil, HeadClass::Immortal314)]
#[case::free_threaded_313(&["-DFREE_THREADED"], Layout::FreeThreaded, HeadClass::FreeThreaded313)]
#[case::free_threaded_314(&["-DFREE_THREADED", "-DFLAGS=4"], Layout::FreeThreaded, HeadClass::FreeThreaded314)]
#[case::trace_refs(&["-DTRACE_REFS"], Layout::TraceRefs, HeadClass::One)]
fn layouts(#[case] flags: &[&str], #[case] layout: Layout, #[case] head: HeadClass) {
    let refcnt = ["-DREFCNT=0x00050000c0000000"];
    let flags = if head == HeadClass::Immortal314 { &refcnt } else { flags };
    let flags = [flags, &["-DSLOTS={{2,execute},{0}}"]].concat();
    let read = definition(MULTI, &flags);
    assert_eq!((read.layout, read.head), (Some(layout), Some(head)));
    assert_eq!((read.phase, read.size), (Phase::Multi, Some(32)));
    assert_eq!(read.name.as_deref(), Some("spam"));
    assert_eq!(read.found_by, [FoundBy::Execution, FoundBy::Relocations]);
}

#[test]
fn single_phase_with_trace_refs() {
    let source = SINGLE.replace("PyModule_Create2", "PyModule_Create2TraceRefs");
    let read = definition(&source, &["-DTRACE_REFS", "-DAPI=1013"]);
    assert_eq!((read.layout, read.phase), (Some(Layout::TraceRefs), Phase::Single));
    assert_eq!(read.methods.map(|methods| methods.len()), Some(3));
}

#[rstest]
#[case::none("{{0}}", &[], None, None)]
#[case::undeclared("{{2,execute},{0}}", &[(2, None)], None, None)]
#[case::gil_used("{{4,(void*)0},{0}}", &[(4, Some(0))], Some(Gil::Used), None)]
#[case::gil_not_used("{{4,(void*)1},{0}}", &[(4, Some(1))], Some(Gil::NotUsed), None)]
#[case::not_supported("{{3,(void*)0},{0}}", &[(3, Some(0))], None, Some(Subinterpreters::NotSupported))]
#[case::supported("{{3,(void*)1},{0}}", &[(3, Some(1))], None, Some(Subinterpreters::Supported))]
#[case::per_interpreter("{{3,(void*)2},{0}}", &[(3, Some(2))], None, Some(Subinterpreters::PerInterpreterGil))]
#[case::renumbered(
    "{{85,execute},{86,(void*)2},{87,(void*)1},{0}}",
    &[(85, None), (86, Some(2)), (87, Some(1))],
    Some(Gil::NotUsed),
    Some(Subinterpreters::PerInterpreterGil)
)]
fn slot_values(
    #[case] slots: &str,
    #[case] expected: &[(u16, Option<i64>)],
    #[case] gil: Option<Gil>,
    #[case] subinterpreters: Option<Subinterpreters>,
) {
    let read = definition(MULTI, &[&format!("-DSLOTS={slots}")]);
    let slots: Vec<_> = read.slots.unwrap().iter().map(|slot| (slot.id, slot.value)).collect();
    assert_eq!(slots, expected);
    assert_eq!((read.gil, read.subinterpreters), (gil, subinterpreters));
}

/// PEP 793: name, doc, methods and the ABI note are slots; arrays nest.
#[test]
fn export() {
    let read = definition(
        r#"
        static void *f(void *self, void *arguments) { return self; }
        static int execute(void *module) { return 0; }
        static struct method methods[] = {{"system", f, 1, 0}, {0}};
        static struct abi_info info = {1, 0, 7, 0x030f00b2, 0x030f0000};
        static struct slot nested[] = {{85, execute}, {87, (void *)1}, {0}};
        static struct new_slot slots[] = {
            {100, 0, 0, "spam"}, {101, 0, 0, "Spam."}, {102, 0, 0, (void *)8}, {103, 0, 0, methods},
            {109, 0, 0, &info}, {94, 0, 0, nested}, {0},
        };
        void *PyModExport_spam(void) { return slots; }
        "#,
        &[],
    );
    assert_eq!((read.phase, read.layout), (Phase::Export, Some(Layout::Opaque)));
    assert_eq!(
        (read.name.as_deref(), read.doc.as_deref(), read.size),
        (Some("spam"), Some("Spam."), Some(8))
    );
    assert_eq!(read.methods.unwrap()[0].name, "system");
    assert_eq!(
        read.slots.unwrap().iter().map(|slot| slot.id).collect::<Vec<_>>(),
        [100, 101, 102, 103, 109, 94, 85, 87]
    );
    assert_eq!(read.gil, Some(Gil::NotUsed));
    let info = read.abi_info.unwrap();
    assert_eq!(info.flags, [AbiFlag::Stable, AbiFlag::Gil, AbiFlag::FreeThreaded]);
    assert_eq!((info.build.as_deref(), info.abi.as_deref()), (Some("3.15.0b2"), Some("3.15")));
}

#[test]
fn python_2() {
    let source = r#"
        static void *f(void *self, void *arguments) { return self; }
        static struct method methods[] = {{"system", f, 1, 0}, {0}};
        void initspam(void) { Py_InitModule4_64("spam", methods, "Spam.", 0, 1013); }
        void initialize(void) { elsewhere(1); }
    "#;
    let read = definition(source, &[]);
    assert_eq!((read.init.as_str(), read.phase), ("initspam", Phase::Single));
    assert_eq!((read.name.as_deref(), read.doc.as_deref()), (Some("spam"), Some("Spam.")));
    assert_eq!((read.api_version, read.methods.map(|methods| methods.len())), (Some(1013), Some(1)));
}

/// The definition is stored by code, whatever the compiler makes of it.
#[rstest]
fn filled_at_run_time(#[values("-O0", "-O1", "-O2", "-O3", "-Os", "-O3 -mavx2")] level: &str) {
    let flags: Vec<_> = level.split(' ').chain(["-fno-builtin-memset"]).collect();
    let read = definition(
        r#"
        static void *f(void *self, void *arguments) { return self; }
        static struct method methods[] = {{"system", f, 3, 0}, {0}};
        static struct definition definition;
        static void fill(struct definition *to, const char *name) {
            struct definition filled = {OBJECT, 0, 0, 0, name, "Spam.", -1, methods};
            *to = filled;
        }
        void *PyInit_spam(void) {
            if (PyErr_Occurred()) return 0;
            fill(&definition, "spam");
            return PyModule_Create2(&definition, 1013);
        }
        "#,
        &flags,
    );
    assert_eq!(
        (read.name.as_deref(), read.doc.as_deref(), read.size),
        (Some("spam"), Some("Spam."), Some(-1))
    );
    assert_eq!((read.layout, read.head), (Some(Layout::Gil), Some(HeadClass::One)));
    assert_eq!(read.methods.map(|methods| methods.len()), Some(1));
    assert_eq!(read.found_by, [FoundBy::Execution]);
}

#[test]
fn on_the_heap() {
    let read = definition(
        r#"
        static const struct definition model = {OBJECT, 0, 0, 0, "spam", 0, 4};
        void *PyInit_spam(void) {
            struct definition *definition = malloc(sizeof *definition);
            memcpy(definition, &model, sizeof *definition);
            return PyModuleDef_Init(definition);
        }
        "#,
        &["-fno-builtin-memcpy"],
    );
    assert_eq!((read.name.as_deref(), read.size, read.address), (Some("spam"), Some(4), None));
}

/// C++ stores a name that is no constant expression in a constructor.
#[test]
fn named_by_a_constructor() {
    let source = r#"
        static struct definition definition = {OBJECT, 0, 0, 0, 0, "Spam.", 4};
        const char *name = "spam";
        __attribute__((constructor)) static void construct(void) { definition.name = name; }
        void *PyInit_spam(void) { return PyModuleDef_Init(&definition); }
    "#;
    let read = definition(source, &[]);
    assert_eq!((read.name.as_deref(), read.layout), (Some("spam"), Some(Layout::Gil)));
}

/// A constructor that calls the interpreter does so when the file is loaded, and in whatever interpreter that is.
#[rstest]
#[case::asks("PyGILState_Release(PyGILState_Ensure());", true)]
#[case::asks_in_a_function("helper(1);", true)]
#[case::asks_nothing("helper(0); other();", false)]
fn constructors(#[case] body: &str, #[case] asks: bool) {
    let source = format!(
        r#"
        extern int PyGILState_Ensure(void);
        extern void PyGILState_Release(int);
        extern void other(void);
        __attribute__((noinline)) static void helper(int ask) {{ if (ask) PyGILState_Ensure(); }}
        __attribute__((constructor)) static void construct(void) {{ {body} }}
        static struct definition definition = {{OBJECT, 0, 0, 0, "spam"}};
        void *PyInit_spam(void) {{ return PyModuleDef_Init(&definition); }}
        "#
    );
    assert_eq!(reading(&source, &[]).constructors_ask, asks);
}

/// An init function may choose by what only the interpreter knows. Every choice is reported.
#[test]
fn choices_are_a_set() {
    let source = r#"
        static struct definition old = {OBJECT, 0, 0, 0, "spam", 0, 1};
        static struct slot slots[] = {{4, (void *)1}, {0}};
        static struct definition new = {OBJECT, 0, 0, 0, "spam", 0, 2, 0, slots};
        void *PyInit_spam(void) {
            return Py_Version >= 0x030d0000 ? PyModuleDef_Init(&new) : PyModuleDef_Init(&old);
        }
    "#;
    let mut sizes: Vec<_> = reading(source, &[]).definitions.iter().filter_map(|read| read.size).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2]);
}

/// Where execution is lost, the relocations still show the definition.
#[rstest]
#[case::of_this_name("spam", true)]
#[case::of_a_package("eggs.spam", true)]
#[case::of_another_name("pam", true)]
fn by_relocations_alone(#[case] name: &str, #[case] found: bool) {
    let source = r#"
        static struct slot slots[] = {{2, PyErr_Occurred}, {0}};
        static struct definition definition = {OBJECT, 0, 0, 0, NAME, 0, 4, 0, slots};
        struct definition *hidden = &definition;
        void *PyInit_spam(void) {
            __asm__ volatile("ud2");
            return PyModuleDef_Init(hidden);
        }
    "#;
    let read = definition(source, &[&format!("-DNAME=\"{name}\"")]);
    assert_eq!(read.found_by == [FoundBy::Relocations], found);
    assert_eq!((read.phase, read.name.as_deref()), (Phase::Multi, Some(name)));
}

/// Two definitions that could be the module's: neither is chosen.
#[test]
fn ambiguous_relocations() {
    let source = r#"
        static struct definition a = {OBJECT, 0, 0, 0, "eggs.spam", 0, 1}, b = {OBJECT, 0, 0, 0, "ham.spam", 0, 2};
        struct definition *first = &a, *second = &b;
        void *PyInit_spam(void) { __asm__ volatile("ud2"); return PyModuleDef_Init(elsewhere(1) ? &a : &b); }
    "#;
    let read = definition(source, &[]);
    assert_eq!((read.phase, read.name), (Phase::None, None));
}

/// `PyUnstable_Module_SetGIL` is how a single-phase module says that it works without.
#[rstest]
#[case(true, Some(Gil::NotUsed))]
#[case(false, None)]
fn gil_of_single_phase(#[case] says: bool, #[case] expected: Option<Gil>) {
    let call = if says { "PyUnstable_Module_SetGIL(module, (void *)1);" } else { "" };
    let source = format!(
        r#"
        static struct definition definition = {{OBJECT, 0, 0, 0, "spam", 0, -1}};
        void *PyInit_spam(void) {{
            void *module = PyModule_Create2(&definition, 1013);
            {call}
            return module;
        }}
        "#
    );
    assert_eq!(definition(&source, &[]).gil, expected);
}

#[test]
fn encoded_names() {
    let source = r#"
        static struct definition definition = {OBJECT, 0, 0, 0, "späm", 0, -1};
        void *PyInitU_spm_rla(void) { return PyModuleDef_Init(&definition); }
    "#;
    let read = definition(source, &[]);
    assert_eq!((read.init.as_str(), read.name.as_deref()), ("PyInitU_spm_rla", Some("späm")));
}

/// A size that only the interpreter knows, compared with the two that are possible, says how much is moved.
#[test]
fn a_comparison_tells_a_value() {
    let source = r#"
        extern long PyLong_AsLong(void *);
        static struct definition model = {OBJECT, 0, 0, 0, "spam", "Spam.", 4};
        static struct definition definition;
        void *PyInit_spam(void) {
            long size = PyLong_AsLong(0);
            if (size != sizeof model && size != 8) return 0;
            memcpy(&definition, &model, size);
            return PyModuleDef_Init(&definition);
        }
    "#;
    let names: Vec<_> = reading(source, &["-fno-builtin-memcpy"])
        .definitions
        .into_iter()
        .filter_map(|read| read.name)
        .collect();
    assert_eq!(names, ["spam"]);
}
