//! What a wheel's Python sources import and load.
//!
//! The text is split into tokens and never run. It is a sign of what may be loaded before a file, not a proof:
//! an import below `if False:` counts. Time and memory are linear in the text.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

mod token;

use token::{Token, Tokens};

const STDLIB: &str = include_str!("../../tables/system/stdlib.txt");

/// Names whose use opens a library, or lets one be found.
const LOADERS: [&str; 17] = [
    "CDLL",
    "PyDLL",
    "WinDLL",
    "OleDLL",
    "cdll",
    "windll",
    "LoadLibrary",
    "LoadLibraryW",
    "LoadLibraryA",
    "LoadLibraryEx",
    "LoadLibraryExW",
    "load_library",
    "dlopen",
    "find_library",
    "preload",
    "preload_library",
    "load_nvidia_dynamic_lib",
];

/// Names whose use makes the symbols of what is loaded visible to everything that is loaded later.
const GLOBAL: [&str; 2] = ["RTLD_GLOBAL", "setdlopenflags"];

/// Names whose use adds a folder to those that Windows searches.
const FOLDERS: [&str; 4] = ["add_dll_directory", "AddDllDirectory", "SetDllDirectoryW", "SetDllDirectory"];

/// Names whose use gives a module to Python under another name or from another place than `import` looks.
const FINDERS: [&str; 9] = [
    "spec_from_file_location",
    "spec_from_loader",
    "ExtensionFileLoader",
    "load_dynamic",
    "create_dynamic",
    "meta_path",
    "path_hooks",
    "FileFinder",
    "MetaPathFinder",
];

/// Environment variables that name folders in which Linux and macOS look for libraries.
const VARIABLES: [&str; 3] = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

