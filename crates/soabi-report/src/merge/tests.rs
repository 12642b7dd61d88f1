use proptest::prelude::*;
use rstest::rstest;
use soabi_core::{ArtifactId, Cell, Expectation, FileName, Outcome, Promise, Rung};

use super::*;
use crate::matrix::{CellEntry, MatrixHead, SCHEMA, ShardEntry, Summary};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn python(text: &str, version: Option<&str>) -> PythonEntry {
    PythonEntry {
        id: id(text),
        path: version.map(|_| format!("bin/{text}")),
        emulator: Vec::new(),
        version: version.map(ToOwned::to_owned),
        soabi: None,
        found: version.is_some(),
        excluded: false,
        help: None,
    }
}

/// The families, in the order of the planner.
const FAMILIES: [&str; 4] = ["c-py2", "c-single", "c-abi3", "ffi"];

fn artifact(text: &str) -> ArtifactEntry {
    let (flavor, built_for) = text.split_once('/').unwrap();
    let with_floor = flavor.rsplit_once("-py").filter(|_| flavor != "c-py2");
    let floor = with_floor.and_then(|(_, floor)| soabi_core::PyVersion::from_compact(floor));
    let family = with_floor.map_or(flavor, |(family, _)| family);
    ArtifactEntry {
        id: ArtifactId(text.to_owned()),
        flavor: flavor.to_owned(),
        family: family.to_owned(),
        rank: u32::try_from(FAMILIES.iter().position(|known| *known == family).unwrap()).unwrap(),
        built_for: id(built_for),
        floor,
        file_name: "spam.so".to_owned(),
        wheel: None,
        member: None,
        module: None,
        path: None,
        commands: Vec::new(),
        not_built: None,
    }
}

/// A cell that was loaded as it should be.
fn cell(artifact: &str, python: &str) -> CellEntry {
    let cell = Cell {
        artifact: ArtifactId(artifact.to_owned()),
        python: id(python),
        rung: Rung::Load,
        file: FileName::Tagged,
    };
    let promise = Promise { expectation: Expectation::Accept, why: String::new(), reference: None };
    CellEntry::new(&cell, promise, &Outcome::Accepted, 0, 1.0)
}

/// A run with these rows in these columns, all found.
fn report(rows: &[&str], columns: &[&str]) -> MatrixReport {
    let cells: Vec<_> = rows.iter().flat_map(|row| columns.iter().map(|column| cell(row, column))).collect();
    let head = MatrixHead {
        schema: SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        tables: "0123456789ab".to_owned(),
        shard: None,
        pythons: columns.iter().map(|column| python(column, Some("3.0.0"))).collect(),
        isolation: None,
        given: Vec::new(),
        required: Vec::new(),
        artifacts: rows.iter().map(|row| artifact(row)).collect(),
        not_applicable: Vec::new(),
    };
    MatrixReport::new(head, cells, Vec::new())
}

/// The part of `whole` that has every cell whose number leaves this remainder.
fn part(whole: &MatrixReport, number: usize, of: usize) -> Named {
    let cells = whole.cells.iter().enumerate().filter(|(at, _)| at % of == number - 1);
    let cells: Vec<_> = cells.map(|(_, cell)| cell.clone()).collect();
    let shard = ShardEntry { part: Shard::new(number, of).unwrap(), plan: "a0".to_owned() };
    let summary = Summary::of(&cells, 0);
    (format!("{number}.json"), MatrixReport { cells, summary, shard: Some(shard), ..whole.clone() })
}

fn whole() -> MatrixReport {
    report(&["c-single/cp311", "c-single/cp312", "ffi/cp311"], &["cp311", "cp312"])
}

#[rstest]
#[case(1)]
#[case(2)]
#[case(4)]
#[case(9)]
fn the_parts_are_the_whole(#[case] of: usize) {
    let whole = whole();
    let mut parts: Vec<_> = (1..=of).map(|number| part(&whole, number, of)).collect();
    assert_eq!(merge(parts.clone()), Ok(whole.clone()));
    parts.reverse();
    assert_eq!(merge(parts), Ok(whole), "whatever their order");
}

