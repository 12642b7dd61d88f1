//! From what partial execution found to its form in the report.

use soabi_definition as read;
use soabi_report::definition::{
    AbiFlag, AbiInfo, BuiltWith, Definition, FoundBy, Gil, Layout, Method, NoneBecause, Phase, Slot,
    Subinterpreters,
};
use soabi_rules::Object;

/// The definitions of an extension module.
pub(crate) fn definitions(object: &Object) -> Vec<Definition> {
    let reading = object.reading.as_ref().filter(|_| object.extension);
    reading.iter().flat_map(|reading| &reading.definitions).map(definition).collect()
}

/// What an extension module was built with.
pub(crate) fn built_with(object: &Object) -> Option<BuiltWith> {
    let reading = object.reading.as_ref().filter(|_| object.extension)?;
    let read::BuiltWith { python, gil, limited_api, toolkit, evidence, .. } = reading.built_with.clone();
    Some(BuiltWith { python, gil, limited_api, toolkit, evidence })
}

fn definition(found: &read::Definition) -> Definition {
    Definition {
        init: found.init.clone(),
        phase: match found.phase {
            read::Phase::Single => Phase::Single,
            read::Phase::Multi => Phase::Multi,
            read::Phase::Export => Phase::Export,
            read::Phase::None => Phase::None,
        },
        none_because: found.none_because.map(|because| match because {
            read::NoneBecause::Cffi => NoneBecause::Cffi,
            read::NoneBecause::Mypyc => NoneBecause::Mypyc,
            read::NoneBecause::Stub => NoneBecause::Stub,
            read::NoneBecause::NotDecoded => NoneBecause::NotDecoded,
        }),
        found_by: found.found_by.iter().copied().map(found_by).collect(),
        layout: found.layout.map(|layout| match layout {
            read::Layout::Gil => Layout::Gil,
            read::Layout::FreeThreaded => Layout::FreeThreaded,
            read::Layout::PyPy => Layout::Pypy,
            read::Layout::TraceRefs => Layout::TraceRefs,
            read::Layout::Opaque => Layout::Opaque,
        }),
        name: found.name.clone(),
        doc: found.doc.clone(),
        size: found.size,
        api_version: found.api_version,
        methods: found.methods.as_ref().map(|methods| methods.iter().map(method).collect()),
        slots: found.slots.as_ref().map(|slots| slots.iter().map(slot).collect()),
        abi_info: found.abi_info.as_ref().map(abi_info),
        gil: found.gil.map(|gil| match gil {
            read::Gil::Used => Gil::Used,
            read::Gil::NotUsed => Gil::NotUsed,
        }),
        subinterpreters: found.subinterpreters.map(|declared| match declared {
            read::Subinterpreters::NotSupported => Subinterpreters::NotSupported,
            read::Subinterpreters::Supported => Subinterpreters::Supported,
            read::Subinterpreters::PerInterpreterGil => Subinterpreters::PerInterpreterGil,
        }),
    }
}

const fn found_by(way: read::FoundBy) -> FoundBy {
    match way {
        read::FoundBy::Execution => FoundBy::Execution,
        read::FoundBy::Relocations => FoundBy::Relocations,
    }
}

fn method(method: &read::Method) -> Method {
    Method { name: method.name.clone(), flags: method.flags.clone(), doc: method.doc.clone() }
}

fn slot(slot: &read::Slot) -> Slot {
    Slot { id: slot.id, name: slot.name.to_owned(), value: slot.value }
}

fn abi_info(info: &read::AbiInfo) -> AbiInfo {
    let flag = |flag: &read::AbiFlag| match flag {
        read::AbiFlag::Stable => AbiFlag::Stable,
        read::AbiFlag::Gil => AbiFlag::Gil,
        read::AbiFlag::FreeThreaded => AbiFlag::FreeThreaded,
        read::AbiFlag::Internal => AbiFlag::Internal,
    };
    AbiInfo { flags: info.flags.iter().map(flag).collect(), build: info.build.clone(), abi: info.abi.clone() }
}
