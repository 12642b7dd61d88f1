//! The installation of one interpreter: its providers, one after the other.

use std::collections::VecDeque;

use soabi_core::AbiTag;

use crate::place::Folders;
use crate::provider::{Plan, Provider, Watch};
use crate::trouble::Trouble;

/// Says whether the interpreter with this id is found now, and otherwise what is there instead.
pub type Witness<'a> = dyn Fn(AbiTag) -> Result<(), String> + 'a;

/// A provider that did not get the interpreter.
#[derive(Debug)]
pub struct Attempt {
    /// Its name.
    pub provider: String,
    /// Why it did not.
    pub trouble: Trouble,
}

/// The installation of one interpreter.
pub struct Installation<'a> {
    /// The interpreter.
    pub id: AbiTag,
    /// The providers that were tried in vain.
    pub tried: Vec<Attempt>,
    /// Those that were not tried yet, the one whose turn it is first.
    providers: VecDeque<Box<dyn Provider + 'a>>,
}

impl<'a> Installation<'a> {
    /// The installation of `id` by one of `providers`, the preferred first.
    pub fn new(id: AbiTag, providers: Vec<Box<dyn Provider + 'a>>) -> Self {
        Self { id, tried: Vec::new(), providers: providers.into() }
    }

    /// The plan of the first provider that can do it, with its name. `None` when there is none left.
    pub fn plan(&mut self, watch: &dyn Watch) -> Option<(String, Plan)> {
        while let Some(provider) = self.providers.front() {
            match provider.plan(watch) {
                Ok(plan) => return Some((provider.name(), plan)),
                Err(trouble) => self.give_up(trouble),
            }
        }
        None
    }

    /// Installs the interpreter with the first provider that really does it, and returns its name. `None` when
    /// none does: [`Installation::tried`] says why.
    ///
    /// An interpreter that was made and is not found as what it should be is removed again.
    pub fn run(&mut self, folders: &Folders, witness: &Witness<'_>, watch: &dyn Watch) -> Option<String> {
        while let Some((name, _)) = self.plan(watch) {
            match self.attempt(folders, witness, watch) {
                Ok(()) => return Some(name),
                Err(trouble) => self.give_up(trouble),
            }
        }
        None
    }

    fn attempt(&self, folders: &Folders, witness: &Witness<'_>, watch: &dyn Watch) -> Result<(), Trouble> {
        let Some(provider) = self.providers.front() else { return Ok(()) };
        let site = folders.begin(self.id)?;
        provider.install(&site, watch)?;
        witness(self.id).or_else(|what| {
            site.withdraw()?;
            Err(Trouble::Unlike(what))
        })
    }

    fn give_up(&mut self, trouble: Trouble) {
        if let Some(provider) = self.providers.pop_front() {
            self.tried.push(Attempt { provider: provider.name(), trouble });
        }
    }
}
