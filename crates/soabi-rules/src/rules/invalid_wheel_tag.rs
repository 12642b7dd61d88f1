//! Tags in the wheel's name that no installer asks for.

use soabi_core::{AbiTag, CpythonAbi, PyVersion, Severity};
use soabi_wheel::{WheelFileName, WheelTag};

use super::rule;
use crate::claims::claim_of_tag;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!("invalid-wheel-tag", Error, "the wheel's name has tags that no interpreter takes");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    of_no_use(&wheel.name).into_iter().collect()
}

fn of_no_use(wheel: &WheelFileName) -> Option<Hit> {
    let any = |tag: &dyn Fn(&WheelTag<'_>) -> bool| wheel.tags().any(|full| tag(&full) && is_taken(full));
    let pythons = wheel.pythons.iter().filter(|python| !any(&|tag| tag.python == python.as_str()));
    let abis = wheel.abis.iter().filter(|abi| !any(&|tag| tag.abi == abi.as_str()));
    let mut useless: Vec<&String> = pythons.chain(abis).collect();
    useless.dedup();
    if useless.is_empty() {
        return None;
    }
    let all = !wheel.tags().any(is_taken);
    let message = if all {
        format!("no interpreter takes any of the tags `{}`", wheel.compressed_tag())
    } else {
        format!("no interpreter takes a tag with {}", named(&useless))
    };
    let help = match wheel.pythons.iter().find(|tag| tag.starts_with("cp") && tag.ends_with('t')) {
        Some(tag) => format!(
            "the `t` of free-threaded builds belongs to the ABI tag alone: `{}-...`",
            tag.trim_end_matches('t')
        ),
        None => "an ABI tag goes with the interpreter tag of its own version (`cp36-cp36m`, `cp311-cp311`, \
                 `cp313-cp313t`), abi3 with any `cpXY`, none with `py3` and any `cpXY`"
            .to_owned(),
    };
    let severity = if all { Severity::Error } else { Severity::Warning };
    Some(Hit::whole(message).downgraded_to(severity).evidence("tags", useless).help(help))
}

/// Whether an interpreter asks for the tag. Of other implementations than CPython and PyPy nothing is known.
fn is_taken(tag: WheelTag<'_>) -> bool {
    let digits = |python: &str| {
        let digits = python.trim_start_matches(|c: char| c.is_ascii_lowercase());
        digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty()
    };
    let ours = ["cp", "pp", "py"].iter().any(|prefix| {
        tag.python.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    if !ours {
        return true;
    }
    if tag.abi == "none" {
        // CPython asks for `py3-none` and `cp312-none`, and for no `cp3-none`.
        return digits(tag.python) && !matches!(tag.python, "cp2" | "cp3");
    }
    match claim_of_tag(tag).map(|claim| claim.abi) {
        Some(AbiTag::Cpython(abi)) => exists(abi),
        other => other.is_some(),
    }
}

/// Whether there is a build with this ABI. Until 3.7 the `m` of pymalloc is a part of it: `cp36` is nobody's, nor is `cp38m`.
/// The `u` of wide characters ended with 3.3 (PEP 393), and builds without the GIL began with 3.13 (PEP 703).
fn exists(abi: CpythonAbi) -> bool {
    abi.pymalloc == (abi.version < PyVersion::new(3, 8))
        && !(abi.wide_unicode && abi.version >= PyVersion::new(3, 3))
        && !(abi.free_threaded && abi.version < PyVersion::new(3, 13))
}
