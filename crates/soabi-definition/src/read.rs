//! From an image to its definitions.
//!
//! Constructors are executed first, then each init function; the relocations are the second witness, and the only
//! one on machines that cannot be executed here. What contradicts is reported, not decided.

use soabi_core::{InitKind, InitSymbol};
use soabi_object::{Image, ObjectError};

use crate::built_with::{self, BuiltWith};
use crate::calls::Created;
use crate::cpu::{Level, Needs};
use crate::definition::{self, Decoded, minimum};
use crate::design;
use crate::execute::{Executor, Stop};
use crate::inlined;
use crate::machine::Machine;
use crate::memory::Memory;
use crate::program::Program;
use crate::report::{Definition, FoundBy, Gil, NoneBecause, Phase, Reading, Subinterpreters};
use crate::scan::{Scan, scan};
use crate::value::Value;

/// Instructions for one init function.
const INIT_BUDGET: u32 = 120_000;
/// Instructions for the second try, which enters no calls.
const FLAT_BUDGET: u32 = 20_000;
/// Instructions for all init functions of a file together.
const FILE_BUDGET: u32 = 1_000_000;
/// Instructions for one constructor, and for all of a file.
const CONSTRUCTOR_BUDGET: u32 = 3000;
const CONSTRUCTORS_BUDGET: u32 = 150_000;
/// Instructions after the first definition, in search of others.
const MORE_BUDGET: u32 = 2000;
/// The most init symbols of a file that are read.
const MOST_INITS: usize = 1024;
/// The most definitions of one init function.
const MOST_DEFINITIONS: usize = 8;

/// What the reader of a file knows about it beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'o> {
    /// The module's name by the name of the file, without package and suffixes. Python 2 looks up `init<module>`;
    /// other functions whose names start with `init` are no init symbols. `None` reads no init symbol of Python 2.
    pub module: Option<&'o str>,
    /// Whether the file claims the stable ABI, so that accesses to the insides of structures are looked for.
    pub stable_abi: bool,
    /// The processor that the file claims to run on.
    pub baseline: Level,
}

/// Reads everything about one image.
///
/// # Errors
///
/// When the relocations of the image cannot be read.
pub fn read(image: &Image<'_>, options: &Options<'_>) -> Result<Reading, ObjectError> {
    let program = Program::new(image)?;
    let machine = Machine::of(program.arch(), program.format());
    let inits = init_symbols(image, options.module);
    // A library that is no module is executed for its constructors only.
    let scanned = if inits.is_empty() { Scan::default() } else { scan(&Memory::new(&program)) };
    let mut executor = machine.map(|machine| Executor::new(&program, machine));
    let mut constructors_ask = false;
    if let Some(executor) = &mut executor {
        executor.context.needs = Some(Needs::default());
        constructors_ask = construct(executor, image);
    }
    let mut definitions = Vec::new();
    let mut budget = FILE_BUDGET;
    for init in inits {
        definitions.extend(read_init(&program, executor.as_mut(), &scanned, &init, &mut budget));
    }
    let cpu = executor
        .as_mut()
        .and_then(|executor| executor.context.needs.take())
        .map(|needs| needs.above(options.baseline))
        .unwrap_or_default();
    // A library that is no module has neither headers nor a toolkit.
    let built_with = if definitions.is_empty() {
        BuiltWith::default()
    } else {
        built_with::read(&program, executor.as_mut(), &scanned, &definitions)
    };
    let inlined = match &mut executor {
        Some(executor) if options.stable_abi => inlined::find(executor, &definitions, &built_with),
        _ => Vec::new(),
    };
    // An interpreter that is too old for the export function takes the init function beside it.
    let inits = definitions.iter().filter(|definition| definition.phase != Phase::Export);
    let needed: Vec<_> =
        if inits.clone().next().is_some() { inits.collect() } else { definitions.iter().collect() };
    let minimum_by_data = minimum::of(
        needed.iter().flat_map(|definition| definition.slots.iter().flatten()),
        needed.iter().flat_map(|definition| definition.methods.iter().flatten()),
        &scanned.specs,
    );
    Ok(Reading {
        definitions,
        built_with,
        static_types: scanned.types,
        type_specs: scanned.specs,
        minimum_by_data,
        inlined,
        constructors_ask,
        cpu,
    })
}

/// Whether the image has an init symbol, of Python 2 only one for the module.
pub(crate) fn has_init(image: &Image<'_>, options: &Options<'_>) -> bool {
    !init_symbols(image, options.module).is_empty()
}

/// As [`read`]; where the relocations cannot be read, no definition is decoded.
pub(crate) fn read_or_nothing(image: &Image<'_>, options: &Options<'_>) -> Reading {
    read(image, options).unwrap_or_else(|_| {
        let inits = init_symbols(image, options.module).into_iter();
        let definitions = inits.map(|(init, _)| nothing(init.to_string(), NoneBecause::NotDecoded)).collect();
        Reading { definitions, ..Reading::default() }
    })
}

