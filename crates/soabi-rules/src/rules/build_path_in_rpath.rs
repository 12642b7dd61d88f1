//! Search paths of the machine that built a file.

use soabi_core::Severity;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!("build-path-in-rpath", Warning, "a search path leads to a folder of the machine that built the file");

/// Folders that every user of a system may write to: a library that is put there is loaded.
const WORLD_WRITABLE: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/private/tmp"];
/// Folders where systems install libraries.
const OF_THE_SYSTEM: [&str; 8] =
    ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/local/lib64", "/opt", "/System"];

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.objects.iter().filter_map(|object| hit(subject, object)).collect()
}

fn hit(subject: &Subject, object: &Object) -> Option<Hit> {
    let paths = || object.facts.rpath.iter().chain(&object.facts.runpath);
    let is_below = |path: &str, folder: &str| {
        path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let below = |path: &str, folders: &[&str]| {
        let path = without_steps_back(path);
        folders.iter().any(|folder| is_below(&path, folder))
    };
    let writable: Vec<&String> = paths().filter(|path| below(path, &WORLD_WRITABLE)).collect();
    if !writable.is_empty() {
        let message = format!(
            "searches for libraries in {}, where every user may put one that is then loaded",
            named(&writable)
        );
        return Some(Hit::on(object, message).evidence("paths", writable).help(HELP));
    }
    let relative = paths().filter(|path| !path.starts_with(['/', '$', '@']));
    let relative: Vec<&str> =
        relative.map(|path| if path.is_empty() { "an empty entry" } else { path.as_str() }).collect();
    if !relative.is_empty() {
        let message = format!(
            "searches for libraries relative to the working folder ({}): who may write there decides what is loaded",
            named(&relative)
        );
        // auditwheel has left the names of its own folders in libraries: `psycopg2_binary.libs`.
        let is_of_the_wheel = |path: &&str| {
            let mut members = subject.objects.iter().filter_map(|object| object.member.as_deref());
            members.any(|member| member.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
        };
        let severity = if relative.iter().all(is_of_the_wheel) { Severity::Note } else { Severity::Warning };
        return Some(Hit::on(object, message).downgraded_to(severity).evidence("paths", relative).help(HELP));
    }
    let of_the_builder: Vec<&String> =
        paths().filter(|path| path.starts_with('/') && !below(path, &OF_THE_SYSTEM)).collect();
    let message = format!(
        "searches for libraries in {}, a folder of the machine that built it",
        named(&of_the_builder)
    );
    (!of_the_builder.is_empty()).then(|| {
        Hit::on(object, message).downgraded_to(Severity::Note).evidence("paths", of_the_builder).help(HELP)
    })
}

/// An absolute path without `.`, `..` and empty parts.
fn without_steps_back(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    format!("{start}{}", parts.join("/"))
}

const HELP: &str = "`auditwheel repair WHEEL` removes such paths; by hand: `patchelf --set-rpath '$ORIGIN' FILE`, \
                    `install_name_tool -delete_rpath PATH FILE`";
