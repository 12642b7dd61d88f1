//! Sets of outcomes, as a truth table lists them: `["accepted", "refused:runtime"]`.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Error, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use soabi_core::{Gate, Outcome, OutcomeKind};

/// Outcomes without their messages. It is never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeSet(BTreeSet<(OutcomeKind, Option<Gate>)>);

impl OutcomeSet {
    /// Whether `outcome` is one of them. A cell that did not run has no outcome to contradict the set.
    pub fn contains(&self, outcome: &Outcome) -> bool {
        let kind = outcome.kind();
        kind == OutcomeKind::NotRun || self.0.contains(&(kind, outcome.gate()))
    }
}

impl fmt::Display for OutcomeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |(kind, gate): &(OutcomeKind, Option<Gate>)| match gate {
            Some(gate) => format!("{kind}:{gate}"),
            None => kind.to_string(),
        };
        f.write_str(&self.0.iter().map(name).collect::<Vec<_>>().join(", "))
    }
}

impl<'de> Deserialize<'de> for OutcomeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        if names.is_empty() {
            return Err(D::Error::custom("no outcome is possible"));
        }
        names.iter().map(|name| outcome(name)).collect::<Result<_, _>>().map(Self)
    }
}

/// `accepted`, or `refused:symbols`.
fn outcome<E: Error>(name: &str) -> Result<(OutcomeKind, Option<Gate>), E> {
    let (kind, gate) = match name.split_once(':') {
        Some((kind, gate)) => (kind, Some(Gate::deserialize(gate.into_deserializer())?)),
        None => (name, None),
    };
    let kind = OutcomeKind::deserialize(kind.into_deserializer())?;
    if gate.is_some() != (kind == OutcomeKind::Refused) {
        return Err(E::custom(format!(
            "`{name}`: a refusal has a gate, and nothing else has: `refused:symbols`"
        )));
    }
    Ok((kind, gate))
}