/// The init symbols of the image with their addresses.
fn init_symbols(image: &Image<'_>, module: Option<&str>) -> Vec<(InitSymbol, u64)> {
    let is_init = |init: &InitSymbol| {
        init.kind != InitKind::Init
            || module.is_some_and(|module| {
                init.module == module || module.strip_suffix("module") == Some(init.module.as_str())
            })
    };
    let mut inits: Vec<(InitSymbol, u64)> = Vec::new();
    for symbol in image.symbols().iter().filter(|symbol| symbol.exported) {
        let (Some(init), Some(address)) = (InitSymbol::parse(&symbol.name), symbol.address) else { continue };
        if inits.len() < MOST_INITS && is_init(&init) {
            inits.push((init, address));
        }
    }
    inits.sort();
    inits.dedup();
    inits
}

/// Executes the functions that the loader calls before the init function, and keeps what they stored. Returns whether one
/// of them calls the interpreter.
fn construct(executor: &mut Executor<'_>, image: &Image<'_>) -> bool {
    let mut asks = false;
    let mut left = CONSTRUCTORS_BUDGET;
    // An image whose list cannot be read has definitions all the same; the loader's answer is not asked here.
    for address in image.init_array().unwrap_or_default() {
        if left == 0 {
            break;
        }
        let budget = CONSTRUCTOR_BUDGET.min(left);
        executor.start(address, budget);
        let _ = executor.next_stop();
        let program = executor.context.memory.program;
        asks |= executor.calls.iter().any(|call| is_of_python(program.symbol_name(call.symbol)));
        left -= (budget - executor.budget).max(1).min(left);
        executor.commit();
    }
    asks
}

/// Whether a name is one of the interpreter's.
fn is_of_python(name: &str) -> bool {
    name.starts_with("Py") || name.starts_with("_Py")
}

/// A definition with what its creation told.
struct Candidate {
    decoded: Decoded,
    phase: Phase,
    api_version: Option<u32>,
}

impl Candidate {
    /// Whether another path created the same module. The same memory may be filled in two ways.
    fn is_same(&self, decoded: &Decoded, phase: Phase) -> bool {
        self.phase == phase
            && self.decoded.layout == decoded.layout
            && (self.decoded.address.is_some() && self.decoded.address == decoded.address
                || self.decoded == Decoded { address: self.decoded.address, ..decoded.clone() })
    }
}

fn read_init(
    program: &Program<'_>,
    executor: Option<&mut Executor<'_>>,
    scanned: &Scan,
    (init, address): &(InitSymbol, u64),
    budget: &mut u32,
) -> Vec<Definition> {
    let mut none_because = None;
    let mut candidates = Vec::new();
    if let Some(executor) = executor {
        let allowed = INIT_BUDGET.min(*budget);
        executor.start(*address, allowed);
        let mut stub = false;
        candidates = explore(executor, init, &mut stub);
        *budget -= allowed - executor.budget.min(allowed);
        if candidates.is_empty() {
            none_because = design::recognise(executor, stub);
        }
        if candidates.is_empty() && none_because.is_none() {
            let allowed = FLAT_BUDGET.min(*budget);
            executor.start_at_depth(*address, allowed, 0);
            candidates = explore(executor, init, &mut stub);
            *budget -= allowed - executor.budget.min(allowed);
        }
    }
    let symbol = init.to_string();
    if !candidates.is_empty() {
        let known: Vec<_> = candidates.iter().filter_map(|candidate| candidate.decoded.address).collect();
        return candidates
            .into_iter()
            .map(|candidate| {
                let (found_by, disagreement) = witness(&candidate.decoded, scanned, program, &init.module);
                let mut definition = finish(program, symbol.clone(), candidate, found_by);
                definition.disagreement = disagreement.filter(|address| !known.contains(address));
                definition
            })
            .collect();
    }
    if none_because.is_none()
        && let Some(candidate) = by_relocations(program, scanned, init)
    {
        return vec![finish(program, symbol, candidate, vec![FoundBy::Relocations])];
    }
    let because = none_because.or_else(|| design::by_imports(program)).unwrap_or(NoneBecause::NotDecoded);
    vec![nothing(symbol, because)]
}

