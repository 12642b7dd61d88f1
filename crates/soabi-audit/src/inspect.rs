//! `soabi inspect`: everything about one file, from the subject that an audit makes of it.

use soabi_core::{AbiTag, PyVersion};
use soabi_definition::Level;
use soabi_report::inspect::{
    BlockerEntry, CpuEntry, Imports, InspectReport, InspectedObject, KeptFrom, LibraryEntry, LibraryPlace,
    OldestByData, PlatformEntry, SCHEMA, StableImport,
};
use soabi_rules::keeps::{self, Blocker, Goal};
use soabi_rules::resolve::{Outside, Resolution};
use soabi_rules::{Object, Python, PythonImport, Subject};

use crate::axis::Axis;
use crate::inputs::Input;
use crate::memory::Memory;
use crate::read::How;
use crate::{judge, read};

/// Reads an input and tells everything about it.
///
/// # Errors
///
/// Why nothing of the input could be read.
pub fn inspect(input: &Input, axis: &Axis) -> Result<InspectReport, String> {
    let subject = read::read(input, How { memory: &Memory::default(), in_full: true })?;
    let pythons = axis.pythons();
    let objects = subject.objects.iter().enumerate();
    Ok(InspectReport {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        path: input.path.display().to_string(),
        tags: input.wheel_name().into_iter().map(|wheel| wheel.compressed_tag()).collect(),
        platform: subject.libraries.level.as_ref().map(|level| PlatformEntry {
            tag: level.tag.clone(),
            because: level.blockers.iter().map(|blocker| blocker.needs.clone()).collect(),
        }),
        pythons: axis.entries(),
        objects: objects.map(|(index, object)| inspected(&subject, index, object, &pythons)).collect(),
        errors: judge::errors(&subject),
    })
}

fn inspected(subject: &Subject, index: usize, object: &Object, pythons: &[Python]) -> InspectedObject {
    let reading = object.reading.as_ref();
    InspectedObject {
        object: judge::object_entry(object, pythons),
        imports: imports(object),
        libraries: libraries(subject, index, object),
        cpu: reading.iter().flat_map(|reading| &reading.cpu).map(cpu).collect(),
        static_types: reading
            .iter()
            .flat_map(|reading| &reading.static_types)
            .map(|r#type| r#type.name.clone())
            .collect(),
        type_specs: reading
            .iter()
            .flat_map(|reading| &reading.type_specs)
            .map(|spec| spec.name.clone())
            .collect(),
        oldest_by_data: reading.and_then(|reading| reading.minimum_by_data.as_ref()).map(|minimum| {
            OldestByData {
                python: PyVersion::new(minimum.version.0, minimum.version.1),
                because: minimum.because.clone(),
            }
        }),
        keeps: if object.extension {
            Goal::ALL.map(|goal| kept_from(object, goal)).to_vec()
        } else {
            Vec::new()
        },
        advice: keeps::toolkit_advice(object).map(str::to_owned),
    }
}

fn imports(object: &Object) -> Imports {
    let mut groups = Imports::default();
    for import in &object.imports {
        let name = import.name.clone();
        match import {
            PythonImport { stable: Some(stable), .. } => {
                groups.stable.push(StableImport { name, since: stable.added });
            }
            PythonImport { symbol: None, .. } => groups.unknown.push(name),
            import if import.is_private() => groups.private.push(name),
            _ => groups.version_specific.push(name),
        }
    }
    groups
}

fn libraries(subject: &Subject, index: usize, object: &Object) -> Vec<LibraryEntry> {
    let member = |index: &usize| {
        let object = &subject.objects[*index];
        object.member.clone().unwrap_or_else(|| object.file_name.clone())
    };
    let resolutions = subject.libraries.resolved.needs.get(index).into_iter().flatten();
    let entry = |(needed, resolution): (&soabi_object::Needed, &Resolution)| {
        let (found, by) = match resolution {
            Resolution::Member(index) => (LibraryPlace::Wheel, Some(member(index))),
            Resolution::MemberIfLoaded(index) => (LibraryPlace::WheelIfLoaded, Some(member(index))),
            Resolution::Interpreter => (LibraryPlace::Interpreter, None),
            Resolution::Platform => (LibraryPlace::Platform, None),
            Resolution::Outside(outside) => (LibraryPlace::Outside, Some(in_words(outside))),
            Resolution::Absent { nearest } => (LibraryPlace::Absent, nearest.as_ref().map(member)),
        };
        LibraryEntry { name: needed.name.to_string(), found, by }
    };
    object.facts.needed.iter().zip(resolutions).map(entry).collect()
}

fn in_words(outside: &Outside) -> String {
    match outside {
        Outside::Import(package) => format!("`import {package}` loads it"),
        Outside::Package(package) => format!("{package} has it"),
        Outside::Sibling(folder) | Outside::PrefixFolder(folder) => {
            format!("another distribution, in {folder}")
        }
        Outside::Code { file, name } => format!("{file} opens libraries with {name}"),
        Outside::System => "installed with the system".to_owned(),
        Outside::Folder(folder) => format!("a package manager, in {folder}"),
        Outside::Variant(file) => format!("{file} is the same for another version of it"),
        Outside::SomePackage(packages) => {
            let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
            format!("one of the packages {}", packages.join(", "))
        }
        Outside::NotRead => "the file was looked at alone".to_owned(),
        Outside::NotInTables => "the tables do not know the system".to_owned(),
        Outside::NoPromise => "the tag promises no system".to_owned(),
    }
}

fn cpu(need: &soabi_definition::CpuNeed) -> CpuEntry {
    let level = need.level.map(|level| match level {
        Level::V1 => "x86-64-v1",
        Level::V2 => "x86-64-v2",
        Level::V3 => "x86-64-v3",
        Level::V4 => "x86-64-v4",
    });
    CpuEntry { feature: need.feature.clone(), level: level.map(str::to_owned), address: need.address }
}

fn kept_from(object: &Object, goal: Goal) -> KeptFrom {
    let blockers = keeps::keeps(object, goal);
    let versions = blockers.iter().filter_map(|blocker| blocker.since).max();
    let hard = blockers.iter().any(|blocker| blocker.since.is_none());
    let claims = |abi| object.claims.iter().any(|claim| claim.abi == abi);
    let (reached, floor) = match goal {
        Goal::Abi3 => {
            (claims(AbiTag::Abi3) && !hard, Some(versions.unwrap_or(soabi_rules::claims::FIRST_ABI3)))
        }
        Goal::Abi3t => {
            (claims(AbiTag::Abi3t) && !hard, Some(versions.unwrap_or(soabi_rules::claims::FIRST_ABI3T)))
        }
        Goal::FreeThreading | Goal::Subinterpreters => {
            (keeps::is_decoded(object) && blockers.is_empty(), None)
        }
    };
    KeptFrom { goal: goal.as_str().to_owned(), reached, floor, by: blockers.into_iter().map(entry).collect() }
}

fn entry(blocker: Blocker) -> BlockerEntry {
    let Blocker { kind, what, why, since } = blocker;
    BlockerEntry { kind: kind.as_str().to_owned(), what, why, since }
}
