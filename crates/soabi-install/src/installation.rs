//! The installation of one interpreter by the first of its installers that succeeds.

use std::collections::VecDeque;

use soabi_core::AbiTag;

use crate::error::InstallError;
use crate::installer::{Installer, Plan, Progress};
use crate::place::Folders;

/// Checks that the interpreter with this id is found now; the error is what was found instead.
pub type Confirm<'a> = dyn Fn(AbiTag) -> Result<(), String> + 'a;

/// An installer that failed.
#[derive(Debug)]
pub struct Attempt {
    /// Its name.
    pub installer: String,
    /// Why it failed.
    pub error: InstallError,
}

/// The installation of one interpreter.
pub struct Installation<'a> {
    /// The interpreter.
    pub id: AbiTag,
    /// The installers that failed.
    pub tried: Vec<Attempt>,
    /// Those that were not tried yet, the next one first.
    installers: VecDeque<Box<dyn Installer + 'a>>,
}

impl<'a> Installation<'a> {
    /// The installation of `id` by one of `installers`, the preferred first.
    pub fn new(id: AbiTag, installers: Vec<Box<dyn Installer + 'a>>) -> Self {
        Self { id, tried: Vec::new(), installers: installers.into() }
    }

    /// The plan of the first installer that can do it, with its name. `None` when there is none left.
    pub fn plan(&mut self, progress: &dyn Progress) -> Option<(String, Plan)> {
        while let Some(installer) = self.installers.front() {
            match installer.plan(progress) {
                Ok(plan) => return Some((installer.name(), plan)),
                Err(error) => self.give_up(error),
            }
        }
        None
    }

    /// Installs the interpreter with the first installer that succeeds, and returns its name. `None` when
    /// none does: [`Installation::tried`] has the reasons.
    ///
    /// An installed interpreter that `confirm` does not find is removed again.
    pub fn run(
        &mut self,
        folders: &Folders,
        confirm: &Confirm<'_>,
        progress: &dyn Progress,
    ) -> Option<String> {
        while let Some((name, _)) = self.plan(progress) {
            match self.attempt(folders, confirm, progress) {
                Ok(()) => return Some(name),
                Err(error) => self.give_up(error),
            }
        }
        None
    }

    fn attempt(
        &self,
        folders: &Folders,
        confirm: &Confirm<'_>,
        progress: &dyn Progress,
    ) -> Result<(), InstallError> {
        let Some(installer) = self.installers.front() else { return Ok(()) };
        let site = folders.begin(self.id)?;
        installer.install(&site, progress)?;
        confirm(self.id).or_else(|what| {
            site.withdraw()?;
            Err(InstallError::Unexpected(what))
        })
    }

    fn give_up(&mut self, error: InstallError) {
        if let Some(installer) = self.installers.pop_front() {
            self.tried.push(Attempt { installer: installer.name(), error });
        }
    }
}
