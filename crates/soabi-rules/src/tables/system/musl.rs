//! `tables/system/musl.txt`: what musl's libc exports.

use std::sync::LazyLock;

use super::dotted::Dotted;
use super::front::FrontCoded;

static TABLE: LazyLock<FrontCoded> =
    LazyLock::new(|| FrontCoded::after_comments(include_str!("../../../tables/system/musl.txt")));

/// The oldest musl that a tag names. The oldest list in the table is that of 1.2.2: names without a release of their own
/// count as those of every musl, but for those that the release notes date.
const OLDEST: Dotted = Dotted::new3(1, 1, 0);

/// Names that the release notes give to 1.2.2 or an older 1.2. No distribution has an older 1.2 than 1.2.2, so that
/// they count as those of every 1.2.
const NEW_IN_1_2: [&str; 3] = ["_Fork", "gettid", "reallocarray"];

/// The first known release that exports `name`; [`is_dated`] says whether an older one may have it too.
pub fn since(name: &str) -> Option<Dotted> {
    // 32-bit machines have other names for the functions that take a time since 1.2.0.
    let time64 = name.starts_with("__") && name.ends_with("time64");
    let oldest = if time64 || NEW_IN_1_2.contains(&name) { Dotted::new3(1, 2, 0) } else { OLDEST };
    match TABLE.find(name)? {
        "" => Some(oldest),
        release => release.parse().ok(),
    }
}

/// Whether `since` is the release that brought a name, not only the oldest one that was looked at.
pub fn is_dated(since: Dotted) -> bool {
    since > OLDEST
}

/// Whether the library `soname` is musl's libc, which is the dynamic linker and all of `libm` and `libpthread` too.
pub fn is_library(soname: &str) -> bool {
    soname == "libc.so" || soname.starts_with("libc.musl-") || soname.starts_with("ld-musl-")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Facts from musl's release notes, and the cases of a wheel that was refused by it.
    #[rstest]
    #[case("strlen", Some("1.1"))]
    #[case("reallocarray", Some("1.2"))]
    #[case("sin", Some("1.1"))]
    #[case("pthread_create", Some("1.1"))]
    #[case::large_file_alias("open64", Some("1.1"))]
    #[case::sorted_with_argument("qsort_r", Some("1.2.4"))]
    #[case("statx", Some("1.2.5"))]
    #[case("backtrace", None)]
    #[case("__cxa_thread_atexit_impl", None)]
    #[case("__memcpy_chk", None)]
    #[case("gnu_get_libc_version", None)]
    fn names(#[case] name: &str, #[case] expected: Option<&str>) {
        assert_eq!(since(name).map(|release| release.to_string()).as_deref(), expected);
    }

    #[rstest]
    #[case("libc.musl-x86_64.so.1", true)]
    #[case("libc.so", true)]
    #[case("libc.so.6", false)]
    fn libraries(#[case] soname: &str, #[case] expected: bool) {
        assert_eq!(is_library(soname), expected);
    }
}
