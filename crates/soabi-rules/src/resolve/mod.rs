//! The resolver: which library brings what a file needs, and what is missing when a promised system loads it.
//!
//! One for ELF, Mach-O and PE. It is given the files of a wheel and what its metadata and Python sources say, knows
//! the [tables of system libraries](crate::tables::system), and looks at no machine. What is found nowhere is an
//! error only when nothing could bring it: a third of the popular native wheels need a library that is neither in
//! them nor promised by their tag, and are healthy (issue 13).
//!
//! - `graph`: what the files find of each other by their search paths, and what is loaded together;
//! - `libraries`, `outside`: where each needed library comes from;
//! - `symbols`: whether what was found has what is imported;
//! - [`level`]: the lowest level of manylinux, musllinux or macOS that is true.

mod graph;
mod input;
pub mod level;
mod libraries;
mod outside;
mod place;
mod problem;
mod sources;
mod symbols;

pub use input::{Context, Export, File, Import, Need, Promise, Role, VersionNeed};
pub use level::{Blocker, HonestLevel, honest_level};
pub use problem::{Certainty, Outside, Problem, ProblemKind, Resolution};
pub use sources::Sources;

use graph::Graph;

/// What was found, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// For each file and each of its needs, in the order of [`File::needed`]: where it comes from.
    pub needs: Vec<Vec<Resolution>>,
    /// For each file, the files of the wheel that are loaded with it, itself first.
    pub closures: Vec<Vec<usize>>,
    /// What is missing, in the order of the files.
    pub problems: Vec<Problem>,
}

impl Resolved {
    /// The problems with a file and with all that is loaded with it.
    pub fn problems_of(&self, file: usize) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(move |problem| self.closures[file].contains(&problem.file))
    }

    /// What a promised system refuses the file for.
    pub fn refusals(&self, file: usize) -> impl Iterator<Item = &Problem> {
        self.problems_of(file).filter(|problem| problem.gate().is_some())
    }

    /// Whether the Python sources would tell more: some library or symbol is missing, and they were not read.
    pub fn wants_sources(&self) -> bool {
        let is_uncertain = |problem: &Problem| {
            let depends = matches!(problem.kind, ProblemKind::UndefinedSymbol | ProblemKind::NotInMusl);
            depends && problem.certainty == Certainty::Possible
        };
        self.problems.iter().any(is_uncertain) || are_open(&self.needs)
    }
}

/// Whether something else than the files and the platform brings a library, or nothing.
fn are_open(needs: &[Vec<Resolution>]) -> bool {
    let is_open = |resolution: &Resolution| {
        matches!(
            resolution,
            Resolution::Outside(_) | Resolution::Absent { .. } | Resolution::MemberIfLoaded(_)
        )
    };
    needs.iter().flatten().any(is_open)
}

/// Whether the Python sources would tell more of a library that is needed. Whether they would of a symbol, only
/// [`resolve`] knows.
pub fn want_sources(files: &[File<'_>], context: &Context<'_>) -> bool {
    are_open(&libraries::resolve(&Graph::new(files, context), context))
}

/// Resolves the needs and the imports of all files of a distribution.
///
/// The order of `files` makes no difference but for that of the result.
pub fn resolve(files: &[File<'_>], context: &Context<'_>) -> Resolved {
    let graph = Graph::new(files, context);
    let needs = libraries::resolve(&graph, context);
    let mut problems = libraries::problems(&graph, &needs, context);
    problems.extend(symbols::problems(&graph, &needs, context));
    problems.sort_by_key(|problem| problem.file);
    let closures = (0..files.len()).map(|file| graph.closure(file)).collect();
    Resolved { needs, closures, problems }
}
