//! Objects: native files with what follows from their facts, before any interpreter is asked about.

use std::collections::BTreeSet;

use soabi_core::{AbiTag, Claim, Expectation, Gate, InitKind, InitSymbol, ModuleFileName, PyVersion};
use soabi_definition::Reading;
use soabi_object::{Format, ObjectFacts, ObjectKind, SymbolKind};
use soabi_wheel::WheelFileName;

use crate::claims::{FIRST_ABI3, FIRST_ABI3T, claims};
use crate::headers::{HeaderRefusal, refused_by_glibc};
use crate::import::{PythonImport, is_python_library};
use crate::neighbours::NativeFile;
use crate::platform::{Apple, Libc, Platform, PlatformTag};
use crate::promise::best_promise;
use crate::refusal::Refusal;
use crate::tables::ExportTable;

/// The static thread-local memory, in bytes, that glibc keeps for all libraries that are loaded late (`elf/dl-tls.c`).
pub(crate) const STATIC_TLS_SURPLUS: u64 = 1664;

/// A native file and what follows from its facts.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer about the file")]
pub struct Object {
    /// Its path inside the wheel or folder. `None` for a file that is the subject itself.
    pub member: Option<String>,
    /// Its name without folders.
    pub file_name: String,
    /// The facts that were read from it.
    pub facts: ObjectFacts,
    /// What its code shows. `None` if it was not read, or has no init symbol.
    pub reading: Option<Reading>,
    /// The name, read as that of a module. `None` for a name that no Python would search for.
    pub name: Option<ModuleFileName>,
    /// The package that the file is the module of: `pkg` for `pkg/__init__.cpython-312-x86_64-linux-gnu.so`.
    pub package: Option<String>,
    /// Whether Python 2 takes its folder for a package.
    pub beside_init: bool,
    /// The platform that it is for.
    pub platform: Platform,
    /// The platform that it is promised to: the wheel's, where its tag names one.
    pub home: Platform,
    /// Whether soabi knows that platform: its suffixes and its loader.
    pub home_is_known: bool,
    /// Its init symbols. Those of Python 2 only when they fit the file's name.
    pub init: Vec<InitSymbol>,
    /// Those of them that name a variable and no function.
    pub init_variables: BTreeSet<InitSymbol>,
    /// Whether it is meant to be imported: it has an init symbol; or it lacks one, but uses an interpreter
    /// and has a name that only extension modules have.
    pub extension: bool,
    /// Whether another file of the subject needs it.
    pub needed_by_others: bool,
    /// What it is claimed to be good for.
    pub claims: Vec<Claim>,
    /// The interpreters of the tables that these claims promise it to.
    pub promised: Vec<AbiTag>,
    /// What it needs of an interpreter.
    pub imports: Vec<PythonImport>,
    /// What the libraries of the wheel that it loads need of an interpreter, besides.
    pub bundled_imports: Vec<PythonImport>,
    /// The Python DLLs that a Windows file needs, and those that the libraries of the wheel that it loads need; in
    /// lower case.
    pub python_dlls: Vec<String>,
    /// Why a promised system refuses it, whichever interpreter loads it, in the order of the gates.
    pub refusals: Vec<Refusal>,
    /// Why it is not known whether a promised system loads it.
    pub doubts: Vec<String>,
    /// How the package loads modules by itself, which then need not have the names that `import` looks for:
    /// `` `spec_from_file_location` in `pkg/__init__.py` ``.
    pub own_finder: Option<String>,
}

