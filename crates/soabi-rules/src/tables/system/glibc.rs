//! `tables/system/glibc.txt`: what the libraries of every glibc export, for each machine, and under which versions.

use std::sync::LazyLock;

use soabi_object::Arch;

use super::dotted::Dotted;
use super::front::FrontCoded;

static TABLE: LazyLock<FrontCoded> =
    LazyLock::new(|| FrontCoded::after_comments(include_str!("../../../tables/system/glibc.txt")));

/// The oldest glibc in which `DT_RELR` is read, which is all that `GLIBC_ABI_DT_RELR` says.
const DT_RELR: Dotted = Dotted::new(2, 36);

/// The libraries of glibc, by their letters in the table.
const LIBRARIES: [(char, &str); 13] = [
    ('c', "libc.so.6"),
    ('m', "libm.so.6"),
    ('l', "ld-linux"),
    ('r', "libresolv.so.2"),
    ('p', "libpthread.so.0"),
    ('d', "libdl.so.2"),
    ('t', "librt.so.1"),
    ('u', "libutil.so.1"),
    ('n', "libnsl.so.1"),
    ('a', "libanl.so.1"),
    ('v', "libmvec.so.1"),
    ('h', "libthread_db.so.1"),
    ('k', "libBrokenLocale.so.1"),
];

/// A name that glibc exports on some machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlibcSymbol {
    libraries: &'static str,
    rest: &'static str,
}

/// The name `name`, if any library of glibc exports it on any machine.
pub fn symbol(name: &str) -> Option<GlibcSymbol> {
    let rest = TABLE.find(name)?;
    Some(match rest.strip_prefix('@') {
        Some(rest) => {
            let (libraries, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            GlibcSymbol { libraries, rest }
        }
        None => GlibcSymbol { libraries: "c", rest },
    })
}

impl GlibcSymbol {
    /// The libraries that have it, or had it: what libpthread, libdl, librt and libutil had is libc's since 2.34.
    pub fn libraries(self) -> impl Iterator<Item = &'static str> {
        LIBRARIES.iter().filter(move |(letter, _)| self.libraries.contains(*letter)).map(|(_, name)| *name)
    }

    /// The versions under which it is exported on `machine`. `None` for a machine that the table does not have.
    pub fn versions(self, machine: Arch) -> Option<impl Iterator<Item = Dotted> + use<>> {
        let (letter, base) = machine_of(machine)?;
        let mut words = self.rest.split(' ').filter(|word| !word.is_empty()).peekable();
        let common = words.next_if(|word| !word.contains('=')).unwrap_or("b");
        let own = words.find_map(|word| word.strip_prefix(letter)?.strip_prefix('='));
        let versions = own.unwrap_or(common).split(',');
        Some(versions.filter_map(move |word| if word == "b" { Some(base) } else { word.parse().ok() }))
    }
}

/// The letter of a machine in the table, and the version of everything older than its glibc.
fn machine_of(machine: Arch) -> Option<(char, Dotted)> {
    Some(match machine {
        Arch::X86_64 => ('x', Dotted::new3(2, 2, 5)),
        Arch::I686 => ('i', Dotted::new(2, 0)),
        Arch::Aarch64 => ('a', Dotted::new(2, 17)),
        Arch::Arm => ('r', Dotted::new(2, 4)),
        Arch::Ppc64le => ('p', Dotted::new(2, 17)),
        Arch::S390x => ('s', Dotted::new(2, 2)),
        Arch::Riscv64 => ('v', Dotted::new(2, 27)),
        Arch::Loongarch64 => ('l', Dotted::new(2, 36)),
        Arch::Ppc64 | Arch::Wasm32 | Arch::Other(_) => return None,
    })
}

/// Whether the library `soname` is one of glibc's.
pub fn is_library(soname: &str) -> bool {
    soname.starts_with("ld-linux")
        || soname.starts_with("ld64.so.")
        || LIBRARIES.iter().any(|(_, known)| *known == soname)
}

/// The version in `GLIBC_2.17`. `None` for `GLIBC_PRIVATE`, and for what is no version of glibc.
pub fn version(text: &str) -> Option<Dotted> {
    match text.strip_prefix("GLIBC_")? {
        "ABI_DT_RELR" => Some(DT_RELR),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Facts from glibc's own release notes and from `nm -D` of the libraries.
    #[rstest]
    #[case::oldest("strlen", Arch::X86_64, &["2.2.5"])]
    #[case::another_machine("strlen", Arch::Aarch64, &["2.17"])]
    #[case::two("memcpy", Arch::X86_64, &["2.2.5", "2.14"])]
    #[case::one_there("memcpy", Arch::Aarch64, &["2.17"])]
    #[case::moved("pthread_create", Arch::X86_64, &["2.2.5", "2.34"])]
    #[case::new("arc4random", Arch::X86_64, &["2.36"])]
    #[case::new_on_the_newest_machine("arc4random", Arch::Loongarch64, &["2.36"])]
    #[case::thread_exit("__cxa_thread_atexit_impl", Arch::X86_64, &["2.18"])]
    #[case::math("exp", Arch::X86_64, &["2.2.5", "2.29"])]
    #[case::absent_there("__tls_get_addr", Arch::S390x, &[])]
    #[case::base_of_i686("strlen", Arch::I686, &["2.0"])]
    fn versions(#[case] name: &str, #[case] machine: Arch, #[case] expected: &[&str]) {
        let versions = symbol(name).unwrap().versions(machine).unwrap();
        assert_eq!(versions.map(|version| version.to_string()).collect::<Vec<_>>(), expected);
    }

    #[rstest]
    #[case("strlen", &["libc.so.6"])]
    #[case("sin", &["libm.so.6"])]
    #[case("pthread_create", &["libc.so.6", "libpthread.so.0"])]
    #[case("_ZGVbN2v_sin", &["libmvec.so.1"])]
    fn libraries(#[case] name: &str, #[case] expected: &[&str]) {
        assert_eq!(symbol(name).unwrap().libraries().collect::<Vec<_>>(), expected);
    }

    #[rstest]
    #[case("eggs")]
    #[case("__res_maybe_init")]
    #[case("PyModule_Create2")]
    fn what_glibc_does_not_promise(#[case] name: &str) {
        assert_eq!(symbol(name), None);
    }

    #[rstest]
    #[case("GLIBC_2.17", Some("2.17"))]
    #[case("GLIBC_2.2.5", Some("2.2.5"))]
    #[case("GLIBC_ABI_DT_RELR", Some("2.36"))]
    #[case("GLIBC_PRIVATE", None)]
    #[case("GLIBCXX_3.4", None)]
    fn version_words(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(version(text).map(|version| version.to_string()).as_deref(), expected);
    }
}
