//! Module definitions that are laid out for a build with the GIL and given to one without, or vice versa.

use soabi_core::{AbiTag, CpythonAbi};
use soabi_definition::Layout;

use super::{pymoduledef_under_abi3t, rule};
use crate::definitions::given_to;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::span;
use crate::world::World;

rule!(
    "moduledef-layout-mismatch",
    Error,
    "a PyModuleDef has the layout of another kind of build than a promised Python"
);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let is_own_rule_s = |object: &&Object| !pymoduledef_under_abi3t::is_without_hook(object);
    let objects = subject.extensions().filter(is_own_rule_s);
    objects.flat_map(|object| [true, false].map(|gil| hit(object, gil))).flatten().collect()
}

/// `gil`: whether the layout is that of builds with the GIL.
fn hit(object: &Object, gil: bool) -> Option<Hit> {
    let layout = if gil { Layout::Gil } else { Layout::FreeThreaded };
    let differs = |abi: &&AbiTag| {
        let definitions = given_to(object, **abi);
        matches!(abi, AbiTag::Cpython(CpythonAbi { free_threaded, .. }) if *free_threaded == gil)
            && !definitions.is_empty()
            && definitions.iter().all(|definition| definition.layout == Some(layout))
    };
    let pythons: Vec<&AbiTag> = object.promised.iter().filter(differs).collect();
    let (built_for, headers, macro_is) = if gil {
        ("with the GIL", "free-threaded Python", "be defined")
    } else {
        ("without the GIL", "Python with the GIL", "not be defined")
    };
    (!pythons.is_empty()).then(|| {
        let message = format!(
            "claims {}, but its PyModuleDef has the layout of builds {built_for}",
            span(&pythons, &object.promised)
        );
        Hit::on(object, message).evidence("pythons", pythons).help(format!(
            "rebuild with the headers of a {headers}: Py_GIL_DISABLED must {macro_is}; for both kinds of build, \
             export `PyModExport_<name>` (PEP 793)"
        ))
    })
}