impl Object {
    pub(crate) fn new(
        file: NativeFile,
        wheel: Option<&WheelFileName>,
        imports: Vec<PythonImport>,
        needed_by_others: bool,
    ) -> Self {
        let NativeFile { member, folder, beside_init, file_name, facts, reading } = file;
        let name = ModuleFileName::parse(&file_name);
        let platform = Platform::of(&facts, &file_name);
        let home = home(platform, wheel);
        let home_is_known = wheel.is_none_or(names_a_known_platform);
        let package = folder
            .filter(|folder| name.as_ref().is_some_and(|name| is_package(&name.module, folder, &facts)));
        let init = init_symbols(&facts, name.as_ref(), package.as_deref());
        // libpython has the init symbols of all modules that are built in.
        let loadable = facts.kind == ObjectKind::Library && !is_python_library(&file_name);
        let named = name.as_ref().is_some_and(has_extension_only_suffix);
        let is_mangled = facts.exports.iter().any(|export| mangled_init(&export.name).is_some());
        let lacks_init = named
            && (is_mangled
                || !imports.is_empty() && (makes_a_module(&imports) || !exports_for_others(&facts)));
        let module = !init.is_empty() || lacks_init || makes_python_2_module(&imports);
        // A program that is named like a module and has its init symbol is a module that was linked wrongly.
        let is_of_its_name = |name: &ModuleFileName| init.iter().any(|init| init.module == name.module);
        let program = facts.kind.is_program()
            && !init.is_empty()
            && (named || name.as_ref().is_some_and(is_of_its_name));
        let extension = (loadable && module) || program;
        let init_variables = init_variables(&facts);
        let claims = claims(name.as_ref(), wheel);
        let promised = promised(&claims);
        Self {
            member,
            file_name,
            facts,
            reading,
            name,
            package,
            beside_init,
            platform,
            home,
            home_is_known,
            init_variables,
            init,
            extension,
            needed_by_others,
            claims,
            promised,
            imports,
            bundled_imports: Vec::new(),
            python_dlls: Vec::new(),
            refusals: Vec::new(),
            doubts: Vec::new(),
            own_finder: None,
        }
    }

    /// The last part of the name of the module that the file is for the interpreters of `major`: of a package
    /// (`pkg/__init__.so`) its own name, which the init symbol has as well (PEP 489; 2.7's `load_package`).
    pub fn module(&self, major: u8) -> &str {
        self.package.as_deref().unwrap_or_else(|| self.stem(major))
    }

    /// The name that the interpreters of `major` search for with their suffixes: `__init__` for a package. Python 2
    /// takes `spammodule.so` for `spam`.
    pub fn stem(&self, major: u8) -> &str {
        let stem = self.name.as_ref().map_or(self.file_name.as_str(), |name| &name.module);
        let short = stem.strip_suffix("module").filter(|_| major == 2);
        let is_its_name = |short: &&str| match &self.package {
            Some(package) => self.has_init(InitKind::Init, package),
            None => self.has_init(InitKind::Init, short),
        };
        short.filter(is_its_name).unwrap_or(stem)
    }

    /// The init symbols of other modules that a Python 2 module exports. Other files have functions that are
    /// called `initialize`.
    pub fn python_2_candidates(&self) -> Vec<InitSymbol> {
        if makes_python_2_module(&self.imports) {
            self.facts.python_2_candidates().collect()
        } else {
            Vec::new()
        }
    }

    /// Whether it is a package's module in a folder that the interpreters of `major` take for no package.
    pub(crate) fn lacks_package(&self, major: u8) -> bool {
        major == 2 && self.package.is_some() && !self.beside_init
    }

    /// Whether it exports the init symbol of the era `kind` for `module`.
    pub fn has_init(&self, kind: InitKind, module: &str) -> bool {
        self.init.contains(&InitSymbol::for_module(kind, module))
    }

    /// Whether an init symbol names a variable and no function.
    pub(crate) fn is_variable(&self, init: &InitSymbol) -> bool {
        self.init_variables.contains(init)
    }

