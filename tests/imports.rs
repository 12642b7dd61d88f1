//! The import graph of a crate, from its sources: which file uses an item that another file defines.
//!
//! Imports are followed to the file that defines the item, through re-exports. A `mod` declaration is no import, and
//! neither is what stands under `#[cfg(test)]`. Traits whose methods are called without being named, and names that
//! macros make, are not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Attribute, Item, UseTree};

/// The path of a module below the root of its crate.
type ModulePath = Vec<String>;

/// Which file imports from which.
pub(crate) type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// The import graph of the crate whose root is the file `root`.
pub(crate) fn of_crate(root: &Path) -> Imports {
    let mut sources = Sources::default();
    sources.read(root, Vec::new());
    let mut imports = Imports::new();
    for (path, module) in &sources.modules {
        let edges = imports.entry(module.file.clone()).or_default();
        for used in &module.used {
            edges.extend(sources.definition(path, used, 0).filter(|file| *file != module.file));
        }
    }
    imports
}

/// The edges that lie on a circle: their ends reach each other. Empty when there is no circle.
pub(crate) fn circles<N: Clone + Ord>(graph: &BTreeMap<N, BTreeSet<N>>) -> BTreeMap<N, BTreeSet<N>> {
    let reaches = |from: &N, to: &N| {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(node) = next.pop() {
            let edges = graph.get(node).into_iter().flatten();
            next.extend(edges.filter(|edge| reached.insert(*edge)));
        }
        reached.contains(to)
    };
    let on_circle = |(from, edges): (&N, &BTreeSet<N>)| {
        let back: BTreeSet<N> = edges.iter().filter(|to| reaches(to, from)).cloned().collect();
        (!back.is_empty()).then(|| (from.clone(), back))
    };
    graph.iter().filter_map(on_circle).collect()
}

#[derive(Default)]
struct Sources {
    modules: BTreeMap<ModulePath, Module>,
}

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Items that it defines.
    defined: BTreeSet<String>,
    /// Names that it imports, and where from.
    imported: BTreeMap<String, Vec<String>>,
    /// Modules of which it imports everything.
    globs: Vec<Vec<String>>,
    /// Paths that stand in it.
    used: BTreeSet<Vec<String>>,
}

impl Sources {
    fn read(&mut self, file: &Path, path: ModulePath) {
        let text = fs::read_to_string(file).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(file, path, &parsed.items);
    }

    fn module(&mut self, file: &Path, path: ModulePath, items: &[Item]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items {
            match item {
                Item::Mod(inner) if !is_for_tests(&inner.attrs) => {
                    let name = inner.ident.to_string();
                    let child = [path.clone(), vec![name.clone()]].concat();
                    match &inner.content {
                        Some((_, items)) => self.module(file, child, items),
                        None => self.read(&child_file(file, &name), child),
                    }
                }
                Item::Mod(_) => {}
                item => module.visit_item(item),
            }
        }
        self.modules.insert(path, module);
    }

    /// The file that defines what `path`, written in the module `from`, stands for. `None` for a module and for what
    /// comes from another crate.
    fn definition(&self, from: &[String], path: &[String], depth: usize) -> Option<PathBuf> {
        let (first, rest) = path.split_first()?;
        let mut at: ModulePath = from.to_vec();
        let mut rest = rest;
        match first.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop();
                while let Some(("super", more)) = rest.split_first().map(|(next, more)| (next.as_str(), more))
                {
                    at.pop();
                    rest = more;
                }
            }
            _ => rest = path,
        }
        // More re-exports of one name than this are a circle of imports, which the compiler refuses.
        if depth > 16 {
            return None;
        }
        while let Some((name, more)) = rest.split_first() {
            let child = [at.clone(), vec![name.clone()]].concat();
            let module = self.modules.get(&at)?;
            if self.modules.contains_key(&child) {
                at = child;
                rest = more;
            } else if module.defined.contains(name) {
                return Some(module.file.clone());
            } else if let Some(target) = module.imported.get(name) {
                let target = [target.as_slice(), more].concat();
                return (target != path || at != from).then(|| self.definition(&at, &target, depth + 1))?;
            } else {
                let globs = module.globs.iter().map(|glob| [glob.as_slice(), rest].concat());
                return globs
                    .filter(|glob| glob != path)
                    .find_map(|glob| self.definition(&at, &glob, depth + 1));
            }
        }
        None
    }
}

/// The file of the module `name` that `file` declares.
fn child_file(file: &Path, name: &str) -> PathBuf {
    let is_root = ["lib.rs", "main.rs", "mod.rs"].iter().any(|root| file.ends_with(root));
    let folder = if is_root { file.parent().unwrap().to_owned() } else { file.with_extension("") };
    let flat = folder.join(format!("{name}.rs"));
    if flat.exists() { flat } else { folder.join(name).join("mod.rs") }
}

fn is_for_tests(attrs: &[Attribute]) -> bool {
    let is_test = |attr: &Attribute| {
        attr.path().is_ident("cfg") && attr.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    };
    attrs.iter().any(is_test)
}

impl Module {
    /// Takes up the names of `tree`, which stands behind `prefix`.
    fn import(&mut self, prefix: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.import(&with(&path.ident), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(prefix, tree)),
            UseTree::Glob(_) => self.globs.push(prefix.to_vec()),
            UseTree::Name(name) if name.ident == "self" => {
                let name = prefix.last().cloned().unwrap_or_default();
                self.imported.insert(name, prefix.to_vec());
            }
            UseTree::Name(name) => {
                self.used.insert(with(&name.ident));
                self.imported.insert(name.ident.to_string(), with(&name.ident));
            }
            UseTree::Rename(rename) => {
                self.used.insert(with(&rename.ident));
                self.imported.insert(rename.rename.to_string(), with(&rename.ident));
            }
        }
    }

    fn define(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Macro(item) if item.ident.is_some() => item.ident.as_ref().unwrap(),
            _ => return,
        };
        self.defined.insert(name.to_string());
    }

    /// Takes up the paths in the arguments of a macro, which are no syntax tree.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.used.insert(std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.used.insert(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.used.insert(path);
    }
}

impl<'a> Visit<'a> for Module {
    fn visit_item(&mut self, item: &'a Item) {
        if let Item::Use(item) = item {
            self.import(&[], &item.tree);
        } else {
            self.define(item);
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.used.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'a syn::Macro) {
        self.tokens(invoked.tokens.clone());
        syn::visit::visit_macro(self, invoked);
    }
}
