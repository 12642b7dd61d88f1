//! Inlined layouts, and instructions that the processor may lack.

use rstest::rstest;
use soabi_definition::{Level, Options};

use crate::specimen::{reading, reading_with};

const TUPLE: &str = r#"
    static void *f(void *self, void *arguments) { return *(void **)((char *)arguments + OFFSET); }
    static struct method methods[] = {{"system", f, FLAGS_OF, 0}, {0}};
    static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, -1, methods};
    void *PyInit_spam(void) { return PyModule_Create2(&definition, 3); }
"#;

/// `ob_size` is open to the limited API, `ob_item` at 24 and 32 is not. `METH_O` takes any object.
#[rstest]
#[case::type_(8, 1, false)]
#[case::size(16, 1, false)]
#[case::item(24, 1, true)]
#[case::item_with_keywords(24, 3, true)]
#[case::item_of_314(32, 1, true)]
#[case::another_object(24, 8, false)]
#[case::no_field(27, 1, false)]
fn arguments(#[case] offset: i32, #[case] flags: u32, #[case] found: bool) {
    let flags = [format!("-DOFFSET={offset}"), format!("-DFLAGS_OF={flags}")];
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    let options = Options { module: Some("spam"), stable_abi: true, ..Options::default() };
    let inlined = reading_with(TUPLE, &flags, &options).inlined;
    let seen: Vec<_> = inlined.iter().map(|access| (access.type_name, access.offset)).collect();
    assert_eq!(seen, if found { vec![("tuple", offset)] } else { vec![] });
    // A file for one version may do so.
    assert_eq!(reading(TUPLE, &flags).inlined, []);
}

#[test]
fn results_of_the_interpreter() {
    let source = r#"
        static void *f(void *self, void *arguments) {
            void **tuple = PyTuple_New(1);
            if (!tuple) return 0;
            tuple[3] = self;
            return tuple;
        }
        static struct method methods[] = {{"system", f, 4, 0}, {0}};
        static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, -1, methods};
        void *PyInit_spam(void) { return PyModule_Create2(&definition, 3); }
    "#;
    let options = Options { module: Some("spam"), stable_abi: true, ..Options::default() };
    let inlined = reading_with(source, &[], &options).inlined;
    assert_eq!(
        inlined.iter().map(|access| (access.type_name, access.offset)).collect::<Vec<_>>(),
        [("tuple", 24)]
    );
}

const CPU: &str = r#"
    static struct definition definition = {OBJECT, 0, 0, 0, "spam", 0, -1};
    static void feature(void) { __asm__ volatile(INSTRUCTION ::: "xmm0"); }
    __attribute__((constructor)) static void construct(void) { if (CONDITION) feature(); }
    void *PyInit_spam(void) { return PyModuleDef_Init(&definition); }
"#;

/// An instruction that is certainly executed, and one that the program chooses at run time.
#[rstest]
#[case::sse2("paddd %%xmm0, %%xmm0", "1", Level::V1, &[])]
#[case::sse41("pmulld %%xmm0, %%xmm0", "1", Level::V1, &["SSE4_1"])]
#[case::avx2("vpaddd %%ymm0, %%ymm0, %%ymm0", "1", Level::V1, &["AVX2"])]
#[case::avx512("vpaddd %%zmm0, %%zmm0, %%zmm0", "1", Level::V1, &["AVX512F"])]
#[case::within_the_baseline("vpaddd %%ymm0, %%ymm0, %%ymm0", "1", Level::V3, &[])]
#[case::chosen("vpaddd %%ymm0, %%ymm0, %%ymm0", "elsewhere(1)", Level::V1, &[])]
#[case::never("vpaddd %%ymm0, %%ymm0, %%ymm0", "0", Level::V1, &[])]
fn processor(
    #[case] instruction: &str,
    #[case] condition: &str,
    #[case] baseline: Level,
    #[case] expected: &[&str],
) {
    let flags = [format!("-DINSTRUCTION=\"{instruction}\""), format!("-DCONDITION={condition}")];
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    let options = Options { module: Some("spam"), baseline, ..Options::default() };
    let cpu = reading_with(CPU, &flags, &options).cpu;
    assert_eq!(cpu.iter().map(|need| need.feature.as_str()).collect::<Vec<_>>(), expected);
}
