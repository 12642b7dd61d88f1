//! An init symbol for the module, of an era that a promised interpreter does not look for.

use soabi_core::{AbiTag, InitSymbol};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::predict::lacks_init;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("wrong-era-init", Error, "the init symbol is of an era that a promised interpreter does not look for");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let (module, old) = (object.module(3), object.module(2));
    let own = object.init.iter().filter(|init| init.module == module || init.module == old);
    let own: Vec<String> = own.map(InitSymbol::to_string).collect();
    let pythons: Vec<&AbiTag> =
        object.promised.iter().filter(|abi| lacks_init(object, **abi).is_some()).collect();
    let why = lacks_init(object, **pythons.first()?).filter(|_| !own.is_empty())?;
    let message = format!("exports {}, but claims {}; {why}", named(&own), span(&pythons, &object.promised));
    Some(Hit::on(object, message).evidence("symbols", own).evidence("pythons", pythons).help(
        "2.7 looks for `init<name>`, 3.x for `PyInit_<name>`, and 3.15 for `PyModExport_<name>` first: \
         export one for every era that is promised",
    ))
}
