//! What an interpreter makes of a module's definition: whether it refuses it, what becomes of the GIL, which
//! subinterpreters take it.
//!
//! This is the gate `runtime`: the file is found, every name binds, the init symbol is there. File names, symbols and
//! promises are not looked at. A refusal is predicted only where the init function was followed to every definition
//! that it may choose, and the interpreter refuses each of them.
//!
//! Sources: CPython's `Objects/moduleobject.c`, `Python/importdl.c` and `Python/modsupport.c` (`PyABIInfo_Check`);
//! PEP 489, PEP 684, PEP 703, PEP 793. Each case was tried in the interpreters (`soabi matrix`).

use soabi_core::{AbiTag, CpythonAbi, GilEffect, InitSymbol, OutcomeKind, PyVersion, SubinterpreterEffect};
use soabi_definition::{AbiFlag, AbiInfo, Definition, Gil, Layout, Phase, Subinterpreters};

use crate::definitions::{NESTED, executed_for, given_to, unknown_slots_of};
use crate::method_flags::{Fault, fault};
use crate::object::Object;
use crate::words::named;

/// The first version whose modules say whether they work in subinterpreters with a GIL of their own (PEP 684).
const OWN_GIL: PyVersion = PyVersion::new(3, 12);
/// The number of the slot `Py_mod_abi`.
const ABI: u16 = 109;

/// Why an interpreter itself refuses a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuntimeRefusal {
    /// The reason, as a lowercase fragment.
    pub(crate) why: String,
    /// Whether it is an exception or the end of the process. `None` where it may be either.
    pub(crate) outcome: Option<OutcomeKind>,
}

impl RuntimeRefusal {
    fn exception(why: impl Into<String>) -> Self {
        Self { why: why.into(), outcome: Some(OutcomeKind::Refused) }
    }
}

/// Why `abi` refuses the module when it is imported, if that is certain.
pub(crate) fn refusal(object: &Object, abi: AbiTag) -> Option<RuntimeRefusal> {
    if let Some(init) = init_of_data(object, abi) {
        let why = format!("`{init}` is a variable, which is called as if it were a function");
        return Some(RuntimeRefusal { why, outcome: Some(OutcomeKind::Crashed) });
    }
    let AbiTag::Cpython(python) = abi else { return None };
    let definitions = executed_for(object, abi);
    let asks = object.reading.as_ref().is_some_and(|reading| reading.constructors_ask);
    let refusals: Option<Vec<_>> =
        definitions.into_iter().map(|definition| refused(definition, python, asks)).collect();
    let mut refusals = refusals?.into_iter();
    let first = refusals.next()?;
    let outcome = first.outcome.filter(|_| refusals.all(|other| other.outcome == first.outcome));
    Some(RuntimeRefusal { outcome, ..first })
}

/// The init symbol that `abi` takes, where it names a variable: `dlsym` does not ask what a name stands for.
fn init_of_data(object: &Object, abi: AbiTag) -> Option<InitSymbol> {
    let version = abi.python_version()?;
    let taken = InitSymbol::looked_up_by(version, object.module(version.major))
        .into_iter()
        .find(|init| object.init.contains(init))?;
    object.is_variable(&taken).then_some(taken)
}

/// `asks` says whether constructors call the interpreter.
fn refused(definition: &Definition, python: CpythonAbi, asks: bool) -> Option<RuntimeRefusal> {
    match definition.phase {
        Phase::None => None,
        Phase::Export => abi_note(definition, python).or_else(|| bad_flags(definition, python)),
        Phase::Single => misread(definition, python, asks)
            .or_else(|| single_with_slots(definition))
            .or_else(|| bad_flags(definition, python)),
        Phase::Multi => misread(definition, python, asks)
            .or_else(|| multi_without_state(definition))
            .or_else(|| unknown_slots(definition, python))
            .or_else(|| abi_note(definition, python))
            .or_else(|| bad_flags(definition, python)),
    }
}

