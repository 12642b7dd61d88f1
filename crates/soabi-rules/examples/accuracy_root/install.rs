//! A wheel's libraries in a root, and the program there that opens them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use soabi_rules::resolve::File;
use soabi_wheel::{Inflater, Scheme, Wheel, scheme};

use crate::Result;
use crate::answer::Answer;

/// Where the wheel is installed in the root. The folder is removed with the value.
const PREFIX: &str = "prefix";

/// The folders in which a dynamic linker looks by itself.
const FOLDERS: [&str; 6] =
    ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib", "usr/lib", "lib64", "usr/lib64"];

/// Larger members are not libraries.
const LARGEST: u64 = 4 << 30;

/// A wheel that is installed in a root.
pub(crate) struct Installed<'a> {
    root: PathBuf,
    files: &'a [File<'a>],
}

impl<'a> Installed<'a> {
    /// Writes the members at the paths of `files` where an installer writes them.
    pub(crate) fn new(wheel: &Wheel, root: &Path, files: &'a [File<'a>]) -> Result<Self> {
        let installed = Self { root: root.to_owned(), files };
        let mut inflater = Inflater::default();
        let wanted: BTreeSet<&str> = files.iter().map(|file| file.path).collect();
        for member in wheel.members().iter().filter(|member| wanted.contains(member.name.as_str())) {
            let path = root.join(place(&member.name));
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            fs::write(&path, wheel.bytes(member, LARGEST, &mut inflater)?)?;
        }
        for name in files.iter().flat_map(|file| &file.needed).map(|need| need.name) {
            if soabi_rules::import::is_python_library(name) && !name.contains('/') {
                let link = root.join("usr/lib").join(name);
                if !link.exists() {
                    fs::create_dir_all(root.join("usr/lib"))?;
                    std::os::unix::fs::symlink("/pystub.so", link)?;
                }
            }
        }
        Ok(installed)
    }

    /// Whether the root has a library of its own that is called `name`.
    pub(crate) fn root_has(&self, name: &str) -> bool {
        FOLDERS.iter().any(|folder| self.root.join(folder).join(name).exists())
    }

    /// Opens files, each in a process of its own.
    pub(crate) fn load(&self, indices: &[usize]) -> Result<Vec<Answer>> {
        let mut host = Command::new("chroot")
            .arg(&self.root)
            .arg("/host")
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let lines: String =
            indices.iter().map(|&index| format!("/{}\n", place(self.files[index].path))).collect();
        let mut input = host.stdin.take().ok_or("the program has no input")?;
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
        let output = host.wait_with_output()?;
        writer.join().map_err(|_| "the program was not told what to open")??;
        let answers: Vec<Answer> = String::from_utf8_lossy(&output.stdout).lines().map(Answer::of).collect();
        if answers.len() == indices.len() {
            Ok(answers)
        } else {
            Err(format!("the root's program answered {} of {} times", answers.len(), indices.len()).into())
        }
    }
}

impl Drop for Installed<'_> {
    fn drop(&mut self) {
        // A folder that stays is in the way of nobody but the disk.
        let _ = fs::remove_dir_all(self.root.join(PREFIX));
    }
}

/// Where a member is installed, as a path in the root.
fn place(member: &str) -> String {
    let site = format!("{PREFIX}/lib/python/site-packages");
    match scheme::place(member) {
        Some(placed) if placed.scheme == Scheme::Data => format!("{PREFIX}/{}", placed.path),
        Some(placed) if placed.scheme == Scheme::Scripts => format!("{PREFIX}/bin/{}", placed.path),
        Some(placed) => format!("{site}/{}", placed.path),
        None => format!("{site}/{member}"),
    }
}
