//! `tables/system/libstdcxx.txt` and `runtimes.txt`: what libstdc++, `libgcc_s`, libatomic, libz and libexpat export.

use std::sync::LazyLock;

use soabi_object::Arch;

use super::front::FrontCoded;

static LIBSTDCXX: LazyLock<FrontCoded> =
    LazyLock::new(|| FrontCoded::after_comments(include_str!("../../../tables/system/libstdcxx.txt")));
static RUNTIMES: LazyLock<FrontCoded> =
    LazyLock::new(|| FrontCoded::after_comments(include_str!("../../../tables/system/runtimes.txt")));

/// Whether the tables list the exports of the library `soname` for `machine`.
pub fn is_listed(soname: &str, machine: Arch) -> bool {
    match soname {
        // The tables are those of x86_64, where `size_t` is `unsigned long` and `long double` is no binary128. On
        // other machines libgcc_s and libatomic have other helpers of the compiler.
        "libstdc++.so.6" | "libgcc_s.so.1" | "libatomic.so.1" => machine == Arch::X86_64,
        "libz.so.1" | "libexpat.so.1" => true,
        _ => false,
    }
}

/// The versions under which the library `soname` exports `name`, each as it is written in a file:
/// `GLIBCXX_3.4.26`; an empty one where the name has no version. `None` if the library does not have it.
pub fn versions(soname: &str, name: &str) -> Option<Vec<String>> {
    if !matches!(
        soname,
        "libstdc++.so.6" | "libgcc_s.so.1" | "libatomic.so.1" | "libz.so.1" | "libexpat.so.1"
    ) {
        return None;
    }
    if soname == "libstdc++.so.6" {
        let versions = LIBSTDCXX.find(name)?;
        let version = |word: &str| match word.strip_prefix('c') {
            Some(word) => format!("CXXABI_{word}"),
            None if word.is_empty() => "GLIBCXX_3.4".to_owned(),
            None => format!("GLIBCXX_{word}"),
        };
        return Some(versions.split(',').map(version).collect());
    }
    let mut words = RUNTIMES.find(name)?.split(' ').peekable();
    let mut versions = Vec::new();
    while let Some(library) = words.next() {
        let version = words.next_if(|word| !word.contains(".so."));
        if library == soname {
            versions.push(version.unwrap_or_default().to_owned());
        }
    }
    (!versions.is_empty()).then_some(versions)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Facts from GCC's and zlib's own version scripts.
    #[rstest]
    #[case::operator_new("libstdc++.so.6", "_Znwm", &["GLIBCXX_3.4"])]
    #[case::filesystem_gcc_9("libstdc++.so.6", "_ZNSt10filesystem12current_pathB5cxx11Ev", &["GLIBCXX_3.4.26"])]
    #[case::cxxabi("libstdc++.so.6", "__cxa_throw_bad_array_new_length", &["CXXABI_1.3.8"])]
    #[case::absent("libstdc++.so.6", "_Z4eggsv", &[])]
    #[case::other_library("libstdc++.so.6", "deflate", &[])]
    #[case::unversioned("libz.so.1", "deflate", &[""])]
    #[case::versioned("libz.so.1", "inflateValidate", &["ZLIB_1.2.9"])]
    #[case::unwinder("libgcc_s.so.1", "_Unwind_Resume", &["GCC_3.0"])]
    #[case::expat("libexpat.so.1", "XML_Parse", &[""])]
    fn who_exports(#[case] library: &str, #[case] name: &str, #[case] expected: &[&str]) {
        assert_eq!(versions(library, name).unwrap_or_default(), expected);
    }
}