/// Follows the init function to every definition that it may create. `stub` is set if it does nothing at all.
fn explore(executor: &mut Executor<'_>, init: &InitSymbol, stub: &mut bool) -> Vec<Candidate> {
    let exports = matches!(init.kind, InitKind::PyModExport | InitKind::PyModExportU);
    let mut candidates: Vec<Candidate> = Vec::new();
    while let Some(stop) = executor.next_stop() {
        let memory = &executor.context.memory;
        let found = match stop {
            Stop::Created(Created::MultiPhase { definition: Value::Int(address) }) => {
                definition::module_def(memory, address, false).map(|decoded| (decoded, Phase::Multi, None))
            }
            Stop::Created(Created::SinglePhase {
                definition: Value::Int(address),
                api_version,
                trace_refs,
            }) => definition::module_def(memory, address, trace_refs)
                .map(|decoded| (decoded, Phase::Single, api_version)),
            Stop::Created(Created::Python2 { name, methods, doc, api_version }) => {
                definition::python_2(memory, name, methods, doc)
                    .map(|decoded| (decoded, Phase::Single, api_version))
            }
            Stop::Returned(Value::Int(address)) if exports && address != 0 => {
                definition::exported_slots(memory, address).map(|decoded| (decoded, Phase::Export, None))
            }
            Stop::Returned(Value::Int(0)) => {
                *stub |= executor.calls.is_empty() && !executor.context.registers.forked;
                None
            }
            _ => None,
        };
        let Some((decoded, phase, api_version)) = found else { continue };
        let is_new = candidates.iter().all(|known| !known.is_same(&decoded, phase));
        if is_new && candidates.len() < MOST_DEFINITIONS {
            let api_version = api_version.and_then(|version| u32::try_from(version).ok());
            candidates.push(Candidate { decoded, phase, api_version });
            executor.budget = executor.budget.min(MORE_BUDGET);
        }
    }
    candidates
}

/// Which ways lead to a definition that execution found, and another address that the relocations show.
fn witness(
    decoded: &Decoded,
    scanned: &Scan,
    program: &Program<'_>,
    module: &str,
) -> (Vec<FoundBy>, Option<u64>) {
    let mut found_by = vec![FoundBy::Execution];
    let Some(address) = decoded.address.filter(|&address| program.is_mapped(address)) else {
        return (found_by, None);
    };
    // What the relocations alone show of a head with `Py_TRACE_REFS` is its second half.
    let half = definition::Layout::Gil.object_size(program.width());
    let seen_at = |other: &Decoded| {
        other.address == Some(address)
            || decoded.layout == definition::Layout::TraceRefs && other.address == address.checked_add(half)
    };
    if scanned.definitions.iter().any(seen_at) {
        found_by.push(FoundBy::Relocations);
        return (found_by, None);
    }
    let other = match scanned.named(module).as_slice() {
        [other] if decoded.layout != definition::Layout::Opaque => other.address,
        _ => None,
    };
    (found_by, other)
}

/// The definition that the relocations alone show.
fn by_relocations(program: &Program<'_>, scanned: &Scan, init: &InitSymbol) -> Option<Candidate> {
    let named = scanned.named(&init.module);
    let only = match (named.as_slice(), scanned.definitions.as_slice()) {
        _ if init.kind == InitKind::Init => return None,
        (&[only], _) | ([], [only]) => only,
        _ => return None,
    };
    let decoded = only.clone();
    let multi = program.imports("PyModuleDef_Init") || program.imports("PyPyModuleDef_Init");
    let single = program.imported().any(|name| name.contains("Module_Create2"));
    let has_slots = decoded.slots.as_ref().is_some_and(|slots| !slots.is_empty());
    let phase = match (has_slots, multi, single) {
        (true, ..) | (false, true, false) => Phase::Multi,
        (false, false, true) => Phase::Single,
        _ => Phase::None,
    };
    Some(Candidate { decoded, phase, api_version: None })
}

fn finish(
    program: &Program<'_>,
    init: String,
    Candidate { decoded, phase, api_version }: Candidate,
    found_by: Vec<FoundBy>,
) -> Definition {
    let declared = |ids: [u16; 2]| {
        let slots = decoded.slots.iter().flatten();
        slots.filter(|slot| ids.contains(&slot.id)).filter_map(|slot| slot.value).next_back()
    };
    let gil = match declared([4, 87]) {
        Some(0) => Some(Gil::Used),
        Some(1) => Some(Gil::NotUsed),
        // The function has no other use than to say so.
        _ if phase == Phase::Single && program.imports("PyUnstable_Module_SetGIL") => Some(Gil::NotUsed),
        _ => None,
    };
    let subinterpreters = match declared([3, 86]) {
        Some(0) => Some(Subinterpreters::NotSupported),
        Some(1) => Some(Subinterpreters::Supported),
        Some(2) => Some(Subinterpreters::PerInterpreterGil),
        _ => None,
    };
    Definition {
        init,
        phase,
        none_because: None,
        found_by,
        layout: Some(decoded.layout),
        name: decoded.name,
        doc: decoded.doc,
        size: decoded.size,
        api_version,
        methods: decoded.methods,
        slots: decoded.slots,
        abi_info: decoded.abi_info,
        gil,
        subinterpreters,
        head: decoded.head,
        address: decoded.address.filter(|&address| program.is_mapped(address)),
        disagreement: None,
    }
}

fn nothing(init: String, because: NoneBecause) -> Definition {
    Definition {
        init,
        phase: Phase::None,
        none_because: Some(because),
        found_by: Vec::new(),
        layout: None,
        name: None,
        doc: None,
        size: None,
        api_version: None,
        methods: None,
        slots: None,
        abi_info: None,
        gil: None,
        subinterpreters: None,
        head: None,
        address: None,
        disagreement: None,
    }
}
