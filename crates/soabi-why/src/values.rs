//! Values that are not in a message but follow from what is: the release of NumPy behind a number, the package that brings
//! a library, the names that a Python looks for.

use std::collections::BTreeMap;

use soabi_core::{AbiTag, CpythonAbi};
use soabi_rules::suffixes::suffixes;

use crate::context::Context;
use crate::libraries::library;

/// The names of these values, beside `<name>-path` for a path whose last part is `<name>`.
#[cfg(test)]
pub(crate) const DERIVED: &[&str] = &[
    "what",
    "package",
    "from",
    "numpy-expected",
    "numpy-got",
    "size-words",
    "slot-name",
    "built-dll",
    "removed",
    "looks-for",
    "wheel-words",
    "how",
    "words-said",
    "exported-words",
];

/// What a message says, and what follows from it.
pub(crate) fn complete(mut values: BTreeMap<String, String>, context: &Context) -> BTreeMap<String, String> {
    take_second_names(&mut values);
    for name in ["file", "library"] {
        if let Some(path) = values.get(name).cloned() {
            let path = path.trim().trim_matches(['\'', '"', '`']).to_owned();
            let last = path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(&path).to_owned();
            values.insert(name.to_owned(), last);
            values.insert(format!("{name}-path"), path);
        }
    }
    let derived = [
        (
            "what",
            values
                .get("library")
                .and_then(|name| library(name))
                .map(|library| format!(" ({})", library.what)),
        ),
        (
            "package",
            values.get("library").and_then(|name| library(name)).map(|library| library.package.to_owned()),
        ),
        ("from", procedure(&values)),
        ("numpy-expected", values.get("expected").and_then(|text| numpy(text))),
        ("numpy-got", values.get("got").and_then(|text| numpy(text))),
        ("size-words", sizes(&values)),
        ("slot-name", values.get("slot").and_then(|slot| slot_name(slot)).map(str::to_owned)),
        ("built-dll", values.get("digits").and_then(|digits| dll_version(digits))),
        ("removed", values.get("module").map(|module| last_with(module).to_owned())),
        ("looks-for", looked_for(&values, context)),
        ("words-said", values.get("words").map(|words| format!("says: {words}"))),
        ("wheel-words", values.get("file").and_then(|file| wheel_tags(file))),
    ];
    for (name, value) in derived {
        if let Some(value) = value {
            values.insert(name.to_owned(), value);
        }
    }
    values
}

/// A pattern cannot use a name twice: `file2` and `file3` are other places where `file` may stand.
fn take_second_names(values: &mut BTreeMap<String, String>) {
    let second: Vec<String> = values.keys().filter(|name| name.ends_with(['2', '3'])).cloned().collect();
    for name in second {
        if let Some(value) = values.remove(&name) {
            values.entry(name.trim_end_matches(['2', '3']).to_owned()).or_insert(value);
        }
    }
}

fn procedure(values: &BTreeMap<String, String>) -> Option<String> {
    Some(format!(" (`{}` from `{}`)", values.get("symbol")?, values.get("library")?))
}

/// The releases of NumPy whose C API has this number. Source: `numpy/core/code_generators/cversions.txt`.
fn numpy(number: &str) -> Option<String> {
    let number = u32::from_str_radix(number.trim_start_matches("0x"), 16).ok()?;
    let releases = match number {
        0x4 => "1.5 or older",
        0x6 => "1.6",
        0x7 => "1.7",
        0x9 => "1.8 and 1.9",
        0xa => "1.10 to 1.12",
        0xb => "1.13",
        0xc => "1.14 and 1.15",
        0xd => "1.16 to 1.19",
        0xe => "1.20 and 1.21",
        0xf => "1.22",
        0x10 => "1.23 and 1.24",
        0x11 => "1.25 and 1.26",
        0x12 => "2.0",
        0x13 => "2.1 and 2.2",
        0x14 => "2.3",
        0x0100_0009 => "1",
        0x0200_0000 => "2",
        _ => return None,
    };
    Some(format!(" (NumPy {releases})"))
}

/// Which of two releases of NumPy is the newer one: an array grew with 1.20 and 1.22, and a dtype shrank with 2.0.
fn sizes(values: &BTreeMap<String, String>) -> Option<String> {
    let number = |name: &str| values.get(name)?.parse::<u32>().ok();
    let (expected, got) = (number("expected")?, number("got")?);
    let kind = values.get("type").map(String::as_str);
    Some(match (kind, expected, got) {
        (Some("dtype"), 96, 88) => "it was built for NumPy 1, and NumPy 2 runs".to_owned(),
        (Some("dtype"), 88, 96) => "it was built for NumPy 2, and NumPy 1 runs".to_owned(),
        _ if expected > got => "the one that runs is older; upgrade it".to_owned(),
        _ => "the one that runs is newer; the module has to be rebuilt or upgraded".to_owned(),
    })
}

