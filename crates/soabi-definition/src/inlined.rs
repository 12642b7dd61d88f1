//! Accesses to the insides of structures that the limited API keeps opaque.
//!
//! A file for the stable ABI that reads `ob_item` of a tuple at a constant offset has a macro of one version's
//! headers inlined, and reads the wrong bytes in another. The functions of the module are executed for a few
//! hundred instructions each; an access through an object that an imported function returned, or through the tuple
//! of arguments, is reported. Values that travel through memory are lost, so that absence proves nothing.

use std::collections::{HashSet, VecDeque};

use serde::Serialize;
use soabi_object::RelocationKind;

use crate::built_with::BuiltWith;
use crate::execute::Executor;
use crate::machine::ObjectAccess;
use crate::module::Definition;
use crate::value::{ObjectKind, Value};

/// Instructions for one function, and for all.
const FUNCTION_BUDGET: u32 = 200;
const FILE_BUDGET: u32 = 2_000;
/// Calls are entered up to this depth.
const DEPTH: u8 = 1;
/// The most functions that data point to.
const MOST_FUNCTIONS: usize = 4096;
/// The most accesses that are reported.
const MOST: usize = 16;

/// An access to the inside of a structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InlinedAccess {
    /// The address of the instruction.
    pub address: u64,
    /// The structure: `tuple`, `list`, `unicode`, `float`, `bytes`, `int`.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// The offset in it.
    pub offset: i32,
}

/// The accesses in the functions of the modules.
pub(crate) fn find(
    executor: &mut Executor<'_>,
    definitions: &[Definition],
    built_with: &BuiltWith,
) -> Vec<InlinedAccess> {
    let mut found: Vec<InlinedAccess> = Vec::new();
    let mut left = FILE_BUDGET;
    executor.context.accesses = Some(Vec::new());
    let mut seen = HashSet::new();
    let mut waiting: VecDeque<_> = functions(executor, definitions).into();
    while let Some((function, takes_tuple)) = waiting.pop_front() {
        if !seen.insert(function) {
            continue;
        }
        if left == 0 {
            break;
        }
        let budget = FUNCTION_BUDGET.min(left);
        executor.start_at_depth(function, budget, DEPTH);
        if takes_tuple {
            executor.set_argument(1, Value::Object(ObjectKind::Tuple, 0));
        }
        loop {
            match executor.next_stop() {
                Some(crate::execute::Stop::Created(_)) => executor.resume(),
                Some(_) => {}
                None => break,
            }
        }
        left -= (budget - executor.budget).max(1).min(left);
        waiting.extend(executor.take_called().into_iter().map(|function| (function, false)));
        for access in executor.take_accesses() {
            let known = found.iter().any(|known| known.address == access.at);
            if let Some(type_name) = inside(access, built_with.gil == Some(false))
                && !known
                && found.len() < MOST
            {
                found.push(InlinedAccess { address: access.at, type_name, offset: access.offset });
            }
        }
    }
    executor.context.accesses = None;
    found.sort_by_key(|access| access.address);
    found
}

/// The functions of the modules and those that data point to, and whether the second argument of each is a tuple.
fn functions(executor: &Executor<'_>, definitions: &[Definition]) -> Vec<(u64, bool)> {
    let mut functions = Vec::new();
    for definition in definitions {
        for method in definition.methods.iter().flatten() {
            let takes_tuple = method.raw_flags & 0x8f == 1 || method.raw_flags & 0x8f == 3;
            functions.extend(method.function.map(|function| (function, takes_tuple)));
        }
        for slot in definition.slots.iter().flatten().filter(|slot| matches!(slot.id, 2 | 85)) {
            functions.extend(slot.address().map(|function| (function, false)));
        }
    }
    let program = executor.context.memory.program;
    let pointers =
        program.relocations().iter().filter(|relocation| relocation.kind == RelocationKind::Relative);
    let targets = pointers.map(|relocation| relocation.addend.cast_unsigned());
    functions
        .extend(targets.filter(|&target| program.is_code(target)).take(MOST_FUNCTIONS).map(|at| (at, false)));
    functions
}

/// The type whose inside an access reaches. `PyObject` and `ob_size` are open to the limited API; the fields behind
/// them are words, so that an odd offset is no field.
fn inside(access: ObjectAccess, free_threaded: bool) -> Option<&'static str> {
    let moved = if free_threaded { 0x10 } else { 0 };
    let (type_name, first) = match access.kind {
        ObjectKind::Tuple => ("tuple", 0x18),
        ObjectKind::List => ("list", 0x18),
        ObjectKind::Bytes => ("bytes", 0x18),
        ObjectKind::Long => ("int", 0x18),
        ObjectKind::Unicode => ("unicode", 0x10),
        ObjectKind::Float => ("float", 0x10),
        ObjectKind::Plain | ObjectKind::Module | ObjectKind::VersionText => return None,
    };
    let sound = access.offset >= first + moved
        && access.offset < 0x1000
        && access.offset % 8 == 0
        && access.size >= 4;
    sound.then_some(type_name)
}
