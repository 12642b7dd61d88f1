//! The plan: which cells there are. Pure, printable, countable.

use soabi_core::{Cell, FileName, PythonId, Rung};

use crate::subject::Subject;

/// The cells of every subject in every interpreter on every rung, in the order of the picture. An interpreter of another
/// machine is asked about files for that machine alone.
///
/// On the `import` rung an artifact comes under its own file name and once more as `<module>.so`, unless that
/// is its own name already. The other rungs do not look at the file name.
pub fn plan<'a>(
    subjects: impl IntoIterator<Item = &'a Subject>,
    pythons: &[PythonId],
    rungs: &[Rung],
) -> Vec<Cell> {
    let mut cells = Vec::new();
    for Subject { artifact, machine, .. } in subjects {
        let bare_already = artifact.is_bare();
        for &python in pythons.iter().filter(|python| python.is_native() || python.machine == *machine) {
            for &rung in rungs {
                let cell = |file| Cell { artifact: artifact.id.clone(), python, rung, file };
                cells.push(cell(FileName::Tagged));
                if rung == Rung::Import && !bare_already {
                    cells.push(cell(FileName::Bare));
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use soabi_core::{Arch, ArtifactId};

    use super::*;

    fn subject(id: &str, file_name: &str) -> Subject {
        let mut subject = Subject::given(file_name.as_ref()).unwrap();
        subject.artifact.id = ArtifactId(id.to_owned());
        subject
    }

    fn ids(subjects: &[Subject], pythons: &[&str], rungs: &[Rung]) -> Vec<String> {
        let pythons: Vec<_> = pythons.iter().map(|id| id.parse().unwrap()).collect();
        plan(subjects, &pythons, rungs).iter().map(|cell| cell.id().0).collect()
    }

    #[test]
    fn every_question_once() {
        let subjects = [
            subject("c-py2/cp27mu", "spam.so"),
            subject("c-single/cp311", "spam.cpython-311-x86_64-linux-gnu.so"),
        ];
        assert_eq!(
            ids(&subjects, &["cp27mu", "cp311"], &[Rung::Load, Rung::Import]),
            [
                "c-py2/cp27mu@cp27mu/load",
                "c-py2/cp27mu@cp27mu/import",
                "c-py2/cp27mu@cp311/load",
                "c-py2/cp27mu@cp311/import",
                "c-single/cp311@cp27mu/load",
                "c-single/cp311@cp27mu/import",
                "c-single/cp311@cp27mu/import-bare",
                "c-single/cp311@cp311/load",
                "c-single/cp311@cp311/import",
                "c-single/cp311@cp311/import-bare",
            ]
        );
    }

    /// An interpreter of another machine has cells of files for that machine, which interpreters of this one refuse.
    #[test]
    fn other_machines() {
        let (here, mut there) = (subject("here", "spam.so"), subject("there", "spam.so"));
        there.machine = Some(Arch::Aarch64);
        let pythons = ["cp311", "cp311-aarch64", "cp311-i686"];
        assert_eq!(
            ids(&[here, there], &pythons, &[Rung::Load]),
            ["here@cp311/load", "there@cp311/load", "there@cp311-aarch64/load"]
        );
    }
}