/// What the sources of a distribution import and load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Top-level names of the modules that are imported, each with the first file that does so. Relative imports
    /// and the standard library are left out.
    pub imports: BTreeMap<String, String>,
    /// The first file that opens a library by itself (`ctypes`, `dlopen`), and the name that it uses.
    pub loads: Option<(String, &'static str)>,
    /// The first file that makes loaded symbols visible to others.
    pub global: Option<(String, &'static str)>,
    /// The first file that adds a folder to those that Windows searches: by a function, or by `PATH`.
    pub folders: Option<(String, &'static str)>,
    /// The first file that finds modules by itself, and the name that it uses.
    pub finders: Option<(String, &'static str)>,
    /// The first file that names a variable such as `LD_LIBRARY_PATH`.
    pub variables: Option<(String, &'static str)>,
    /// The top-level packages and modules of the distribution itself: `true` for a package with an `__init__.py`.
    pub own: BTreeMap<String, bool>,
    /// Texts that look like names of libraries: `libeggs.so.7`, `eggs.dll`. In lower case, without folders.
    pub libraries: BTreeSet<String>,
}

impl Sources {
    /// Adds a Python file or a `.pth` file.
    pub fn add(&mut self, path: &str, text: &str) {
        self.add_own(path);
        let mut tokens = Tokens::new(text).peekable();
        // Whether a statement may begin here.
        let mut begins = true;
        while let Some(token) = tokens.next() {
            match token {
                Token::Name("import") if begins => self.import(path, &mut tokens),
                Token::Name("from") if begins => {
                    if let Some(&Token::Name(module)) = tokens.peek() {
                        self.imported(path, module);
                    }
                }
                Token::Name("__import__" | "import_module") => {
                    if tokens.next_if_eq(&Token::Mark(b'(')).is_some()
                        && let Some(&Token::Text(module)) = tokens.peek()
                    {
                        self.imported(path, module.split('.').next().unwrap_or_default());
                    }
                }
                Token::Name(name) => self.name(path, name),
                Token::Text(text) => self.text(path, text),
                Token::Mark(_) | Token::Newline => {}
            }
            begins = matches!(token, Token::Newline | Token::Mark(b';' | b':'));
        }
    }

    /// Notes which package or module the file belongs to.
    fn add_own(&mut self, path: &str) {
        let scheme = path.split_once(".data/").and_then(|(_, rest)| rest.split_once('/'));
        let path = scheme.map_or(path, |(_, rest)| rest);
        let (top, rest) = path.split_once('/').unwrap_or((path.trim_end_matches(".py"), ""));
        *self.own.entry(top.to_owned()).or_default() |= rest == "__init__.py";
    }

    /// Whether a top-level name is one of the distribution's own.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// Whether the distribution has the package `name` with its `__init__.py`: then it is no namespace that
    /// others share.
    pub fn is_package(&self, name: &str) -> bool {
        self.own.get(name) == Some(&true)
    }

    /// Reads `a.b as c, d`.
    fn import(&mut self, path: &str, tokens: &mut std::iter::Peekable<Tokens<'_>>) {
        let mut first = true;
        while let Some(&token) = tokens.peek() {
            match token {
                Token::Name(module) if first => self.imported(path, module),
                Token::Name(_) | Token::Mark(b'.') => {}
                Token::Mark(b',') => {
                    first = true;
                    tokens.next();
                    continue;
                }
                _ => return,
            }
            first = false;
            tokens.next();
        }
    }

    fn imported(&mut self, path: &str, module: &str) {
        let identifier = !module.is_empty() && module.chars().all(|c| c.is_alphanumeric() || c == '_');
        if identifier && !is_stdlib(module) && !self.imports.contains_key(module) {
            self.imports.insert(module.to_owned(), path.to_owned());
        }
    }

    fn name(&mut self, path: &str, name: &str) {
        let known = |names: &[&'static str]| names.iter().copied().find(|known| *known == name);
        for (names, place) in [
            (&LOADERS[..], &mut self.loads),
            (&GLOBAL[..], &mut self.global),
            (&FOLDERS[..], &mut self.folders),
            (&FINDERS[..], &mut self.finders),
        ] {
            if let Some(name) = known(names).filter(|_| place.is_none()) {
                *place = Some((path.to_owned(), name));
            }
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        if text == "PATH" {
            self.folders.get_or_insert_with(|| (path.to_owned(), "PATH"));
        }
        if let Some(variable) = VARIABLES.iter().find(|variable| **variable == text) {
            self.variables.get_or_insert_with(|| (path.to_owned(), variable));
        }
        let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
        let plain = name.len() <= 128 && !name.contains(|c: char| c.is_whitespace());
        let library = [".so", ".dll", ".dylib", ".pyd"].iter().any(|part| name.contains(part));
        if plain && (library || name.starts_with("lib")) {
            self.libraries.insert(name.to_ascii_lowercase());
        }
    }

    /// Whether some text names the file `file_name`, or begins as it does: `libeggs` for `libeggs.so.7`.
    pub fn names_library(&self, file_name: &str) -> bool {
        let name = file_name.to_ascii_lowercase();
        let stem = name.split(".so").next().unwrap_or(&name);
        let stem = stem.trim_end_matches(".dll").trim_end_matches(".dylib");
        self.libraries.contains(&name) || self.libraries.contains(stem) || {
            let after = self.libraries.range(stem.to_owned()..).next();
            after.is_some_and(|text| text.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.')))
        }
    }
}

/// Whether a module is the standard library's, in any Python.
fn is_stdlib(module: &str) -> bool {
    static NAMES: OnceLock<HashSet<&str>> = OnceLock::new();
    let lines = || STDLIB.lines().filter(|line| !line.starts_with('#'));
    let names = NAMES.get_or_init(|| lines().flat_map(|line| line.split(' ')).collect());
    module.starts_with('_') || names.contains(module)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn imports(text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        sources.add("pkg/__init__.py", text);
        sources.imports.into_keys().collect()
    }

    #[rstest]
    #[case::plain("import torch\n", &["torch"])]
    #[case::dotted("import torch.nn as nn, eggs, numpy.core\n", &["eggs", "numpy", "torch"])]
    #[case::from("from torch.utils import cpp_extension, data\n", &["torch"])]
    #[case::indented("def f():\n    import torch\n", &["torch"])]
    #[case::on_one_line("try: import torch\nexcept ImportError: pass\n", &["torch"])]
    #[case::after_a_semicolon("import sys; import torch\n", &["torch"])]
    #[case::parentheses("from torch import (\n  a,\n  b)\nimport eggs", &["eggs", "torch"])]
    #[case::continued("import \\\n  torch\n", &["torch"])]
    #[case::by_call("__import__('torch')\nimportlib.import_module(\"eggs.core\")\n", &["eggs", "torch"])]
    #[case::relative("from . import torch\nfrom .torch import eggs\n", &[])]
    #[case::standard("import os, sys, ConfigParser, _ctypes\n", &[])]
    #[case::comment("# import torch\n", &[])]
    #[case::in_a_text("x = 'import torch'\n'''\nimport torch\n'''\n", &[])]
    #[case::in_a_raw_text("x = r'\\'\nimport torch\n", &["torch"])]
    #[case::yield_from("yield from torch\n", &[])]
    #[case::unfinished("import", &[])]
    #[case::unfinished_text("import torch\nx = '''", &["torch"])]
    fn what_is_imported(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(imports(text), expected);
    }

    #[rstest]
    #[case::ctypes("import ctypes\nctypes.CDLL('/opt/libeggs.so.7')\n", Some("CDLL"), None, None)]
    #[case::global("ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)\n", Some("CDLL"), Some("RTLD_GLOBAL"), None)]
    #[case::flags("sys.setdlopenflags(2)\n", None, Some("setdlopenflags"), None)]
    #[case::windows("os.add_dll_directory(folder)\n", None, None, Some("add_dll_directory"))]
    #[case::environment("os.environ['PATH'] = libs\n", None, None, Some("PATH"))]
    #[case::nothing("# ctypes.CDLL\nx = 'CDLL'\n", None, None, None)]
    fn what_is_loaded(
        #[case] text: &str,
        #[case] loads: Option<&str>,
        #[case] global: Option<&str>,
        #[case] folders: Option<&str>,
    ) {
        let mut sources = Sources::default();
        sources.add("a.py", text);
        let name = |place: &Option<(String, &'static str)>| place.as_ref().map(|(_, name)| *name);
        assert_eq!(
            (name(&sources.loads), name(&sources.global), name(&sources.folders)),
            (loads, global, folders)
        );
    }

    #[rstest]
    #[case::by_path(
        "spec = importlib.util.spec_from_file_location('x', p)\n",
        Some("spec_from_file_location")
    )]
    #[case::python_2("imp.load_dynamic('x', p)\n", Some("load_dynamic"))]
    #[case::own_finder("sys.meta_path.insert(0, Finder())\n", Some("meta_path"))]
    #[case::asks_only("importlib.util.find_spec('x')\n", None)]
    #[case::in_a_comment("# spec_from_file_location\n", None)]
    fn who_finds_modules(#[case] text: &str, #[case] finder: Option<&str>) {
        let mut sources = Sources::default();
        sources.add("a.py", text);
        assert_eq!(sources.finders.map(|(_, name)| name), finder);
    }

    #[rstest]
    #[case("CDLL('libeggs.so.7')", "libeggs.so.7", true)]
    #[case("join(here, 'libeggs.so')", "libeggs.so.7", true)]
    #[case("'lib/libeggs'", "libeggs.so.7", true)]
    #[case("'libeggs_extra.so'", "libeggs.so.7", false)]
    #[case("# libeggs.so.7", "libeggs.so.7", false)]
    fn libraries_by_name(#[case] text: &str, #[case] file: &str, #[case] expected: bool) {
        let mut sources = Sources::default();
        sources.add("a.py", text);
        assert_eq!(sources.names_library(file), expected);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(?s).{0,300}", python in "[import from'\"\\\\\n#.,()a]{0,200}") {
            let mut sources = Sources::default();
            sources.add("a.py", &text);
            sources.add("a.py", &python);
        }
    }
}
