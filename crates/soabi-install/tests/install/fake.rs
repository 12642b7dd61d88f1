//! A machine without programs: what is started is written down, and a closure does what the program would.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use soabi_install::{Folders, Invocation, Progress, Run, RunError};
use tempfile::TempDir;

/// What a program does: its lines, or `None` when it fails.
type Act<'a> = dyn Fn(&Invocation) -> Option<Vec<String>> + 'a;

pub(crate) struct Machine<'a> {
    /// The programs that are there.
    pub(crate) programs: Vec<&'static str>,
    /// What they do.
    pub(crate) act: Box<Act<'a>>,
    started: RefCell<Vec<Invocation>>,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(
        programs: &[&'static str],
        act: impl Fn(&Invocation) -> Option<Vec<String>> + 'a,
    ) -> Self {
        Self { programs: programs.to_vec(), act: Box::new(act), started: RefCell::default() }
    }

    /// The command lines that were started, with the temporary folder called `~` and without our process id.
    pub(crate) fn started(&self, folders: &Home) -> Vec<String> {
        let home = folders.dir.path().display().to_string();
        self.started
            .borrow()
            .iter()
            .map(|command| without_pid(&command.to_string().replace(&home, "~")))
            .collect()
    }
}

impl Run for Machine<'_> {
    fn run(&self, invocation: &Invocation, see: &mut dyn FnMut(&str)) -> Result<Vec<String>, RunError> {
        self.started.borrow_mut().push(invocation.clone());
        let lines = (self.act)(invocation).ok_or_else(|| RunError::Failed {
            command: invocation.to_string(),
            lines: vec!["it failed".to_owned()],
        })?;
        for line in &lines {
            see(line);
        }
        Ok(lines)
    }

    fn has(&self, program: &str) -> bool {
        self.programs.contains(&program)
    }
}

/// soabi's folders and a machine's files, all in a temporary folder.
pub(crate) struct Home {
    pub(crate) dir: TempDir,
    pub(crate) folders: Folders,
}

impl Home {
    /// A Debian with a mirror.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let [pythons, cache, system] = ["pythons", "cache", "system"].map(|name| dir.path().join(name));
        let home = Self { folders: Folders { pythons, cache, system }, dir };
        home.file("system/usr/share/keyrings/debian-archive-keyring.gpg", "");
        home.file("system/etc/apt/sources.list", "deb http://mirror.test/debian bookworm main\n");
        home
    }

    /// Writes a file, with its folders.
    pub(crate) fn file(&self, path: &str, text: &str) -> PathBuf {
        let file = self.dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        file
    }

    /// The names in `pythons`, the locks left out, without our process id.
    pub(crate) fn pythons(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folders.pythons).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> =
            names.filter(|name| !name.ends_with(".lock")).map(|name| without_pid(&name)).collect();
        names.sort();
        names
    }
}

fn without_pid(text: &str) -> String {
    text.replace(&format!(".{}.partial", std::process::id()), ".partial")
}

/// Sees everything and says nothing.
pub(crate) struct Silent;

impl Progress for Silent {
    fn phase(&self, _: &'static str, _: Option<usize>) {}

    fn step(&self, _: &str) {}
}
