//! Whether what was found has what is imported: symbols, and their versions.
//!
//! A symbol is looked for as the dynamic linker does when Python opens a module at once (`RTLD_NOW`): in what the
//! process has, then in the module and in all that is loaded with it. Where one library of that scope is not known,
//! no symbol is missing for certain, and none is reported. Python's own names are judged elsewhere.

mod elf;
mod macho;
mod pe;

use std::collections::{BTreeMap, HashMap, HashSet};

use soabi_object::{Arch, Format};

use super::graph::Graph;
use super::input::{Context, Role};
use super::libraries::certainty_of;
use super::problem::{Certainty, Problem, ProblemKind, Resolution};
use crate::tables::system::glibc::{self, GlibcSymbol};
use crate::tables::system::runtimes;

/// What is wrong with the imports of all files.
pub(super) fn problems(graph: &Graph<'_>, needs: &[Vec<Resolution>], context: &Context<'_>) -> Vec<Problem> {
    let mut lookup = Lookup::new(graph, needs, context);
    let loadable = (0..graph.files.len()).filter(|&file| graph.files[file].role != Role::NotLoadable);
    loadable
        .flat_map(|file| match graph.files[file].format {
            Format::Elf => elf::problems(&mut lookup, file),
            Format::MachO => macho::problems(&mut lookup, file),
            Format::Pe => pe::problems(&mut lookup, file),
            Format::Wasm => Vec::new(),
        })
        .collect()
}

/// Searches in files and tables, which remember what they were asked.
struct Lookup<'g, 'a> {
    graph: &'g Graph<'a>,
    needs: &'g [Vec<Resolution>],
    context: &'g Context<'g>,
    exports: HashMap<usize, HashMap<&'a str, Vec<Option<&'a str>>>>,
    glibc: HashMap<&'a str, Option<GlibcSymbol>>,
    runtimes: HashMap<(&'a str, &'a str), Option<Vec<String>>>,
    python: HashMap<&'a str, bool>,
}

/// Where the symbols of a file are looked for.
struct Scope<'a> {
    /// The files of the wheel.
    members: Vec<usize>,
    /// The libraries of the system.
    system: HashSet<&'a str>,
    /// Whether a library of it is not known, or the sources make symbols of other libraries visible.
    open: bool,
}

impl<'g, 'a> Lookup<'g, 'a> {
    fn new(graph: &'g Graph<'a>, needs: &'g [Vec<Resolution>], context: &'g Context<'g>) -> Self {
        Self {
            graph,
            needs,
            context,
            exports: HashMap::new(),
            glibc: HashMap::new(),
            runtimes: HashMap::new(),
            python: HashMap::new(),
        }
    }

    /// The versions under which a file of the wheel exports `name`; empty if it does not.
    fn member_exports(&mut self, member: usize, name: &str) -> &[Option<&'a str>] {
        let graph = self.graph;
        let exports = self.exports.entry(member).or_insert_with(|| {
            let mut exports: HashMap<&'a str, Vec<Option<&'a str>>> = HashMap::new();
            for export in &graph.files[member].exports {
                exports.entry(export.name).or_default().push(export.version);
            }
            exports
        });
        exports.get(name).map_or(&[], Vec::as_slice)
    }

    fn glibc(&mut self, name: &'a str) -> Option<GlibcSymbol> {
        *self.glibc.entry(name).or_insert_with(|| glibc::symbol(name))
    }

    fn runtime(&mut self, library: &'a str, name: &'a str) -> Option<&[String]> {
        self.runtimes.entry((library, name)).or_insert_with(|| runtimes::versions(library, name)).as_deref()
    }

    fn is_python_name(&mut self, name: &'a str) -> bool {
        let context = self.context;
        *self.python.entry(name).or_insert_with(|| (context.is_python_name)(name))
    }

    /// The resolution of the library `name` among the needs of `file`.
    fn resolution(&self, file: usize, name: &str) -> Option<&'g Resolution> {
        let needed = self.graph.files[file].needed.iter().zip(&self.needs[file]);
        needed.into_iter().find(|(need, _)| need.name == name).map(|(_, resolution)| resolution)
    }

    /// Where the symbols of `file` are looked for: in all that is loaded with it, and with what loads it.
    fn scope(&self, file: usize, is_listed: impl Fn(&str, Arch) -> bool) -> Scope<'a> {
        let mut seen = HashSet::new();
        let mut members = Vec::new();
        for loader in self.graph.loaders_of(file) {
            if seen.contains(&loader) && loader != file {
                continue;
            }
            members.extend(self.graph.closure(loader).into_iter().filter(|member| seen.insert(*member)));
        }
        let mut scope = Scope {
            members,
            system: HashSet::new(),
            open: self.context.sources.is_some_and(|sources| sources.global.is_some()),
        };
        for &member in &scope.members {
            let needed = self.graph.files[member].needed.iter().zip(&self.needs[member]);
            for (need, resolution) in needed {
                match resolution {
                    Resolution::Member(_) | Resolution::Interpreter => {}
                    Resolution::Platform => {
                        scope.open |= !is_listed(need.name, self.graph.files[file].arch);
                        scope.system.insert(need.name);
                    }
                    Resolution::MemberIfLoaded(_) | Resolution::Outside(_) | Resolution::Absent { .. } => {
                        scope.open = true;
                    }
                }
            }
        }
        scope
    }

    /// Whether a file of the scope exports `name`.
    fn in_members(&mut self, scope: &Scope<'_>, name: &str) -> bool {
        scope.members.iter().any(|&member| !self.member_exports(member, name).is_empty())
    }

    /// How sure it is that a symbol that is nowhere in a closed scope is missed.
    fn certainty(&self, file: usize) -> Certainty {
        let certain = certainty_of(self.graph, file, self.context);
        let known = self.context.whole && self.context.sources.is_some();
        if known { certain } else { Certainty::Possible.min(certain) }
    }

    /// Another file of the wheel that exports `name`, outside the scope.
    fn exporter(&mut self, file: usize, name: &str) -> Option<String> {
        let (arch, format) = (self.graph.files[file].arch, self.graph.files[file].format);
        let like = |other: &usize| {
            let other = &self.graph.files[*other];
            other.arch == arch && other.format == format && other.role != Role::NotLoadable
        };
        let others: Vec<usize> = (0..self.graph.files.len()).filter(like).collect();
        let other = others.into_iter().find(|&other| !self.member_exports(other, name).is_empty())?;
        Some(self.graph.files[other].path.to_owned())
    }

    /// One problem for the symbols that no library of the scope has.
    fn undefined(&mut self, file: usize, symbols: Vec<String>, library: Option<String>) -> Option<Problem> {
        let first = symbols.first()?.split('@').next().unwrap_or_default().to_owned();
        let library = library.or_else(|| self.exporter(file, &first));
        let certainty = self.certainty(file);
        Some(Problem { library, symbols, ..problem(ProblemKind::UndefinedSymbol, file, certainty) })
    }
}

/// A problem that so far names nothing.
fn problem(kind: ProblemKind, file: usize, certainty: Certainty) -> Problem {
    Problem { kind, file, library: None, symbols: Vec::new(), searched: Vec::new(), certainty }
}

/// Symbols by the library that should have had them.
type ByLibrary = BTreeMap<String, Vec<String>>;
