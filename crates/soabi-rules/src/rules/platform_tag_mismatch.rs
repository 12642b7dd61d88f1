//! The wheel's platform tag against the format, machine and C library of each file in it.

use soabi_core::Severity;
use soabi_object::ObjectKind;
use soabi_wheel::WheelFileName;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::platform::{Apple, PlatformTag};
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!("platform-tag-mismatch", Error, "a file is for another system than the wheel's platform tag says");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    let Some(wheel) = &subject.wheel else { return Vec::new() };
    let tags: Vec<PlatformTag<'_>> = wheel.name.platforms.iter().map(|tag| PlatformTag::parse(tag)).collect();
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries
        .flat_map(|object| {
            let slices = || slices(subject, object);
            [
                another_system(subject, object, &wheel.name, &tags),
                missing_slice(object, &tags, slices),
                newer_system(object, &tags),
            ]
        })
        .flatten()
        .collect()
}

fn another_system(
    subject: &Subject,
    object: &Object,
    wheel: &WheelFileName,
    tags: &[PlatformTag<'_>],
) -> Option<Hit> {
    let answers: Vec<bool> = tags.iter().filter_map(|tag| tag.admits(object.platform)).collect();
    if answers.is_empty() || answers.contains(&true) || subject.has_a_slice_for(object, tags) {
        return None;
    }
    // Other systems' libraries are at times data, and what is tagged `any` may have a pure fallback.
    let severity = match (object.extension, tags.contains(&PlatformTag::Any)) {
        (true, false) => Severity::Error,
        (true, true) => Severity::Warning,
        (false, _) => Severity::Note,
    };
    let message = format!("is for {}, and the wheel is tagged {}", object.platform, named(&wheel.platforms));
    Some(
        Hit::on(object, message)
            .downgraded_to(severity)
            .help("tag the wheel for the platform that it was built for"),
    )
}

/// `universal2` promises two machines.
fn missing_slice<'a>(
    object: &Object,
    tags: &[PlatformTag<'_>],
    slices: impl Fn() -> Vec<&'a str>,
) -> Option<Hit> {
    let promised = tags.iter().any(|tag| matches!(tag, PlatformTag::Macos { arch: "universal2", .. }));
    if !promised || !object.extension {
        return None;
    }
    let have = slices();
    let missing: Vec<&str> =
        ["arm64", "x86_64"].into_iter().filter(|machine| !have.contains(machine)).collect();
    let message = format!("is tagged universal2 and has no code for {}", missing.first()?);
    Some(Hit::on(object, message).evidence("machines", have).help(
        "build it for both machines (`ARCHFLAGS=\"-arch arm64 -arch x86_64\"`), or tag the wheel for one",
    ))
}

/// The machines of all slices of the file that `object` is one of.
fn slices<'a>(subject: &'a Subject, object: &Object) -> Vec<&'a str> {
    let same = subject.objects.iter().filter(|other| other.member == object.member);
    same.map(|other| other.facts.format.machine_tag(other.facts.arch)).collect()
}

/// macOS and iOS refuse, or warn about, files that say they need a newer system. The first arm64 system of macOS is
/// 11.0, so an older promise to arm64 harms nobody.
fn newer_system(object: &Object, tags: &[PlatformTag<'_>]) -> Option<Hit> {
    let apple = object.platform.apple?;
    let needed = object.facts.minimum_os.as_ref()?;
    let oldest = if object.facts.arch == soabi_object::Arch::Aarch64 { (11, 0) } else { (0, 0) };
    let promised = tags.iter().filter_map(|tag| match tag {
        PlatformTag::Macos { version, .. } if apple == Apple::Macos => Some((*version).max(oldest)),
        PlatformTag::Ios { version, system, .. } if apple == *system => Some(*version),
        _ => None,
    });
    let promised = promised.min()?;
    let (major, minor, _) = needed.version;
    if (major, u16::from(minor)) <= promised {
        return None;
    }
    let (system, variable) = match apple {
        Apple::Macos => ("macOS", "MACOSX_DEPLOYMENT_TARGET"),
        Apple::Ios | Apple::IosSimulator => ("iOS", "IPHONEOS_DEPLOYMENT_TARGET"),
    };
    let message =
        format!("needs {system} {major}.{minor}, and the wheel promises {}.{}", promised.0, promised.1);
    Some(Hit::on(object, message).downgraded_to(Severity::Warning).help(format!(
        "build with {variable}={}.{}, or tag the wheel for {major}.{minor}",
        promised.0, promised.1
    )))
}