/// The name of a slot, with the version that knows it. Sources: `Include/moduleobject.h` of 3.5 to 3.14, and
/// `Include/slots_generated.h` of 3.15.
fn slot_name(slot: &str) -> Option<&'static str> {
    Some(match slot {
        "3" => " (Py_mod_multiple_interpreters, new in 3.12)",
        "4" => " (Py_mod_gil, new in 3.13)",
        "84" => " (Py_mod_create as 3.15 numbers it)",
        "85" => " (Py_mod_exec as 3.15 numbers it)",
        "86" => " (Py_mod_multiple_interpreters as 3.15 numbers it)",
        "87" => " (Py_mod_gil as 3.15 numbers it)",
        "109" => " (Py_mod_abi, new in 3.15)",
        _ => return None,
    })
}

/// `Python 3.9` of `39`.
fn dll_version(digits: &str) -> Option<String> {
    soabi_core::PyVersion::from_compact(digits).map(|version| format!("Python {version}"))
}

/// The last version whose standard library has a module. Source: "What's New" of each version, PEP 594.
fn last_with(module: &str) -> &'static str {
    match module {
        "distutils" | "imp" | "asynchat" | "asyncore" | "smtpd" => "3.11",
        "parser" | "formatter" | "symbol" | "_bootlocale" => "3.9",
        "binhex" => "3.10",
        "macpath" => "3.7",
        "dummy_threading" => "3.8",
        "asyncio.compat" => "3.6",
        _ => "3.12",
    }
}

/// The file names under which the Python that runs looks for a module.
fn looked_for(values: &BTreeMap<String, String>, context: &Context) -> Option<String> {
    let running = context.running?;
    let module = values.get("module")?.rsplit('.').next()?;
    let abi = AbiTag::Cpython(CpythonAbi::release(running));
    let suffixes = suffixes(abi, context.platform());
    let names: Vec<String> = suffixes.iter().take(4).map(|suffix| format!("`{module}{suffix}`")).collect();
    let (last, before) = names.split_last()?;
    let all = if before.is_empty() { last.clone() } else { format!("{} or {last}", before.join(", ")) };
    Some(format!("Python {running} looks for {all}"))
}

/// The tags of a wheel's name.
fn wheel_tags(file: &str) -> Option<String> {
    let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
    let [.., python, abi, platform] = parts[..] else { return None };
    (parts.len() >= 5).then(|| format!(" (it is for `{python}-{abi}-{platform}`)"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn derived(given: &[(&str, &str)], name: &str) -> Option<String> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        complete(given, &Context::default()).remove(name)
    }

    #[rstest]
    #[case::last_part(&[("file", "/x/a.so")], "file", Some("a.so"))]
    #[case::windows(&[("file", r"C:\x\a.pyd")], "file", Some("a.pyd"))]
    #[case::whole(&[("library", "@rpath/libx.dylib")], "library-path", Some("@rpath/libx.dylib"))]
    #[case::second_name(&[("file2", "/x/a.so")], "file", Some("a.so"))]
    #[case::first_name_stays(&[("file", "b.so"), ("file2", "/x/a.so")], "file", Some("b.so"))]
    #[case::numpy(&[("expected", "0xe")], "numpy-expected", Some(" (NumPy 1.20 and 1.21)"))]
    #[case::unknown_numpy(&[("expected", "0xff")], "numpy-expected", None)]
    #[case::older(&[("expected", "88"), ("got", "80")], "size-words", Some("the one that runs is older; upgrade it"))]
    #[case::two(&[("type", "dtype"), ("expected", "96"), ("got", "88")], "size-words", Some("it was built for NumPy 1, and NumPy 2 runs"))]
    #[case::dll(&[("digits", "39")], "built-dll", Some("Python 3.9"))]
    #[case::tags(&[("file", "/x/a-1.0-cp38-cp38-win_amd64.whl")], "wheel-words", Some(" (it is for `cp38-cp38-win_amd64`)"))]
    #[case::no_wheel(&[("file", "a.whl")], "wheel-words", None)]
    fn values(#[case] given: &[(&str, &str)], #[case] name: &str, #[case] expected: Option<&str>) {
        assert_eq!(derived(given, name).as_deref(), expected);
    }

    #[test]
    fn names_that_a_python_looks_for() {
        let context = Context::of("/x/python3.13/site-packages/a.py", "");
        let values = BTreeMap::from([("module".to_owned(), "x._a".to_owned())]);
        assert_eq!(
            complete(values, &context)["looks-for"],
            "Python 3.13 looks for `_a.cpython-313-x86_64-linux-gnu.so`, `_a.abi3.so` or `_a.so`"
        );
    }
}
