//! Where somebody's module lies, and what it is called there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use soabi_core::{AbiTag, Arch, Claim, InitSymbol, ModuleFileName, PyVersion};
use soabi_object::Format;
use soabi_rules::PlatformTag;
use soabi_wheel::{Placed as Member, Scheme, WheelFileName, scheme};

/// The name of the file that makes a folder a package.
pub(super) const INIT: &str = "__init__";

/// Something that was installed, or is laid out as if it were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// What reports call it: a wheel's file name, or a path.
    pub name: String,
    /// The folder that goes on the path.
    pub site: PathBuf,
    /// Its top-level modules and packages. What is missing and is none of them is somebody else's.
    pub top_level: Vec<String>,
    /// The name and tags of its wheel, where it came in one.
    pub wheel: Option<WheelFileName>,
    /// The wheel to lay out in `site`; `None` for what is installed.
    pub archive: Option<PathBuf>,
    /// The interpreters that its tags name.
    pub named: Vec<AbiTag>,
}

impl Distribution {
    /// Whether it is tried on that machine, by the platform tags of its wheel; what did not come in one is taken as it is.
    /// What is for every machine is tried on this one.
    pub fn is_for(&self, machine: Option<Arch>) -> bool {
        let is_for_all = |wheel: &WheelFileName| wheel.platforms.iter().all(|tag| tag == "any");
        let is_tried = |wheel| is_for(wheel, machine) && (machine.is_none() || !is_for_all(wheel));
        self.wheel.as_ref().is_none_or(is_tried)
    }
}

/// Whether the platform tags of a wheel name a machine with this system: `None` for the one that soabi runs on. How new a
/// C library has to be is left to the interpreters, which may bring their own.
pub fn is_for(wheel: &WheelFileName, machine: Option<Arch>) -> bool {
    let (arch, is_linux) = (machine.unwrap_or_else(Arch::here), cfg!(target_os = "linux"));
    let is_musl = cfg!(target_env = "musl");
    let (elf, macho) = (arch.as_str(), Format::MachO.machine_tag(arch));
    wheel.platforms.iter().any(|tag| match PlatformTag::parse(tag) {
        PlatformTag::Any => true,
        PlatformTag::Manylinux { arch: other, .. } => is_linux && !is_musl && other == elf,
        PlatformTag::Musllinux { arch: other, .. } => is_linux && is_musl && other == elf,
        PlatformTag::Linux { arch: other } => is_linux && other == elf,
        PlatformTag::Macos { arch: other, .. } => {
            cfg!(target_os = "macos") && (other == macho || other.starts_with("universal"))
        }
        _ => false,
    })
}

/// A module of a distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// What it is a part of.
    pub distribution: Arc<Distribution>,
    /// Its path inside the wheel, or below the folder on the path. `None` for a package that is imported for itself.
    pub member: Option<String>,
    /// Its dotted name: `x._x`. `None` for a file that no import finds, which is loaded only.
    pub module: Option<String>,
    /// What its init symbol is named after: for `x/__init__.so` that is `x`.
    pub init: String,
    /// The ABIs that it claims.
    pub claims: Vec<Claim>,
    /// Whether it stands for the author's own checks, and is no module.
    pub is_checks: bool,
}

impl Placed {
    /// The top-level module or package that it is, or is a part of.
    pub fn top_level(&self) -> Option<&str> {
        self.module.as_deref().and_then(|module| module.split('.').next())
    }

    /// The init symbols that an interpreter of `version` looks for.
    pub fn init_symbols(&self, version: PyVersion) -> Vec<String> {
        InitSymbol::looked_up_by(version, &self.init).iter().map(ToString::to_string).collect()
    }
}

/// The dotted name of the module in the file `path`, below a folder on the path: `a.b._x` of `a/b/_x.abi3.so`, `a` of
/// `a/__init__.so`. `None` where a part is no name.
pub fn dotted(path: &str) -> Option<String> {
    let (folders, file_name) = path.rsplit_once('/').map_or(("", path), |(folders, name)| (folders, name));
    let stem = ModuleFileName::parse(file_name)?.module;
    let mut parts: Vec<&str> = folders.split('/').filter(|part| !part.is_empty()).collect();
    if stem != INIT {
        parts.push(&stem);
    }
    (!parts.is_empty() && parts.iter().all(|part| is_name(part))).then(|| parts.join("."))
}

/// The top level of a distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopLevel {
    /// Every module, package, and folder that may be shared with other distributions.
    pub all: Vec<String>,
    /// The modules and packages.
    pub importable: Vec<String>,
}

/// What the files `names` of a distribution add to the top level of the path.
pub fn top_level<'a>(names: impl IntoIterator<Item = &'a str>) -> TopLevel {
    let mut all: BTreeMap<&str, bool> = BTreeMap::new();
    for name in names {
        let Some(Member { scheme, path }) = scheme::place(name) else { continue };
        if !matches!(scheme, Scheme::Root | Scheme::Platlib | Scheme::Purelib) || path.starts_with("..") {
            continue;
        }
        let (top, is_importable) = match path.split_once('/') {
            Some((folder, rest)) => (folder, is_module(rest) && rest.split('.').next() == Some(INIT)),
            // A native file may be a plain library. Whether it is a module, its symbols say.
            None => (path.split('.').next().unwrap_or(path), path.ends_with(".py")),
        };
        if is_name(top) && (path.contains('/') || is_module(path)) {
            *all.entry(top).or_default() |= is_importable;
        }
    }
    let importable = all.iter().filter(|(_, is_importable)| **is_importable);
    TopLevel {
        importable: importable.map(|(name, _)| (*name).to_owned()).collect(),
        all: all.keys().map(|name| (*name).to_owned()).collect(),
    }
}