    /// Why the system that the file is promised to does not load it, from its headers.
    pub(crate) fn unloadable(&self) -> Option<Refusal> {
        /// The smallest page of every system.
        const PAGE: u64 = 4 << 10;
        let refusal = |gate, why: &str| Some(Refusal { gate, why: why.to_owned() });
        if self.facts.kind.is_program() && !self.is_loaded_though_a_program() {
            return refusal(
                Gate::Platform,
                "is a program, which the dynamic linker does not load as a library",
            );
        }
        let loads = self.facts.elf.iter().flat_map(|elf| &elf.loads);
        if loads.into_iter().any(|load| !load.is_congruent(PAGE)) {
            return refusal(Gate::Platform, "has a segment whose offset and address differ within a page");
        }
        if let Some(header) = self.refused_header() {
            return refusal(Gate::Platform, &header.why);
        }
        if self.lacks_libpython() {
            return refusal(
                Gate::Symbols,
                "asks for no libpython, and Android's linker looks for symbols in the libraries that a file asks for",
            );
        }
        if self.home.libc == Some(Libc::Gnu) && self.static_tls() > STATIC_TLS_SURPLUS {
            return refusal(
                Gate::Symbols,
                "needs more static thread-local memory than glibc keeps for libraries that are loaded late",
            );
        }
        if self.home.libc == Some(Libc::Musl) && self.facts.elf.as_ref().is_some_and(|elf| elf.static_tls) {
            return refusal(
                Gate::Symbols,
                "needs static thread-local memory, which musl does not give to a library that is loaded late",
            );
        }
        None
    }

    /// Why glibc, where the file is promised to it, refuses its headers.
    pub(crate) fn refused_header(&self) -> Option<HeaderRefusal> {
        (self.home.libc == Some(Libc::Gnu)).then(|| refused_by_glibc(&self.facts)).flatten()
    }

    /// The static thread-local memory that it needs, in bytes.
    pub(crate) fn static_tls(&self) -> u64 {
        let elf = self.facts.elf.as_ref().filter(|elf| elf.static_tls);
        elf.and_then(|elf| elf.thread_local).map_or(0, |block| block.size)
    }

    /// Whether it uses Python on Android and does not ask for libpython, as PEP 738 demands.
    pub(crate) fn lacks_libpython(&self) -> bool {
        self.home.libc == Some(Libc::Bionic)
            && self.extension
            && !self.imports.is_empty()
            && !self.facts.needed.iter().any(|needed| is_python_library(&needed.name))
    }

    /// Whether the modules of its system name Python's library: on Android (PEP 738), where the linker looks nowhere else,
    /// and on iOS (PEP 730), where Python is a framework of the application.
    pub(crate) fn has_to_link_python(&self) -> bool {
        self.home.libc == Some(Libc::Bionic)
            || matches!(self.home.apple, Some(Apple::Ios | Apple::IosSimulator))
    }

    /// Whether its system loads it although it is a program: musl does so with position-independent ones. glibc refuses
    /// those that are marked as such (`DF_1_PIE`; `elf/dl-load.c`).
    pub(crate) fn is_loaded_though_a_program(&self) -> bool {
        let is_marked = self.facts.elf.as_ref().is_some_and(|elf| elf.pie);
        self.facts.kind == ObjectKind::PieExecutable && (self.home.libc == Some(Libc::Musl) || !is_marked)
    }

    /// The Python DLLs that a Windows file itself needs, in lower case.
    pub(crate) fn own_python_dlls(&self) -> impl Iterator<Item = String> + '_ {
        let needed = self.facts.needed.iter().filter(|_| self.facts.format == Format::Pe);
        needed.map(|needed| needed.name.to_ascii_lowercase()).filter(|dll| is_python_library(dll))
    }

    /// The ABI that the file's name claims.
    pub fn named_abi(&self) -> AbiTag {
        self.name.as_ref().map_or(AbiTag::None, |name| name.suffix.abi())
    }

    /// The claim to a stable ABI, if there is one.
    pub fn stable_claim(&self) -> Option<Claim> {
        let is_stable = |claim: &&Claim| matches!(claim.abi, AbiTag::Abi3 | AbiTag::Abi3t);
        self.claims.iter().filter(is_stable).min_by_key(|claim| claim.floor).copied()
    }

    /// The first version that a stable ABI is claimed for.
    pub fn baseline(&self) -> Option<PyVersion> {
        self.stable_claim()?.floor
    }

    /// The first version whose stable ABI has everything that the object imports from it. `None` for an
    /// object that claims no stable ABI.
    pub fn computed(&self) -> Option<PyVersion> {
        let claim = self.stable_claim()?;
        let first = if claim.abi == AbiTag::Abi3t { FIRST_ABI3T } else { FIRST_ABI3 };
        let added = self.imports.iter().filter_map(|import| Some(import.stable?.added));
        Some(added.fold(first, PyVersion::max))
    }
}