/// A `PyModuleDef` whose fields the interpreter looks for in other places. Constructors that call the interpreter do so
/// with objects of the other layout, too, and before it comes to refuse anything.
fn misread(definition: &Definition, python: CpythonAbi, asks: bool) -> Option<RuntimeRefusal> {
    let layout =
        definition.layout.filter(|layout| *layout != Layout::Opaque && *layout != own_layout(python))?;
    // Without its name nothing tells that the definition was decoded as it is at run time.
    definition.name.as_ref()?;
    let (of, fits) = match layout {
        Layout::FreeThreaded => ("a free-threaded build", "with the GIL"),
        Layout::TraceRefs => ("a build with Py_TRACE_REFS", "without it"),
        _ if python.free_threaded => ("a build with the GIL", "without it"),
        _ => ("another kind of build", "of this one"),
    };
    let why =
        format!("its PyModuleDef is laid out for {of}: {python}, {fits}, reads other fields in its place");
    // Nobody ran 3.15 without the GIL for this table.
    let is_known = !python.free_threaded || python.version < PyVersion::new(3, 15);
    let outcome = match (layout, definition.phase) {
        // `m_size` is where the name is looked for, or null is, which are no text (`PyModule_Create2`).
        (Layout::Gil | Layout::FreeThreaded, Phase::Single) if is_known => Some(OutcomeKind::Crashed),
        // `m_name` is where the index is looked for, so that the type is not set (`PyModuleDef_Init`).
        (Layout::Gil, Phase::Multi) if is_known && !python.debug => Some(OutcomeKind::Refused),
        // `m_size` is where the slots are looked for. Without state the docstring is taken for the methods, and its
        // letters decide: a crash, an exception about flags, or one about memory.
        (Layout::FreeThreaded, Phase::Multi) if definition.size > Some(0) => Some(OutcomeKind::Crashed),
        _ => None,
    };
    Some(RuntimeRefusal { why, outcome: outcome.filter(|_| !asks) })
}

/// The layout of the interpreter's own `PyModuleDef`.
const fn own_layout(python: CpythonAbi) -> Layout {
    if python.free_threaded {
        Layout::FreeThreaded
    } else if python.debug && python.version.minor < 8 {
        Layout::TraceRefs
    } else {
        Layout::Gil
    }
}

fn single_with_slots(definition: &Definition) -> Option<RuntimeRefusal> {
    definition.slots.as_ref().filter(|slots| !slots.is_empty())?;
    Some(RuntimeRefusal::exception(
        "its definition has slots, which `PyModule_Create` refuses with a SystemError",
    ))
}

fn multi_without_state(definition: &Definition) -> Option<RuntimeRefusal> {
    definition.size.filter(|size| *size < 0)?;
    let why = "its m_size is negative, which multi-phase initialisation refuses with a SystemError";
    Some(RuntimeRefusal::exception(why))
}

fn unknown_slots(definition: &Definition, python: CpythonAbi) -> Option<RuntimeRefusal> {
    let slots = unknown_slots_of(definition, python.version).into_iter();
    let slots: Vec<String> = slots.map(|slot| format!("{} ({})", slot.id, slot.name)).collect();
    (!slots.is_empty()).then(|| {
        RuntimeRefusal::exception(format!(
            "{python} says `unknown slot ID`: it does not know {}",
            named(&slots)
        ))
    })
}

/// Functions that the interpreter does not make: a `SystemError`, or a `ValueError`.
fn bad_flags(definition: &Definition, python: CpythonAbi) -> Option<RuntimeRefusal> {
    let methods = definition.methods.iter().flatten();
    let bad = methods.filter(|method| fault(method, python.version, false) == Some(Fault::Refused));
    let bad: Vec<&str> = bad.map(|method| method.name.as_str()).collect();
    (!bad.is_empty()).then(|| {
        RuntimeRefusal::exception(format!("{python} refuses the flags of the function {}", named(&bad)))
    })
}