#[test]
fn a_missing_part_is_an_error() {
    let whole = whole();
    let merged = merge(vec![part(&whole, 3, 3), part(&whole, 1, 3)]).unwrap();
    assert_eq!(merged.errors, ["part 2/3 of the run a0 is missing; its cells are unknown"]);
    assert_eq!(merged.summary.cells, 4);
}

/// Parts of two plans do not complete each other.
#[test]
fn parts_of_another_plan_do_not_count() {
    let one = part(&report(&["ffi/cp311"], &["cp311"]), 1, 2);
    let mut other = part(&report(&["ffi/cp312"], &["cp312"]), 2, 2);
    other.1.shard.as_mut().unwrap().plan = "b1".to_owned();
    let merged = merge(vec![one, other]).unwrap();
    assert_eq!(merged.errors.iter().filter(|error| error.contains("is missing")).count(), 2);
}

fn named(report: MatrixReport) -> Vec<Named> {
    vec![("a.json".to_owned(), whole()), ("b.json".to_owned(), report)]
}

#[test]
fn reports_of_different_worlds_are_refused() {
    let version = MatrixReport { version: "0.2.0".to_owned(), ..whole() };
    assert_eq!(
        merge(named(version)).unwrap_err().to_string(),
        "`a.json` is of soabi 0.1.0 with the tables 0123456789ab, \
         and `b.json` of soabi 0.2.0 with the tables 0123456789ab"
    );
    let tables = MatrixReport { tables: "ba9876543210".to_owned(), ..whole() };
    assert!(matches!(merge(named(tables)), Err(MergeError::Versions { .. })));
    assert_eq!(
        merge(named(whole())).unwrap_err().to_string(),
        "`a.json` and `b.json` both have the cell c-single/cp311@cp311/load"
    );
    let mut newer = report(&["ffi/cp313"], &["cp312"]);
    newer.pythons[0].version = Some("3.0.1".to_owned());
    assert_eq!(
        merge(named(newer)).unwrap_err().to_string(),
        "cp312 is Python 3.0.0 in `a.json`, and Python 3.0.1 in `b.json`"
    );
    let twice = vec![part(&whole(), 1, 2), part(&whole(), 1, 2)];
    assert_eq!(merge(twice).unwrap_err().to_string(), "`1.json` and `1.json` are both part 1/2 of one run");
    assert_eq!(merge(Vec::new()), Err(MergeError::None));
}

/// Two machines, each with an interpreter of its own: rows and columns of both, families together.
#[test]
fn runs_in_different_interpreters() {
    let one = report(&["c-single/cp312", "c-abi3-py38/cp312", "ffi/cp312"], &["cp312"]);
    let two = report(&["c-py2/cp27mu", "c-single/cp311", "c-abi3-py38/cp311", "ffi/cp311"], &["cp311"]);
    let merged = merge(vec![("a.json".to_owned(), one), ("b.json".to_owned(), two)]).unwrap();
    let rows: Vec<_> = merged.artifacts.iter().map(|artifact| artifact.id.0.as_str()).collect();
    assert_eq!(
        rows,
        [
            "c-py2/cp27mu",
            "c-single/cp311",
            "c-single/cp312",
            "c-abi3-py38/cp311",
            "c-abi3-py38/cp312",
            "ffi/cp311",
            "ffi/cp312",
        ]
    );
    assert_eq!(merged.pythons.len(), 2);
    assert_eq!(merged.cells.len(), 7);
    assert_eq!(merged.cells[0].artifact.0, "c-py2/cp27mu", "cells are in the order of the rows");
    assert_eq!(merged.errors, Vec::<String>::new());
}

