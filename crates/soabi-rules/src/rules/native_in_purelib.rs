//! Native files where only what fits every platform should be.

use soabi_wheel::{Scheme, scheme};

use super::rule;
use crate::hit::Hit;
use crate::subject::Subject;
use crate::world::World;

rule!("native-in-purelib", Note, "native files are installed into the folder for files of every platform");

/// How many files are named.
const SHOWN: usize = 20;

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let root = wheel.metadata.as_ref().is_some_and(|metadata| metadata.root_is_purelib == Some(true));
    let in_purelib = |member: &str| match scheme::place(member).map(|placed| placed.scheme) {
        Some(Scheme::Root) => root,
        Some(scheme) => scheme == Scheme::Purelib,
        None => false,
    };
    let mut files: Vec<&str> = subject
        .objects
        .iter()
        .filter_map(|object| object.member.as_deref())
        .filter(|member| in_purelib(member))
        .collect();
    // The slices of a universal file are one file.
    files.dedup();
    let message = match files[..] {
        [] => return Vec::new(),
        [_] => "1 native file is installed into purelib".to_owned(),
        _ => format!("{} native files are installed into purelib", files.len()),
    };
    let help = "say `Root-Is-Purelib: false` in WHEEL; setuptools does where `has_ext_modules` is true. It matters \
                where purelib and platlib are two folders, as on Fedora";
    vec![Hit::whole(message).evidence("files", files.into_iter().take(SHOWN)).help(help)]
}
