//! Interpreters of other machines, and what runs them here: qemu in user mode, which translates their instructions and
//! passes on their system calls.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use soabi_core::Arch;

use crate::environment::Environment;
use crate::query_error::QueryError;

/// How much longer everything takes in an emulator: a start thirty times, work in a running interpreter four to ten
/// times.
const SLOWER: u32 = 10;

/// What runs an interpreter of another machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emulator {
    /// qemu's program for that machine.
    pub program: PathBuf,
    /// The folder in which programs of that machine find their libraries; `None` where those are in the system's
    /// folders, beside its own.
    pub root: Option<PathBuf>,
}

impl Emulator {
    /// The command that starts the interpreter in the file `executable`: the program and its first arguments.
    pub fn command(&self, executable: &Path) -> (PathBuf, Vec<OsString>) {
        let mut args: Vec<OsString> = Vec::new();
        // The machine that qemu would take emulates pointer authentication, and needs twice the time.
        if self.program.file_name().is_some_and(|name| name.to_string_lossy().starts_with("qemu-aarch64")) {
            args.extend(["-cpu".into(), "cortex-a72".into()]);
        }
        if let Some(root) = &self.root {
            args.extend(["-L".into(), root.into()]);
        }
        args.push(executable.into());
        (self.program.clone(), args)
    }

    /// The command without the interpreter, for people.
    pub fn words(&self) -> Vec<String> {
        let (program, mut args) = self.command(Path::new(""));
        args.pop();
        let args = args.iter().map(|arg| arg.to_string_lossy().into_owned());
        std::iter::once(program.display().to_string()).chain(args).collect()
    }

    /// The time for which an interpreter of this machine has `limit`.
    pub fn slowed(limit: Duration) -> Duration {
        limit.saturating_mul(SLOWER)
    }
}

/// The machine of an interpreter, and what runs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Machine {
    /// The machine; `None` for this one.
    pub(crate) arch: Option<Arch>,
    pub(crate) emulator: Option<Emulator>,
}

impl Machine {
    /// The machine of the program in the file `path`. A script is one of this machine: what it starts will say who it
    /// is.
    ///
    /// # Errors
    ///
    /// When the program is for another machine, and `environment` has no emulator of it, or its C library is not here.
    pub(crate) fn of(path: &Path, environment: &Environment) -> Result<Self, QueryError> {
        let Some(arch) = soabi_object::machine_of(path).filter(|arch| *arch != Arch::here()) else {
            return Ok(Self::default());
        };
        let root = root_of(path);
        // 64-bit x86 runs programs of 32 bits itself, where their C library is in the system's folders.
        let runs_itself = (arch, Arch::here()) == (Arch::I686, Arch::X86_64) && root == Ok(None);
        if runs_itself {
            return Ok(Self { arch: Some(arch), emulator: None });
        }
        let names = emulator_names(arch).ok_or(QueryError::ForeignFormat)?;
        let folders = environment.path.iter().filter(|folder| folder.is_absolute());
        let mut files = folders.flat_map(|folder| names.iter().map(|name| folder.join(name)));
        let program = files.find(|file| file.is_file());
        let program = program.ok_or_else(|| QueryError::NoEmulator { arch, program: names[0].clone() })?;
        let root = root.map_err(|loader| QueryError::NoForeignLoader { arch, loader })?;
        Ok(Self { arch: Some(arch), emulator: Some(Emulator { program, root }) })
    }
}

/// The folder in which the dynamic linker lies that the program in the file `path` names: the nearest above the program
/// in which it has that path; `None` where that is the root of the file system, or where the program names none.
///
/// # Errors
///
/// The dynamic linker, where it is nowhere.
fn root_of(path: &Path) -> Result<Option<PathBuf>, String> {
    let facts = soabi_object::read_file(path).unwrap_or_default();
    let loader = facts.into_iter().find_map(|facts| facts.elf?.interpreter);
    let Some(loader) = loader else { return Ok(None) };
    let below = loader.trim_start_matches('/');
    let root = path.ancestors().skip(1).find(|folder| folder.join(below).exists());
    match root {
        Some(root) if root.parent().is_none() => Ok(None),
        Some(root) => Ok(Some(root.to_owned())),
        None => Err(loader),
    }
}

/// The names of qemu's program for a machine, as distributions have them: the static one first, which needs nothing of
/// the system.
fn emulator_names(arch: Arch) -> Option<[String; 2]> {
    let name = match arch {
        Arch::I686 => "i386",
        Arch::Arm => "arm",
        Arch::X86_64
        | Arch::Aarch64
        | Arch::Ppc64le
        | Arch::Ppc64
        | Arch::S390x
        | Arch::Riscv64
        | Arch::Loongarch64 => arch.as_str(),
        Arch::Wasm32 | Arch::Other(_) => return None,
    };
    Some([format!("qemu-{name}-static"), format!("qemu-{name}")])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What starts `/srv/arm/python` by that program of qemu.
    fn command(program: &str, root: Option<&str>) -> String {
        let emulator = Emulator { program: program.into(), root: root.map(PathBuf::from) };
        let (program, args) = emulator.command(Path::new("/srv/arm/python"));
        let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
        format!("{} {}", program.display(), args.join(" "))
    }

    #[test]
    fn what_qemu_is_told() {
        assert_eq!(
            command("/bin/qemu-aarch64-static", Some("/srv/arm")),
            "/bin/qemu-aarch64-static -cpu cortex-a72 -L /srv/arm /srv/arm/python"
        );
        assert_eq!(
            command("/bin/qemu-riscv64", Some("/srv/arm")),
            "/bin/qemu-riscv64 -L /srv/arm /srv/arm/python"
        );
        assert_eq!(command("/bin/qemu-riscv64", None), "/bin/qemu-riscv64 /srv/arm/python");
    }

    #[test]
    fn every_machine_of_linux_has_an_emulator() {
        for arch in Arch::NAMED {
            assert_eq!(emulator_names(arch).is_some(), arch != Arch::Wasm32, "{arch}");
        }
    }
}
