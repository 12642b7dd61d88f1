//! Landlock: what a process may do to files, sockets and processes outside.

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

use super::wall::{HARMLESS, Room};

/// The version whose rights are asked for: Linux 6.12, with signals.
const VERSION: ABI = ABI::V6;

/// Reading is allowed everywhere, writing in the process's folder and in `shared`, and nothing of the rest.
pub(super) fn restrict(room: &Room, shared: Option<&Path>) -> Result<(), String> {
    match try_to_restrict(room, shared) {
        Ok(RulesetStatus::FullyEnforced) => Ok(()),
        Ok(RulesetStatus::PartiallyEnforced) => Err("in part only: the kernel is older than 6.12".to_owned()),
        Ok(RulesetStatus::NotEnforced) => Err("the kernel has none".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn try_to_restrict(room: &Room, shared: Option<&Path>) -> Result<RulesetStatus, RulesetError> {
    let (all, reading) = (AccessFs::from_all(VERSION), AccessFs::from_read(VERSION));
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev;
    let writable = std::iter::once(room.folder.as_path()).chain(shared);
    let devices = HARMLESS.iter().filter_map(|name| PathFd::new(format!("/dev/{name}")).ok());
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::from_all(VERSION))?
        .scope(Scope::from_all(VERSION))?
        .create()?
        .add_rules(path_beneath_rules(["/"], reading))?
        .add_rules(path_beneath_rules(writable, all))?
        .add_rules(devices.map(|fd| Ok::<_, RulesetError>(PathBeneath::new(fd, device))))?
        .restrict_self()?;
    Ok(status.ruleset)
}