/// An interpreter that one report found counts as found; one without cells is an error.
#[test]
fn an_interpreter_without_cells_is_an_error() {
    let mut one = report(&["ffi/cp311"], &["cp311"]);
    one.pythons.push(python("cp312", None));
    one.pythons[1].excluded = true;
    one.pythons.push(python("cp313", Some("3.13.0")));
    let mut two = report(&["ffi/cp312"], &["cp312"]);
    two.pythons.push(python("cp314", None));
    let merged = merge(vec![("a.json".to_owned(), one), ("b.json".to_owned(), two)]).unwrap();
    let found: Vec<_> = merged.pythons.iter().map(|python| (python.id.to_string(), python.found)).collect();
    let expected = [("cp311", true), ("cp312", true), ("cp313", true), ("cp314", false)];
    assert_eq!(found, expected.map(|(id, found)| (id.to_owned(), found)));
    assert_eq!(merged.errors, ["cp313 was found, and no report has cells that ran in it"]);
}

/// Merging in two steps is merging in one.
#[test]
fn merged_reports_merge_again() {
    let whole = whole();
    let parts: Vec<_> = (1..=3).map(|number| part(&whole, number, 3)).collect();
    let first = ("merged.json".to_owned(), merge(parts[..2].to_vec()).unwrap());
    assert_eq!(first.1.errors, ["part 3/3 of the run a0 is missing; its cells are unknown"]);
    assert_eq!(merge(vec![first, parts[2].clone()]), Ok(whole));
}

#[test]
fn a_part_inside_a_merged_report_is_given_once() {
    let whole = whole();
    let first = ("merged.json".to_owned(), merge(vec![part(&whole, 1, 3), part(&whole, 2, 3)]).unwrap());
    let error = merge(vec![first, part(&whole, 2, 3)]).unwrap_err();
    assert_eq!(error.to_string(), "`merged.json` and `2.json` are both part 2/3 of one run");
}

fn isolation(walls: &[&str], missing: &[(&str, &str)]) -> IsolationEntry {
    IsolationEntry {
        mode: "fork".to_owned(),
        walls: walls.iter().map(|&wall| wall.to_owned()).collect(),
        missing: missing.iter().map(|&(wall, why)| (wall.to_owned(), why.to_owned())).collect(),
    }
}

fn text(report: &MatrixReport) -> String {
    serde_json::to_string(report).unwrap()
}

proptest! {
    /// Associative and commutative, byte for byte: shards of several runs, in any order and any grouping.
    #[test]
    fn merging_is_associative_and_commutative(
        order in Just((0usize..7).collect::<Vec<_>>()).prop_shuffle(), split in 1usize..6, missing in 0usize..7,
    ) {
        let one = report(&["c-single/cp311", "ffi/cp311"], &["cp311", "cp312"]);
        let mut other = report(&["c-abi3-py38/cp312", "c-py2/cp27mu"], &["cp27mu", "cp312"]);
        other.pythons[0].path = Some("another/path".to_owned());
        other.errors.push("a compiler failed".to_owned());
        other.isolation = Some(isolation(&["landlock", "limits"], &[("seccomp", "not in this kernel")]));
        let mut one = one;
        one.isolation = Some(isolation(&["limits", "seccomp"], &[("landlock", "switched off")]));
        let mut parts: Vec<Named> = (1..=4).map(|number| part(&one, number, 4)).collect();
        parts.extend((1..=3).map(|number| {
            let (name, mut report) = part(&other, number, 3);
            report.shard.as_mut().unwrap().plan = "b1".to_owned();
            (format!("b{name}"), report)
        }));
        let kept: Vec<usize> = order.into_iter().filter(|&at| at != missing).collect();
        let pick = |ids: &[usize]| -> Vec<Named> { ids.iter().map(|&at| parts[at].clone()).collect() };
        let at_once = merge(pick(&kept)).unwrap();
        let (left, right) = kept.split_at(split);
        let grouped = vec![
            ("left".to_owned(), merge(pick(left)).unwrap()),
            ("right".to_owned(), merge(pick(right)).unwrap()),
        ];
        prop_assert_eq!(text(&merge(grouped).unwrap()), text(&at_once));
        let mut sorted = kept;
        sorted.sort_unstable();
        prop_assert_eq!(text(&merge(pick(&sorted)).unwrap()), text(&at_once));
    }
}
