//! Whatever the bytes are, reading ends soon and never panics.

use std::sync::LazyLock;

use proptest::prelude::*;
use rstest::rstest;
use soabi_definition::{NoneBecause, Options, read};
use soabi_object::Image;

use crate::specimen::{compile, definition};

/// The processor time of this thread: the machine may be busy.
fn cpu_seconds() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec
}

const LOOP: &str = r#"void *PyInit_spam(void) { for (;;) __asm__ volatile(""); }"#;

/// Every call forks, and every function calls the next one twice.
const FORKS: &str = r"
    extern int elsewhere(int);
    #define F(n, next) __attribute__((noinline)) static int n(int x) { \
        if (elsewhere(x)) x += next(x + 1); if (elsewhere(x)) x += next(x + 2); return elsewhere(x) ? x : next(x); }
    __attribute__((noinline)) static int last(int x) { return elsewhere(x) ? elsewhere(x) : 3; }
    F(a, last) F(b, a) F(c, b) F(d, c) F(e, d) F(f, e) F(g, f)
    void *PyInit_spam(void) { return (void *)(long)g(1); }
";

const RECURSION: &str = r"
    __attribute__((noinline)) static long f(long x) { return elsewhere(x) ? f(x + 1) + f(x + 2) : x; }
    void *PyInit_spam(void) { return (void *)f(1); }
";

const FILLING: &str = r"
    extern void *memset(void *, int, size_t);
    static char memory[1 << 16];
    void *PyInit_spam(void) { for (;;) memset(memory, 1, 1 << 16); }
";

#[rstest]
#[case::loops(LOOP)]
#[case::forks(FORKS)]
#[case::recursion(RECURSION)]
#[case::filling(FILLING)]
fn within_the_budget(#[case] source: &str) {
    let start = cpu_seconds();
    let read = definition(source, &["-fno-builtin-memset"]);
    assert_eq!(read.none_because, Some(NoneBecause::NotDecoded));
    // A debug build executes some hundred thousand instructions a second.
    let spent = cpu_seconds() - start;
    assert!(spent < 10, "{spent} seconds");
}

/// A thousand definitions that share one table of sixty thousand methods, which share one long text.
const SHARED: &str = r#"
    static void *f(void *self, void *arguments) { return self; }
    static const char doc[] = {[0 ... 49998] = 'x', 0};
    static struct method methods[] = {[0 ... 59999] = {"system", f, 1, doc}, {0}};
    struct definition definitions[] = {[0 ... 999] = {OBJECT, 0, 0, 0, "eggs", 0, 4, methods}};
    void *PyInit_spam(void) { __asm__ volatile("ud2"); return 0; }
"#;

#[test]
fn shared_tables() {
    let bytes = compile(SHARED, &[]);
    let start = cpu_seconds();
    read_all(&bytes);
    let spent = cpu_seconds() - start;
    assert!(spent < 10, "{spent} seconds");
}

/// A specimen with something for every decoder.
static SPECIMEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    compile(
        r#"
        static void *f(void *self, void *arguments) { return ((void **)arguments)[3]; }
        static struct method methods[] = {{"system", f, 1, "Runs."}, {"other", f, 0x82, 0}, {0}};
        static struct abi_info info = {1, 0, 7, 0x030f00b2, 0x030f0000};
        static struct slot nested[] = {{85, f}, {87, (void *)1}, {0}};
        static struct new_slot new_slots[] = {{100, 0, 0, "spam"}, {103, 0, 0, methods}, {109, 0, 0, &info}, {94, 0, 0, nested}, {0}};
        static struct slot slots[] = {{2, f}, {92, new_slots}, {0}};
        static struct definition definition = {OBJECT, 0, 0, 0, "spam", "Spam.", 4, methods, slots};
        static struct definition filled;
        static struct type type = {OBJECT, 0, "spam.Spam", 32, 0};
        static struct type_spec spec = {"spam.Eggs", 32, 0, 0, slots};
        void *keep[] = {&type, &spec};
        const char *text = "_cython_3_0_11limited";
        __attribute__((constructor)) static void construct(void) { filled = definition; filled.name = text; }
        void *PyModExport_spam(void) { return new_slots; }
        void *PyInit_spam(void) {
            struct definition *heap = malloc(104);
            memcpy(heap, &filled, sizeof filled);
            if (Py_Version > 5) return PyModuleDef_Init(heap);
            return elsewhere(1) ? PyModule_Create2(&filled, 3) : PyModuleDef_Init(&definition);
        }
        void initspam(void) { Py_InitModule4_64("spam", methods, "Spam.", 0, 1013); }
        "#,
        &["-fno-builtin-memcpy"],
    )
});

fn read_all(bytes: &[u8]) {
    let options = Options { module: Some("spam"), stable_abi: true, ..Options::default() };
    let Ok(images) = Image::parse(bytes) else { return };
    for image in &images {
        let _ = read(image, &options);
    }
}

#[test]
fn the_specimen_has_them_all() {
    let images = Image::parse(&SPECIMEN).unwrap();
    let options = Options { module: Some("spam"), stable_abi: true, ..Options::default() };
    let reading = read(&images[0], &options).unwrap();
    // Python 2, the export, and two of `PyInit_spam`: the definition on the heap is that in the file.
    assert_eq!(reading.definitions.len(), 4, "{:?}", reading.definitions);
    assert!(
        !reading.static_types.is_empty() && !reading.type_specs.is_empty() && !reading.inlined.is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Any bytes of the file changed: code, structures, relocations, headers.
    #[test]
    fn changed_files(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..48)) {
        let mut bytes = SPECIMEN.clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        read_all(&bytes);
    }

    /// The code replaced by any instructions, of x86-64 and of AArch64.
    #[test]
    fn any_code(code in prop::collection::vec(any::<u8>(), 64..1024), aarch64: bool) {
        let mut bytes = SPECIMEN.clone();
        let images = Image::parse(&SPECIMEN).unwrap();
        let image = &images[0];
        for segment in image.segments().iter().filter(|segment| segment.executable) {
            let start = usize::try_from(segment.file_offset).unwrap();
            let length = usize::try_from(segment.file_size).unwrap();
            for (byte, new) in bytes[start..start + length].iter_mut().zip(code.iter().cycle()) {
                *byte = *new;
            }
        }
        if aarch64 {
            // `e_machine` is EM_AARCH64.
            bytes[18..20].copy_from_slice(&183_u16.to_le_bytes());
        }
        read_all(&bytes);
    }
}
