//! Shards of a plan: every cell in exactly one of them, whoever asks, in whatever order.
//!
//! What decides is known before anything is built: the cells' names, and what their artifacts are made from. So
//! machines whose compilers give other bytes cut the same plan alike.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};
use soabi_core::{ArtifactId, Cell, PythonId, Rung, Shard, hex};

use crate::subject::Subject;

/// The cells of `shard`, in the order of the plan.
///
/// Imports in one interpreter of what was made from the same source stay together: what is seen in one spares
/// probes in the next, as in a whole run. These groups, the largest first, each go to the shard that has the
/// fewest cells so far; so no two shards differ by more than the largest group.
pub fn cut(cells: &[Cell], subjects: &[Subject], shard: Shard) -> Vec<Cell> {
    let source_of: HashMap<&ArtifactId, &str> =
        subjects.iter().map(|subject| (&subject.artifact.id, subject.source.as_str())).collect();
    let mut groups: BTreeMap<Group<'_>, Vec<usize>> = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        let source = match cell.rung {
            Rung::Import => source_of.get(&cell.artifact).copied(),
            Rung::Inspect | Rung::Load | Rung::Test => None,
        };
        let group = (cell.python, cell.rung, source.unwrap_or(&cell.artifact.0));
        groups.entry(group).or_default().push(at);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    // Stable: groups of one size stay in the order of their names.
    groups.sort_by_key(|group| Reverse(group.len()));
    let mut shards: Vec<Vec<usize>> = vec![Vec::new(); shard.total()];
    for group in groups {
        if let Some(least) = shards.iter_mut().min_by_key(|shard| shard.len()) {
            least.extend(group);
        }
    }
    let mut mine = shards.swap_remove(shard.index() - 1);
    mine.sort_unstable();
    mine.into_iter().map(|at| cells[at].clone()).collect()
}

/// Imports with the same source, or one cell of another rung.
type Group<'a> = (PythonId, Rung, &'a str);

/// A name for the whole plan that does not depend on its order.
pub fn plan_id(cells: &[Cell]) -> String {
    let mut ids: Vec<_> = cells.iter().map(|cell| cell.id().0).collect();
    ids.sort_unstable();
    hex(&Sha256::digest(ids.join("\n"))[..6])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use soabi_core::{AbiTag, Artifact, Claim};

    use super::*;
    use crate::plan::plan;

    const PYTHONS: [&str; 4] = ["cp27mu", "cp38", "cp313", "cp313t"];

    /// Some subjects, each made from one of a few sources.
    fn subjects(sources: &[u16]) -> Vec<Subject> {
        let subject = |(number, source): (usize, &u16)| {
            let abi: AbiTag = "cp38".parse().unwrap();
            Subject {
                artifact: Artifact {
                    id: ArtifactId(format!("flavor-{number}/cp38")),
                    claim: Claim::exactly(abi),
                    module: "spam".to_owned(),
                    file_name: "spam.cpython-38-x86_64-linux-gnu.so".to_owned(),
                    path: "spam.so".into(),
                },
                flavor: format!("flavor-{number}"),
                family: format!("flavor-{number}"),
                source: format!("source-{source}"),
                built_for: abi,
                commands: Vec::new(),
                missing: None,
                machine: None,
                placed: None,
            }
        };
        sources.iter().enumerate().map(subject).collect()
    }

    fn cells(subjects: &[Subject], pythons: usize) -> Vec<Cell> {
        let pythons: Vec<PythonId> = PYTHONS[..pythons].iter().map(|id| id.parse().unwrap()).collect();
        plan(subjects, &pythons, &[Rung::Load, Rung::Import])
    }

    fn cut_all(cells: &[Cell], subjects: &[Subject], of: usize) -> Vec<Vec<Cell>> {
        Shard::new(1, of).unwrap().all().map(|shard| cut(cells, subjects, shard)).collect()
    }

    fn ids(cells: &[Cell]) -> BTreeSet<String> {
        cells.iter().map(|cell| cell.id().0).collect()
    }

    proptest! {
        #[test]
        fn every_cell_in_one_shard(
            sources in prop::collection::vec(0u16..4, 1..12), pythons in 1usize..=4, of in 1usize..9,
        ) {
            let subjects = subjects(&sources);
            let cells = cells(&subjects, pythons);
            let shards = cut_all(&cells, &subjects, of);
            prop_assert_eq!(shards.iter().map(Vec::len).sum::<usize>(), cells.len());
            prop_assert_eq!(ids(&shards.concat()), ids(&cells));
        }

        #[test]
        fn what_can_be_the_same_stays_together_and_the_rest_is_balanced(
            sources in prop::collection::vec(0u16..4, 1..12), pythons in 1usize..=4, of in 1usize..9,
        ) {
            let subjects = subjects(&sources);
            let shards = cut_all(&cells(&subjects, pythons), &subjects, of);
            let source = |cell: &Cell| {
                &subjects.iter().find(|subject| subject.artifact.id == cell.artifact).unwrap().source
            };
            let mut place = HashMap::new();
            for (number, shard) in shards.iter().enumerate() {
                for cell in shard.iter().filter(|cell| cell.rung == Rung::Import) {
                    let seen = *place.entry((cell.python, source(cell))).or_insert(number);
                    prop_assert_eq!(seen, number, "{} is away from its kin", cell.id());
                }
            }
            // Each artifact is imported under two names, and no group is larger than a source's artifacts.
            let of_source = |wanted: u16| sources.iter().filter(|&&source| source == wanted).count();
            let largest = 2 * (0..4).map(of_source).max().unwrap();
            let sizes: Vec<_> = shards.iter().map(Vec::len).collect();
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= largest, "{:?}", sizes);
        }

        #[test]
        fn the_order_of_the_plan_changes_nothing(
            (sources, cells) in prop::collection::vec(0u16..4, 1..12).prop_flat_map(|sources| {
                let cells = cells(&subjects(&sources), 3);
                (Just(sources), Just(cells).prop_shuffle())
            }),
            of in 1usize..9,
        ) {
            let subjects = subjects(&sources);
            let sorted = self::cells(&subjects, 3);
            prop_assert_eq!(plan_id(&cells), plan_id(&sorted));
            let shards = |cells: &[Cell]| -> Vec<_> {
                cut_all(cells, &subjects, of).iter().map(|shard| ids(shard)).collect()
            };
            prop_assert_eq!(shards(&cells), shards(&sorted));
        }
    }

    #[test]
    fn one_of_one_is_the_plan() {
        let subjects = subjects(&[0, 1, 1]);
        let cells = cells(&subjects, 2);
        assert_eq!(cut(&cells, &subjects, Shard::new(1, 1).unwrap()), cells);
    }

    #[test]
    fn another_plan_has_another_id() {
        let subjects = subjects(&[0, 1]);
        assert_ne!(plan_id(&cells(&subjects, 1)), plan_id(&cells(&subjects, 2)));
    }
}