/// What `PyABIInfo_Check` says, and that slots without a `PyModuleDef` have to have the note (PEP 793).
fn abi_note(definition: &Definition, python: CpythonAbi) -> Option<RuntimeRefusal> {
    if let Some(info) = &definition.abi_info {
        let why = disagreement(info, python)?;
        return Some(RuntimeRefusal::exception(format!("{why}: an ImportError")));
    }
    let slots = definition.slots.as_ref()?;
    let may_have_it = slots.iter().any(|slot| slot.id == ABI || NESTED.contains(&slot.id));
    (definition.phase == Phase::Export && !may_have_it).then(|| {
        RuntimeRefusal::exception("its slots have no `Py_mod_abi`, which is mandatory: a SystemError")
    })
}

/// Why an interpreter that knows the ABI note refuses the module for it.
pub(crate) fn disagreement(info: &AbiInfo, python: CpythonAbi) -> Option<String> {
    let has = |flag| info.flags.contains(&flag);
    let [major, minor, ..] = info.abi_hex.to_be_bytes();
    let version = (info.abi_hex != 0).then_some(PyVersion::new(major, minor));
    let (stable, gil, free_threaded) = (has(AbiFlag::Stable), has(AbiFlag::Gil), has(AbiFlag::FreeThreaded));
    let too_new = stable && version.is_some_and(|version| version > python.version);
    let other = !stable && version.is_some_and(|version| version != python.version);
    let words = match version {
        Some(version) if too_new => format!("the stable ABI of {version}, which {python} does not have yet"),
        Some(version) if other => format!("the ABI of {version} and no other"),
        _ if stable && has(AbiFlag::Internal) => "both the internal and the stable ABI".to_owned(),
        _ if python.free_threaded && gil && !free_threaded => "builds with the GIL only".to_owned(),
        _ if !python.free_threaded && free_threaded && !gil => "free-threaded builds only".to_owned(),
        _ => return None,
    };
    Some(format!("its PyABIInfo names {words}"))
}

/// What an import of the module does to the GIL of a free-threaded build. `None` where that is not known, and for
/// builds that cannot be without it.
pub(crate) fn gil(object: &Object, abi: AbiTag) -> Option<GilEffect> {
    let AbiTag::Cpython(CpythonAbi { free_threaded: true, .. }) = abi else { return None };
    agreed(object, abi, |definition| match (definition.gil, definition.phase) {
        (Some(Gil::NotUsed), _) => Some(GilEffect::StaysOff),
        (Some(Gil::Used), _) | (None, Phase::Single) => Some(GilEffect::TurnedOn),
        (None, _) if has_no_slot(definition, "gil") => Some(GilEffect::TurnedOn),
        (None, _) => None,
    })
}

/// Which subinterpreters take the module, from 3.12 on: what the interpreter makes of its slots. Its own code may
/// refuse more.
pub(crate) fn subinterpreters(object: &Object, abi: AbiTag) -> Option<SubinterpreterEffect> {
    let AbiTag::Cpython(python) = abi else { return None };
    if python.version < OWN_GIL {
        return None;
    }
    agreed(object, abi, |definition| match (definition.subinterpreters, definition.phase) {
        (_, Phase::Single) | (Some(Subinterpreters::NotSupported), _) => Some(SubinterpreterEffect::Refused),
        (Some(Subinterpreters::PerInterpreterGil), _) => Some(SubinterpreterEffect::OwnGil),
        (Some(Subinterpreters::Supported), _) => Some(SubinterpreterEffect::Shared),
        (None, _) if has_no_slot(definition, "multiple_interpreters") => Some(SubinterpreterEffect::Shared),
        (None, _) => None,
    })
}

/// The answer that every definition gives which the init function may choose.
fn agreed<T: PartialEq>(
    object: &Object,
    abi: AbiTag,
    answer: impl Fn(&Definition) -> Option<T>,
) -> Option<T> {
    let mut answers = given_to(object, abi).into_iter().map(answer);
    let first = answers.next()??;
    answers.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// Whether the slots of a definition are known, and none of them is called `name`.
fn has_no_slot(definition: &Definition, name: &str) -> bool {
    let hides = |slot: &soabi_definition::Slot| slot.name == name || NESTED.contains(&slot.id);
    definition.slots.as_ref().is_some_and(|slots| !slots.iter().any(hides))
}
