//! The version that a toolkit's own code compares the interpreter's with.

use soabi_core::version::PyVersion;
use soabi_object::Arch;

use crate::execute::{Call, Executor};
use crate::module::Definition;
use crate::program::Program;
use crate::value::{ObjectKind, Value};

/// Instructions for the search in one function.
const BUDGET: u32 = 20_000;
/// The most code that is searched for a comparison.
const MOST_CODE: usize = 16 << 20;

/// The functions that initialise the modules of a file: exec slots, then init functions.
fn functions(executor: &Executor<'_>, definitions: &[Definition]) -> Vec<u64> {
    let image = executor.context.memory.program.image();
    definitions
        .iter()
        .take(4)
        .flat_map(|definition| {
            let slots = definition.slots.iter().flatten();
            let exec =
                slots.filter(|slot| matches!(slot.id, 2 | 85)).filter_map(crate::definition::Slot::address);
            exec.chain(image.export(&definition.init)).take(1).collect::<Vec<_>>()
        })
        .collect()
}

fn text(executor: &Executor<'_>, value: Option<&Value>) -> Option<String> {
    executor.context.memory.text(value?.int()?)
}

/// The version in Cython's check at the start of a module (`__Pyx_check_binary_version`): two numbers that it
/// formats with `%d.%d`.
pub(crate) fn cython(executor: &mut Executor<'_>, definitions: &[Definition]) -> Option<PyVersion> {
    // The check is passed over where the versions agree.
    executor.context.interpreter_is_unlike = true;
    let found = functions(executor, definitions).into_iter().find_map(|function| {
        executor.start(function, BUDGET);
        executor.set_argument(0, Value::Object(ObjectKind::Module, 0));
        let call = executor.find_call(|executor, call| formatted_version(executor, call).is_some())?;
        formatted_version(executor, &call)
    });
    executor.context.interpreter_is_unlike = false;
    found
}

/// The two numbers of a call of `PyOS_snprintf(buffer, size, "%d.%d...", 3, 12)`.
fn formatted_version(executor: &Executor<'_>, call: &Call) -> Option<PyVersion> {
    let name = executor.context.memory.program.symbol_name(call.symbol);
    let (format, first) = match name {
        "PyOS_snprintf" | "PyErr_WarnFormat" => (2, 3),
        "PyErr_Format" => (1, 2),
        _ => return None,
    };
    let format = text(executor, call.arguments.get(format))?;
    if format != "%d.%d" && !format.starts_with("compile time Python version %d.%d") {
        return None;
    }
    let number = |index: usize| {
        let value = match &call.variadic {
            Some(stack) => stack.get(index - first),
            None => call.arguments.get(index),
        };
        value?.truncate(4).int()
    };
    version(number(first)?, number(first + 1)?)
}

fn version(major: u64, minor: u64) -> Option<PyVersion> {
    match (major, u8::try_from(minor)) {
        (2, Ok(7)) => Some(PyVersion::new(2, 7)),
        (3, Ok(minor)) if minor < 64 => Some(PyVersion::new(3, minor)),
        _ => None,
    }
}

/// The version that pybind11 compares the start of `Py_GetVersion()` with.
pub(crate) fn pybind11(executor: &mut Executor<'_>, definitions: &[Definition]) -> Option<PyVersion> {
    let image = executor.context.memory.program.image();
    let functions: Vec<_> =
        definitions.iter().take(4).filter_map(|definition| image.export(&definition.init)).collect();
    functions.into_iter().find_map(|function| {
        executor.start(function, BUDGET);
        let call = executor.find_call(|executor, call| compared_version(executor, call).is_some())?;
        compared_version(executor, &call)
    })
}

fn compared_version(executor: &Executor<'_>, call: &Call) -> Option<PyVersion> {
    let name = executor.context.memory.program.symbol_name(call.symbol);
    let argument = match name {
        "strncmp" | "memcmp" if matches!(call.arguments[0], Value::Object(ObjectKind::VersionText, _)) => 1,
        "PyErr_Format"
            if text(executor, call.arguments.get(1))
                .is_some_and(|text| text.starts_with("Python version mismatch")) =>
        {
            2
        }
        _ => return None,
    };
    let text = text(executor, call.arguments.get(argument))?;
    let (major, minor) = text.split_once('.')?;
    version(major.parse().ok()?, minor.parse().ok()?)
}

/// The version of the limited API that Cython compares the interpreter's with: the one `cmp reg, 0x03XX0000` of
/// the code. `None` if there are several.
pub(crate) fn limited_cython(program: &Program<'_>) -> Option<PyVersion> {
    if program.arch() != Arch::X86_64 {
        return None;
    }
    let mut found = None;
    let mut left = MOST_CODE;
    for segment in program.image().segments().iter().filter(|segment| segment.executable) {
        let Some(bytes) = program.bytes_from(segment.address) else { continue };
        let bytes = &bytes[..bytes.len().min(left)];
        left -= bytes.len();
        for window in bytes.windows(6) {
            // `cmp eax, imm32` or `cmp r32, imm32`.
            let ([_, 0x3d, 0, 0, minor, 3] | [0x81, 0xf8..=0xff, 0, 0, minor, 3]) = *window else { continue };
            if !(2..64).contains(&minor) {
                continue;
            }
            match found {
                Some(known) if known != minor => return None,
                _ => found = Some(minor),
            }
        }
    }
    found.map(|minor| PyVersion::new(3, minor))
}