/// Whether a platform tag of the wheel is one that soabi knows.
fn names_a_known_platform(wheel: &WheelFileName) -> bool {
    wheel.platforms.iter().any(|tag| PlatformTag::parse(tag) != PlatformTag::Other)
}

/// The platform that a file for `platform` is promised to by the tags of its wheel: its own, if one of them
/// is for it, or else the first that they name.
fn home(platform: Platform, wheel: Option<&WheelFileName>) -> Platform {
    let tags = wheel.iter().flat_map(|wheel| &wheel.platforms).map(|tag| PlatformTag::parse(tag));
    let homes: Vec<Platform> = tags.filter_map(|tag| tag.promised(platform)).collect();
    let own = homes.iter().find(|home| platform.loads_on(**home));
    *own.or(homes.first()).unwrap_or(&platform)
}

/// Whether a file without an init symbol exports functions for others: a library for `LD_PRELOAD`, ctypes or a
/// debugger that has the suffix of a module. What a module's own toolkit exports (Cython's
/// `__pyx_module_is_main_spam`, C++'s mangled init function) is not for others.
fn exports_for_others(facts: &ObjectFacts) -> bool {
    let is_of_a_module =
        |name: &str| name.starts_with("__pyx_") || is_init(name) || mangled_init(name).is_some();
    let of_the_linker = ["_init", "_fini", "_edata", "_end", "__bss_start"];
    let mut names = facts.exports.iter().map(|export| export.name.as_str());
    !facts.exports.iter().any(|export| is_of_a_module(&export.name))
        && names.any(|name| !of_the_linker.contains(&name))
}

/// Whether an exported name is an init symbol, of Python 3: of Python 2 any function that is called `initialize` may be one.
pub(crate) fn is_init(name: &str) -> bool {
    InitSymbol::parse(name).is_some_and(|init| is_of_python_3(&init))
}

fn is_of_python_3(init: &InitSymbol) -> bool {
    init.kind != InitKind::Init
}

/// The init symbol in a C++-mangled name: `PyInit_spam` of `_Z11PyInit_spamv` (Itanium C++ ABI) and of
/// `?PyInit_spam@@YAPEAU_object@@XZ` (MSVC).
pub(crate) fn mangled_init(name: &str) -> Option<InitSymbol> {
    let plain = if let Some(rest) = name.strip_prefix("_Z") {
        last_source_name(rest)?
    } else {
        // `?name@namespace@@type`.
        name.strip_prefix('?')?.split_once("@@")?.0.split('@').next()?
    };
    InitSymbol::parse(plain).filter(is_of_python_3)
}

/// The name of the function in what follows `_Z`: `11PyInit_spamv`, or in a namespace `N4eggs11PyInit_spamEv`.
fn last_source_name(encoding: &str) -> Option<&str> {
    let nested = encoding.strip_prefix('N');
    let mut rest = nested.unwrap_or(encoding);
    let mut last = None;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let Ok(length) = rest[..digits].parse::<usize>() else { return last };
        let end = digits.checked_add(length)?;
        last = Some(rest.get(digits..end)?);
        rest = &rest[end..];
        if nested.is_none() {
            return last;
        }
    }
}

/// Whether only extension modules have such a name: `.so` alone is any library's, `.pyd` and a tag are not.
pub(crate) fn has_extension_only_suffix(name: &ModuleFileName) -> bool {
    name.suffix.abi() != AbiTag::None || name.suffix.as_str().ends_with(".pyd")
}

