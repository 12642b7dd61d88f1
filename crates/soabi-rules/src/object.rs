//! Objects: native files with what follows from their facts, before any interpreter is asked about.

use soabi_core::{AbiTag, Claim, Expectation, Gate, InitKind, InitSymbol, ModuleFileName, PyVersion};
use soabi_definition::Reading;
use soabi_object::{Format, ObjectFacts, ObjectKind};
use soabi_wheel::WheelFileName;

use crate::claims::{FIRST_ABI3, FIRST_ABI3T, claims};
use crate::import::{PythonImport, is_python_library};
use crate::neighbours::NativeFile;
use crate::platform::{Platform, PlatformTag};
use crate::promise::best_promise;
use crate::refusal::Refusal;
use crate::tables::ExportTable;

/// A native file and what follows from its facts.
#[derive(Clone, Debug)]
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
    /// The platform that it is for.
    pub platform: Platform,
    /// The platform that it is promised to: the wheel's, where its tag names one.
    pub home: Platform,
    /// Its init symbols. Those of Python 2 only when they fit the file's name.
    pub init: Vec<InitSymbol>,
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
    /// Why a promised system refuses it, whichever interpreter loads it, in the order of the gates.
    pub refusals: Vec<Refusal>,
}

impl Object {
    pub(crate) fn new(
        file: NativeFile,
        wheel: Option<&WheelFileName>,
        imports: Vec<PythonImport>,
        needed_by_others: bool,
    ) -> Self {
        let NativeFile { member, folder, file_name, facts, reading } = file;
        let name = ModuleFileName::parse(&file_name);
        let platform = Platform::of(&facts, &file_name);
        let home = home(platform, wheel);
        let package = name.as_ref().filter(|name| name.module == INIT).and(folder);
        let init = init_symbols(&facts, name.as_ref(), package.as_deref());
        // libpython has the init symbols of all modules that are built in.
        let loadable = facts.kind == ObjectKind::Library && !is_python_library(&file_name);
        let named = name.as_ref().is_some_and(has_extension_only_suffix);
        let lacks_init = named && !imports.is_empty() && !exports_for_others(&facts);
        let module = !init.is_empty() || lacks_init || makes_python_2_module(&imports);
        // A program that is named like a module and has its init symbol is a module that was linked wrongly.
        let program = facts.kind.is_program() && named && !init.is_empty();
        let extension = (loadable && module) || program;
        let claims = claims(name.as_ref(), wheel);
        let promised = promised(&claims);
        Self {
            member,
            file_name,
            facts,
            reading,
            name,
            package,
            platform,
            home,
            init,
            extension,
            needed_by_others,
            claims,
            promised,
            imports,
            bundled_imports: Vec::new(),
            refusals: Vec::new(),
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
        short.filter(|short| self.has_init(InitKind::Init, short)).unwrap_or(stem)
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

    /// Whether it exports the init symbol of the era `kind` for `module`.
    pub fn has_init(&self, kind: InitKind, module: &str) -> bool {
        self.init.contains(&InitSymbol::for_module(kind, module))
    }

    /// Why no system loads the file, from its headers.
    pub(crate) fn unloadable(&self) -> Option<Refusal> {
        /// The smallest page of every system.
        const PAGE: u64 = 4 << 10;
        let refusal = |why: &str| Some(Refusal { gate: Gate::Platform, why: why.to_owned() });
        if self.facts.kind.is_program() {
            return refusal("it is a program, which the dynamic linker does not load as a library");
        }
        let loads = self.facts.elf.iter().flat_map(|elf| &elf.loads);
        if loads.into_iter().any(|load| !load.is_congruent(PAGE)) {
            return refusal("the offset and the address of a segment differ within a page");
        }
        None
    }

    /// The Python DLLs that a Windows file needs, in lower case.
    pub fn python_dlls(&self) -> impl Iterator<Item = String> + '_ {
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
    let is_of_a_module = |name: &str| name.starts_with("__pyx_") || mangled_init(name).is_some();
    let of_the_linker = ["_init", "_fini", "_edata", "_end", "__bss_start"];
    let mut names = facts.exports.iter().map(|export| export.name.as_str());
    !facts.exports.iter().any(|export| is_of_a_module(&export.name))
        && names.any(|name| !of_the_linker.contains(&name))
}

/// The init symbol in a C++-mangled name: `PyInit_spam` of `_Z11PyInit_spamv` (Itanium C++ ABI) and of
/// `?PyInit_spam@@YAPEAU_object@@XZ` (MSVC).
pub(crate) fn mangled_init(name: &str) -> Option<InitSymbol> {
    let plain = if let Some(rest) = name.strip_prefix("_Z") {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        rest.get(digits..digits.checked_add(rest[..digits].parse().ok()?)?)?
    } else {
        name.strip_prefix('?')?.split_once("@@")?.0
    };
    InitSymbol::parse(plain).filter(|init| init.kind != InitKind::Init)
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

/// The name of the file that makes a folder a package.
const INIT: &str = "__init__";

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
