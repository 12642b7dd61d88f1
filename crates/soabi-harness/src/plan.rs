//! The plan: which cells there are. Pure, printable, countable.

use soabi_core::{AbiTag, Artifact, Cell, FileName, Rung};

/// The cells of every artifact in every interpreter on every rung, in the order of the picture.
///
/// On the `import` rung an artifact comes under its own file name and once more as `<module>.so`, unless that
/// is its own name already. The other rungs do not look at the file name.
pub fn plan<'a>(
    artifacts: impl IntoIterator<Item = &'a Artifact>,
    pythons: &[AbiTag],
    rungs: &[Rung],
) -> Vec<Cell> {
    let mut cells = Vec::new();
    for artifact in artifacts {
        let bare_already = artifact.is_bare();
        for &python in pythons {
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
    use soabi_core::{ArtifactId, Claim};

    use super::*;

    fn artifact(id: &str, built_for: &str, file_name: &str) -> Artifact {
        Artifact {
            id: ArtifactId(id.to_owned()),
            claim: Claim::exactly(built_for.parse().unwrap()),
            module: "spam".to_owned(),
            file_name: file_name.to_owned(),
            path: file_name.into(),
        }
    }

    #[test]
    fn every_question_once() {
        let artifacts = [
            artifact("c-py2/cp27mu", "cp27mu", "spam.so"),
            artifact("c-single/cp311", "cp311", "spam.cpython-311-x86_64-linux-gnu.so"),
        ];
        let pythons = ["cp27mu", "cp311"].map(|id| id.parse().unwrap());
        let cells = plan(&artifacts, &pythons, &[Rung::Load, Rung::Import]);
        let ids: Vec<_> = cells.iter().map(|cell| cell.id().0).collect();
        assert_eq!(
            ids,
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
}