/// The interpreters of the tables that claims promise a file to.
///
/// Debug builds are among them only when a claim names one. The ABI rules promise more, but a tag for release builds
/// does not name debug builds, and on Windows they cannot load it.
pub fn promised(claims: &[Claim]) -> Vec<AbiTag> {
    let is_debug = |abi: AbiTag| matches!(abi, AbiTag::Cpython(abi) if abi.debug);
    let named = claims.iter().any(|claim| is_debug(claim.abi));
    let accepts = |abi: &AbiTag| best_promise(claims, *abi).expectation == Expectation::Accept;
    ExportTable::get().abis().into_iter().filter(|abi| named || !is_debug(*abi)).filter(accepts).collect()
}

/// Whether a file makes a module as Python 2 does, through a function that only Python 2 has.
fn makes_python_2_module(imports: &[PythonImport]) -> bool {
    imports.iter().any(|import| import.name.starts_with("Py_InitModule"))
}

/// Whether a file makes a module of its own: nothing else calls these functions.
fn makes_a_module(imports: &[PythonImport]) -> bool {
    const MAKERS: [&str; 3] = ["PyModuleDef_Init", "PyModule_Create2", "PyModule_FromDefAndSpec2"];
    imports.iter().any(|import| MAKERS.contains(&import.name.as_str()))
}

/// The name of the file that makes a folder a package.
const INIT: &str = "__init__";

/// Whether a file makes its folder a package: `__init__.so`, and `__init__module.so` for Python 2.
fn is_package(module: &str, folder: &str, facts: &ObjectFacts) -> bool {
    let python_2 = || facts.python_2_candidates().any(|init| init.module == folder);
    module == INIT || (module.strip_suffix("module") == Some(INIT) && python_2())
}

/// The init symbols. Any function may be called `initialize`, so those of Python 2 count when they are for
/// the module that the file is named after.
fn init_symbols(
    facts: &ObjectFacts,
    name: Option<&ModuleFileName>,
    package: Option<&str>,
) -> Vec<InitSymbol> {
    let fits = |init: &InitSymbol| match (package, name) {
        (Some(package), _) => init.module == package,
        (None, Some(name)) => init.module == name.module || name.module == format!("{}module", init.module),
        (None, None) => false,
    };
    facts.init_symbols().chain(facts.python_2_candidates().filter(fits)).collect()
}

/// The init symbols that name variables.
fn init_variables(facts: &ObjectFacts) -> BTreeSet<InitSymbol> {
    let is_variable = |kind| matches!(kind, SymbolKind::Data | SymbolKind::ThreadLocal);
    let variables = facts.exports.iter().filter(|export| is_variable(export.kind));
    variables.filter_map(|export| InitSymbol::parse(&export.name)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::function("_Z11PyInit_spamv", Some("PyInit_spam"))]
    #[case::with_an_argument("_Z11PyInit_spami", Some("PyInit_spam"))]
    #[case::in_a_namespace("_ZN4eggs11PyInit_spamEv", Some("PyInit_spam"))]
    #[case::msvc("?PyInit_spam@@YAPEAU_object@@XZ", Some("PyInit_spam"))]
    #[case::msvc_in_a_namespace("?PyInit_spam@eggs@@YAPEAU_object@@XZ", Some("PyInit_spam"))]
    #[case::another_function("_Z4eggsv", None)]
    #[case::longer_than_the_name("_Z99PyInit_spamv", None)]
    #[case::longer_than_numbers("_Z99999999999999999999999PyInit_spamv", None)]
    #[case::number_alone("_Z11", None)]
    #[case::nested_and_cut_off("_ZN4eggs", None)]
    #[case::of_python_2("_Z8initspamv", None)]
    #[case::inside_a_character("_Z1éPyInit_spam", None)]
    #[case::plain("PyInit_spam", None)]
    fn mangled_init_functions(#[case] name: &str, #[case] init: Option<&str>) {
        assert_eq!(super::mangled_init(name).map(|init| init.to_string()).as_deref(), init);
    }
}
