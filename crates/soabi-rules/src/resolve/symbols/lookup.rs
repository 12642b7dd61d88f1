//! Searches for symbols in the files of a wheel and in the tables.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashSet};
use soabi_object::Arch;

use crate::resolve::graph::Graph;
use crate::resolve::input::{Context, Role};
use crate::resolve::libraries::certainty_of;
use crate::resolve::problem::{Certainty, Problem, ProblemKind, Resolution};
use crate::tables::system::glibc::{self, GlibcSymbol};
use crate::tables::system::runtimes;

/// A file that exports a name, and the version of the name there.
pub(super) type Exporter<'a> = (usize, Option<&'a str>);

/// Searches in files and tables, which remember what they were asked.
pub(super) struct Lookup<'g, 'a> {
    pub(super) graph: &'g Graph<'a>,
    pub(super) needs: &'g [Vec<Resolution>],
    pub(super) context: &'g Context<'g>,
    /// For each name that some file asks of another file of the wheel, or of none by name: which files export it,
    /// and under which versions. Most exports are asked for by no file.
    exports: Option<HashMap<&'a str, Vec<Exporter<'a>>>>,
    glibc: HashMap<&'a str, Option<GlibcSymbol>>,
    runtimes: HashMap<(&'a str, &'a str), Option<Vec<String>>>,
    python: HashMap<&'a str, bool>,
}

/// Where the symbols of a file are looked for.
pub(super) struct Scope<'a> {
    /// The files of the wheel.
    pub(super) members: HashSet<usize>,
    /// The libraries of the system.
    pub(super) system: BTreeSet<&'a str>,
    /// Whether a library of it is not known, or the sources make symbols of other libraries visible.
    pub(super) open: bool,
}

impl<'g, 'a> Lookup<'g, 'a> {
    pub(super) fn new(graph: &'g Graph<'a>, needs: &'g [Vec<Resolution>], context: &'g Context<'g>) -> Self {
        Self {
            graph,
            needs,
            context,
            exports: None,
            glibc: HashMap::default(),
            runtimes: HashMap::default(),
            python: HashMap::default(),
        }
    }

    /// The files that export `name`, which some file imports, with its versions there.
    pub(super) fn exporters(&mut self, name: &str) -> &[Exporter<'a>] {
        let (graph, needs) = (self.graph, self.needs);
        let exports = self.exports.get_or_insert_with(|| {
            let mut exports: HashMap<&'a str, Vec<Exporter<'a>>> = HashMap::default();
            for (file, needs) in graph.files.iter().zip(needs) {
                let of_system = |library: &str| {
                    let known = file.needed.iter().zip(needs).find(|(need, _)| need.name == library);
                    known.is_some_and(|(_, resolution)| *resolution == Resolution::Platform)
                };
                let system: HashSet<&str> =
                    file.needed.iter().map(|need| need.name).filter(|name| of_system(name)).collect();
                let asked = file.imports.iter().filter(|import| {
                    !import.weak && !import.library.is_some_and(|library| system.contains(library))
                });
                exports.extend(asked.map(|import| (import.name, Vec::new())));
            }
            for (index, file) in
                graph.files.iter().enumerate().filter(|(_, file)| file.role != Role::NotLoadable)
            {
                for export in &file.exports {
                    if let Some(known) = exports.get_mut(export.name) {
                        known.push((index, export.version));
                    }
                }
            }
            exports
        });
        exports.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a file of the wheel exports `name`.
    pub(super) fn exported_by(&mut self, member: usize, name: &str) -> bool {
        self.exporters(name).iter().any(|(file, _)| *file == member)
    }

    pub(super) fn glibc(&mut self, name: &'a str) -> Option<GlibcSymbol> {
        *self.glibc.entry(name).or_insert_with(|| glibc::symbol(name))
    }

    pub(super) fn runtime(&mut self, library: &'a str, name: &'a str) -> Option<&[String]> {
        self.runtimes.entry((library, name)).or_insert_with(|| runtimes::versions(library, name)).as_deref()
    }

    pub(super) fn is_python_name(&mut self, name: &'a str) -> bool {
        let context = self.context;
        *self.python.entry(name).or_insert_with(|| (context.is_python_name)(name))
    }

    /// The resolution of the library `name` among the needs of `file`.
    pub(super) fn resolution(&self, file: usize, name: &str) -> Option<&'g Resolution> {
        let needed = self.graph.files[file].needed.iter().zip(&self.needs[file]);
        needed.into_iter().find(|(need, _)| need.name == name).map(|(_, resolution)| resolution)
    }

