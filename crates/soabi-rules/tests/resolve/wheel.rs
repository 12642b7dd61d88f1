//! A wheel to resolve, put together by hand.

use soabi_object::{Arch, Format, Strength};
use soabi_rules::platform::Apple;
use soabi_rules::resolve::{
    Context, Export, File, HonestLevel, Import, Need, Promise, Resolved, Role, Sources, VersionNeed,
    honest_level, resolve,
};
use soabi_rules::{Libc, tables::system::Dotted};

/// A file: an ELF extension module for x86-64 that needs and imports nothing, until something is added.
pub(crate) fn file(path: &'static str) -> File<'static> {
    let format = match path.rsplit('.').next() {
        Some("pyd" | "dll") => Format::Pe,
        Some("dylib") => Format::MachO,
        _ if path.contains("darwin") => Format::MachO,
        _ => Format::Elf,
    };
    let extension = path.contains(".cpython-") || path.ends_with(".pyd");
    File {
        path,
        format,
        arch: Arch::X86_64,
        role: if extension { Role::Extension } else { Role::Library },
        soname: None,
        needed: Vec::new(),
        rpath: Vec::new(),
        runpath: Vec::new(),
        imports: Vec::new(),
        exports: Vec::new(),
        versions: Vec::new(),
        minimum_os: None,
    }
}

/// What a file says, added one by one.
pub(crate) trait Says: Sized {
    fn needs(self, libraries: &[&'static str]) -> Self;
    fn runpath(self, entry: &'static str) -> Self;
    fn rpath(self, entry: &'static str) -> Self;
    fn soname(self, name: &'static str) -> Self;
    /// Imports without a library: `eggs`, `memcpy@GLIBC_2.14@libc.so.6`, `_xz from /usr/lib/liblzma.dylib`.
    fn imports(self, symbols: &[&'static str]) -> Self;
    fn exports(self, symbols: &[&'static str]) -> Self;
}

impl Says for File<'static> {
    fn needs(mut self, libraries: &[&'static str]) -> Self {
        self.needed.extend(libraries.iter().map(|name| Need { name, strength: Strength::Required }));
        self
    }

    fn runpath(mut self, entry: &'static str) -> Self {
        self.runpath.push(entry);
        self
    }

    fn rpath(mut self, entry: &'static str) -> Self {
        self.rpath.push(entry);
        self
    }

    fn soname(mut self, name: &'static str) -> Self {
        self.soname = Some(name);
        self
    }

    fn imports(mut self, symbols: &[&'static str]) -> Self {
        for symbol in symbols {
            let mut import = Import {
                name: symbol,
                weak: false,
                used: true,
                library: None,
                version: None,
                of_program: false,
            };
            if let Some((name, library)) = symbol.split_once(" from ") {
                import = Import { name, library: Some(library), ..import };
            }
            let mut parts = symbol.split('@');
            if let (Some(name), Some(version), Some(library)) = (parts.next(), parts.next(), parts.next()) {
                import = Import { name, library: Some(library), version: Some(version), ..import };
                let need = VersionNeed { library, version, weak: false };
                if !self.versions.contains(&need) {
                    self.versions.push(need);
                }
            }
            self.imports.push(import);
        }
        self
    }

    fn exports(mut self, symbols: &[&'static str]) -> Self {
        for symbol in symbols {
            let (name, version) =
                symbol.split_once('@').map_or((*symbol, None), |(name, version)| (name, Some(version)));
            self.exports.push(Export { name, version });
        }
        self
    }
}

/// `manylinux_2_17` and its relatives.
pub(crate) fn manylinux(minor: u16) -> Promise {
    Promise { libc: Some(Libc::Gnu), version: Some(Dotted::new(2, minor)), apple: None }
}

/// `musllinux_1_2`.
pub(crate) const MUSLLINUX: Promise =
    Promise { libc: Some(Libc::Musl), version: Some(Dotted::new(1, 2)), apple: None };

/// A wheel for macOS or Windows.
pub(crate) const ELSEWHERE: Promise = Promise { libc: None, version: None, apple: None };

/// `android_21_arm64_v8a`.
pub(crate) const ANDROID: Promise =
    Promise { libc: Some(Libc::Bionic), version: Some(Dotted::new(21, 0)), apple: None };

/// `ios_13_0_arm64_iphoneos`.
pub(crate) const IOS: Promise =
    Promise { libc: None, version: Some(Dotted::new(13, 0)), apple: Some(Apple::Ios) };

/// Resolves the files of a wheel whose only Python file is `spam/__init__.py`.
pub(crate) fn resolved(files: &[File<'_>], promise: Promise, python: &str) -> Resolved {
    let mut sources = Sources::default();
    sources.add("spam/__init__.py", python);
    with(files, promise, Some(&sources), &[])
}

/// Resolves the files of a wheel.
pub(crate) fn with(
    files: &[File<'_>],
    promise: Promise,
    sources: Option<&Sources>,
    requires: &[String],
) -> Resolved {
    let is_python_name = |name: &str| name.starts_with("Py") || name.starts_with("_Py");
    let context = Context {
        promise,
        oldest_python: Some((3, 12)),
        distribution: Some("Eggs-Wheel"),
        sources,
        requires,
        whole: true,
        is_python_name: &is_python_name,
    };
    resolve(files, &context)
}

/// The problems, each as its severity, the stem of its kind, and the library or the first symbol.
pub(crate) fn words(resolved: &Resolved) -> Vec<String> {
    let word = |problem: &soabi_rules::resolve::Problem| {
        let kind = format!("{:?}", problem.kind);
        let kind = kind.split([' ', '(', '{']).next().unwrap_or_default();
        let what = problem.symbols.first().or(problem.library.as_ref()).map_or("", String::as_str);
        format!("{} {kind} {what}", problem.severity().as_str())
    };
    resolved.problems.iter().map(word).collect()
}

/// The best honest tag of the files of a wheel.
pub(crate) fn honest(files: &[File<'_>], promise: Promise) -> Option<HonestLevel> {
    let needs = resolved(files, promise, "").needs;
    let context = Context {
        promise,
        oldest_python: None,
        distribution: None,
        sources: None,
        requires: &[],
        whole: true,
        is_python_name: &|_| false,
    };
    honest_level(files, &needs, &context)
}
