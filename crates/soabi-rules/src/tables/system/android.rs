//! Which libraries Android has for applications, and which come with its Python.
//!
//! Source: the NDK's "Android NDK Native APIs" (the libraries that applications may link, and the API level of each),
//! and the packages that CPython builds for Android (PEP 738, `Android/` of its sources). Read on 2026-11-26. What the
//! libraries export is not in the tables.

/// The public libraries, each with the first API level that has it.
const PUBLIC: [(&str, u16); 25] = [
    ("libEGL.so", 9),
    ("libGLESv1_CM.so", 4),
    ("libGLESv2.so", 5),
    ("libGLESv3.so", 18),
    ("libOpenMAXAL.so", 14),
    ("libOpenSLES.so", 9),
    ("libaaudio.so", 26),
    ("libamidi.so", 29),
    ("libandroid.so", 9),
    ("libbinder_ndk.so", 29),
    ("libc.so", 3),
    ("libcamera2ndk.so", 24),
    ("libdl.so", 3),
    ("libicu.so", 31),
    ("libjnigraphics.so", 8),
    ("liblog.so", 3),
    ("libm.so", 3),
    ("libmediandk.so", 21),
    ("libnativehelper.so", 31),
    ("libnativewindow.so", 26),
    ("libneuralnetworks.so", 27),
    ("libstdc++.so", 3),
    ("libsync.so", 26),
    ("libvulkan.so", 24),
    ("libz.so", 3),
];

/// What CPython's own packages for Android have beside libpython, so that no library of the system is mistaken for it.
const OF_PYTHON: [&str; 3] = ["libcrypto_python.so", "libsqlite3_python.so", "libssl_python.so"];

/// Whether every system from the API level `api` on has the library `name`.
pub fn is_public(name: &str, api: u16) -> bool {
    PUBLIC.iter().any(|(known, since)| *known == name && *since <= api)
}

/// Whether Python brings the library `name`.
pub fn is_of_python(name: &str) -> bool {
    OF_PYTHON.contains(&name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("libc.so", 21, true)]
    #[case("liblog.so", 21, true)]
    #[case("libmediandk.so", 21, true)]
    #[case("libvulkan.so", 23, false)]
    #[case("libvulkan.so", 24, true)]
    #[case::bundled("libc++_shared.so", 35, false)]
    #[case::of_linux("libc.so.6", 35, false)]
    fn public_libraries(#[case] name: &str, #[case] api: u16, #[case] expected: bool) {
        assert_eq!(super::is_public(name, api), expected);
    }
}