    /// Where the symbols of `file` are looked for: in all that is loaded with it, and with what loads it.
    pub(super) fn scope(&self, file: usize, is_listed: impl Fn(&str, Arch) -> bool) -> Scope<'a> {
        let graph = self.graph;
        let mut scope = Scope {
            members: HashSet::default(),
            system: BTreeSet::new(),
            open: self.context.sources.is_some_and(|sources| sources.global.is_some()),
        };
        for loader in graph.loaders_of(file) {
            if !scope.members.insert(loader) && loader != file {
                continue;
            }
            let mut queue = vec![loader];
            while let Some(member) = queue.pop() {
                let needed = graph.files[member].needed.iter().zip(&self.needs[member]);
                for (need, resolution) in needed {
                    match resolution {
                        Resolution::Member(other) => {
                            if scope.members.insert(*other) {
                                queue.push(*other);
                            }
                        }
                        Resolution::Interpreter => {}
                        Resolution::Platform => {
                            scope.open |= !is_listed(need.name, graph.files[file].arch);
                            scope.system.insert(need.name);
                        }
                        Resolution::MemberIfLoaded(_)
                        | Resolution::Outside(_)
                        | Resolution::Absent { .. } => {
                            scope.open = true;
                        }
                    }
                }
            }
        }
        scope
    }

    /// Whether a file of the scope exports `name`.
    pub(super) fn in_members(&mut self, scope: &Scope<'_>, name: &str) -> bool {
        self.exporters(name).iter().any(|(file, _)| scope.members.contains(file))
    }

    /// How sure it is that a symbol that is nowhere in a closed scope is missed.
    pub(super) fn certainty(&self, file: usize) -> Certainty {
        let certain = certainty_of(self.graph, file, self.context);
        let known = self.context.whole && self.context.sources.is_some();
        if known { certain } else { Certainty::Possible.min(certain) }
    }

    /// Another file of the wheel that exports `name`, outside the scope.
    fn exporter(&mut self, file: usize, name: &str) -> Option<String> {
        let graph = self.graph;
        let like = |other: usize| {
            graph.files[other].arch == graph.files[file].arch
                && graph.files[other].format == graph.files[file].format
        };
        let others = self.exporters(name).iter().map(|(other, _)| *other);
        others.into_iter().find(|&other| like(other)).map(|other| graph.files[other].path.to_owned())
    }

    /// One problem for the symbols that no library of the scope has.
    pub(super) fn undefined(
        &mut self,
        file: usize,
        symbols: Vec<String>,
        library: Option<String>,
    ) -> Option<Problem> {
        let first = symbols.first()?.split('@').next().unwrap_or_default().to_owned();
        let library = library.or_else(|| self.exporter(file, &first));
        let certainty = self.certainty(file);
        Some(Problem { library, symbols, ..problem(ProblemKind::UndefinedSymbol, file, certainty) })
    }
}

/// A problem that so far names nothing.
pub(super) fn problem(kind: ProblemKind, file: usize, certainty: Certainty) -> Problem {
    Problem {
        kind,
        file,
        library: None,
        symbols: Vec::new(),
        searched: Vec::new(),
        certainty,
        delayed: false,
    }
}

/// Symbols by the library that should have had them.
pub(super) type ByLibrary = BTreeMap<String, Vec<String>>;