/// Whether a file without folders is a module's.
fn is_module(file_name: &str) -> bool {
    let is_source = file_name.strip_suffix(".py").is_some_and(is_name);
    is_source || (!file_name.contains('/') && ModuleFileName::parse(file_name).is_some())
}

/// Whether an import can name it.
fn is_name(part: &str) -> bool {
    let mut letters = part.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

/// The folder that has to be on the path for the module in `file`, and the path of the file below it; `None` for a file
/// that lies in no package.
///
/// It is the nearest `site-packages` or `dist-packages` above it, where the distributions lie that it may need; or else
/// the folder above the topmost package, which is a folder with an `__init__` of its own.
pub fn root_of(file: &Path) -> Option<(PathBuf, String)> {
    let is_site = |folder: &&Path| folder.ends_with("site-packages") || folder.ends_with("dist-packages");
    let is_package = |folder: &&Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.any(|name| name.split('.').next() == Some(INIT) && name.contains('.'))
    };
    let folders = || file.ancestors().skip(1);
    let packages = folders().take_while(is_package).last();
    let root = folders().find(is_site).or_else(|| packages?.parent())?;
    let parts: Vec<_> = file.strip_prefix(root).ok()?.iter().map(|part| part.to_string_lossy()).collect();
    Some((root.to_owned(), parts.join("/")))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("spam.so", Some("spam"))]
    #[case("a/b/_x.cpython-312-x86_64-linux-gnu.so", Some("a.b._x"))]
    #[case("a/__init__.abi3.so", Some("a"))]
    #[case("__init__.so", None)]
    #[case("a-b/_x.so", None)]
    #[case("a.libs/_x.so", None)]
    #[case("3d/_x.so", None)]
    #[case("a/x.txt", None)]
    fn dotted_names(#[case] path: &str, #[case] expected: Option<&str>) {
        assert_eq!(dotted(path).as_deref(), expected);
    }

    #[rstest]
    #[case::package(&["x/__init__.py", "x/_x.so"], "x", "x")]
    #[case::module(&["x.py"], "x", "x")]
    #[case::native(&["_x.abi3.so"], "_x", "")]
    #[case::native_package(&["x/__init__.cpython-312-x86_64-linux-gnu.so"], "x", "x")]
    #[case::shared(&["google/api/__init__.py"], "google", "")]
    #[case::placed(&["x-1.data/purelib/x/__init__.py", "x-1.data/scripts/y.py", "x-1.data/data/z/__init__.py"], "x", "x")]
    #[case::others(&["x-1.dist-info/WHEEL", "x.libs/libx.so", "README.txt", "3d.py"], "", "")]
    #[case::outside(&["../bin/x.py"], "", "")]
    fn top_levels(#[case] names: &[&str], #[case] all: &str, #[case] importable: &str) {
        let tops = top_level(names.iter().copied());
        assert_eq!((tops.all.join(" ").as_str(), tops.importable.join(" ").as_str()), (all, importable));
    }

    #[rstest]
    #[case::alone(&["x.so"], "x.so", None)]
    #[case::package(&["p/__init__.py", "p/x.so"], "p/x.so", Some(("", "p/x.so")))]
    #[case::nested(&["p/__init__.py", "p/q/__init__.pyc", "p/q/x.so"], "p/q/x.so", Some(("", "p/q/x.so")))]
    #[case::the_package_itself(&["p/__init__.abi3.so"], "p/__init__.abi3.so", Some(("", "p/__init__.abi3.so")))]
    #[case::namespace(&["e/site-packages/n/x.so"], "e/site-packages/n/x.so", Some(("e/site-packages", "n/x.so")))]
    #[case::at_the_top(&["e/site-packages/x.so"], "e/site-packages/x.so", Some(("e/site-packages", "x.so")))]
    fn roots(#[case] files: &[&str], #[case] file: &str, #[case] expected: Option<(&str, &str)>) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let expected = expected.map(|(root, member)| (folder.path().join(root), member.to_owned()));
        let found = root_of(&folder.path().join(file));
        assert_eq!(
            found.map(|(root, member)| (root.join(""), member)),
            expected.map(|(r, m)| (r.join(""), m))
        );
    }

    /// On x86-64 Linux with glibc, where these tests run; the tags of another machine are for that one.
    #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
    #[rstest]
    #[case("manylinux_2_17_x86_64.manylinux2014_x86_64", true, false)]
    #[case("manylinux_2_28_aarch64", false, true)]
    #[case("manylinux_2_17_x86_64.manylinux_2_17_aarch64", true, true)]
    #[case("linux_aarch64", false, true)]
    #[case("musllinux_1_2_aarch64", false, false)]
    #[case("macosx_11_0_arm64", false, false)]
    #[case("any", true, true)]
    fn machines_of_tags(#[case] platform: &str, #[case] here: bool, #[case] there: bool) {
        let wheel: WheelFileName = format!("x-1-cp313-cp313-{platform}.whl").parse().unwrap();
        assert_eq!((is_for(&wheel, None), is_for(&wheel, Some(Arch::Aarch64))), (here, there));
        let distribution = Distribution {
            name: String::new(),
            site: PathBuf::new(),
            top_level: Vec::new(),
            wheel: Some(wheel),
            archive: None,
            named: Vec::new(),
        };
        let is_tried = |machine| distribution.is_for(machine);
        assert_eq!((is_tried(None), is_tried(Some(Arch::Aarch64))), (here, there && platform != "any"));
    }
}
