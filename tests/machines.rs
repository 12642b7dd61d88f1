//! Files for other machines, in the interpreters of this one. Interpreters of other machines are run by a recipe, `just
//! witness-machine`.

use rstest::rstest;
use soabi_core::{Gate, OutcomeKind, Rung};
use soabi_report::matrix::MatrixReport;

use crate::audit::wheelhouse::Wheelhouse;
use crate::support::{Soabi, pythons};
use crate::wheels::ABI3;

/// `e_machine` of other machines than any that these tests run on: RISC-V, and one that has no name here.
const EM_RISCV: u16 = 243;
const EM_VAX: u16 = 75;

/// The module `spam` for another machine.
fn foreign(machine: u16) -> Vec<u8> {
    let mut file = ABI3.to_vec();
    file[18..20].copy_from_slice(&machine.to_le_bytes());
    file
}

fn report(house: &Wheelhouse, args: &[&str]) -> MatrixReport {
    Soabi::with_the_required()
        .within(house.path())
        .args(["matrix", "--format", "json"])
        .args(args)
        .run()
        .json()
}

/// A wheel for another machine promises nothing here. Its modules are not found by their name, or the loader refuses
/// them; both are predicted.
#[rstest]
fn a_wheel_for_another_machine(#[values(EM_RISCV, EM_VAX)] machine: u16) {
    let house = Wheelhouse::new();
    let (stable, tagged) = ("pkg/spam.abi3.so", "pkg/sub/spam.cpython-311-riscv64-linux-gnu.so");
    let file = foreign(machine);
    let members: [(&str, &[u8]); 4] =
        [("pkg/__init__.py", b""), (stable, &file), ("pkg/sub/__init__.py", b""), (tagged, &file)];
    let wheel = house.wheel("cp39-abi3-linux_riscv64", &members);
    let report = report(&house, &[&wheel, "--all-pythons"]);
    assert!(report.given[0].elsewhere && report.given[0].promised.is_empty(), "{:?}", report.given);
    let gates = |member: &str, rung: Rung| -> Vec<Option<Gate>> {
        let id = format!("{wheel}:{member}");
        let cells = report.cells.iter().filter(|cell| cell.artifact.0 == id && cell.rung == rung);
        cells
            .map(|cell| {
                assert_eq!(cell.outcome, OutcomeKind::Refused, "{}: {:?}", cell.id, cell.message);
                assert_ne!(cell.agrees, Some(false), "{}: {:?}", cell.id, cell.message);
                cell.gate
            })
            .collect()
    };
    let all = |gate: Gate| vec![Some(gate); pythons().len()];
    assert_eq!(gates(tagged, Rung::Import), all(Gate::Name));
    assert_eq!(gates(tagged, Rung::Load), all(Gate::Platform));
    assert_eq!(gates(stable, Rung::Load), all(Gate::Platform));
    // 2.7 does not search for `.abi3.so`.
    assert!(gates(stable, Rung::Import).contains(&Some(Gate::Platform)));
    assert_eq!(report.summary.disagreements, 0);
}

/// Neither does a file by itself, whatever version is in its name.
#[rstest]
fn a_file_for_another_machine(#[values(EM_RISCV, EM_VAX)] machine: u16) {
    let house = Wheelhouse::new();
    house.write("spam.cpython-311-riscv64-linux-gnu.so", &foreign(machine));
    let report = report(&house, &["spam.cpython-311-riscv64-linux-gnu.so"]);
    let summary = &report.summary;
    assert_eq!((summary.unexpected, summary.disagreements), (0, 0), "{:?}", report.cells);
    assert!(report.cells.iter().all(|cell| cell.outcome == OutcomeKind::Refused), "{:?}", report.cells);
}
