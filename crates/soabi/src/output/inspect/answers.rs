//! What each Python does with a file, and what keeps the file from more.

use soabi_core::{AbiTag, Gate, GilEffect, OutcomeKind, Prediction, PredictionKind, SubinterpreterEffect};
use soabi_report::inspect::{InspectReport, InspectedObject, KeptFrom};

use super::field::{field, some};
use crate::output::columns::span;
use crate::output::page::{Page, Span, Tone};

/// The predictions, those that are alike together.
pub(super) fn predictions(page: &mut Page<'_>, report: &InspectReport, inspected: &InspectedObject) {
    let all: Vec<AbiTag> = report.pythons.iter().map(|python| python.id).collect();
    let mut groups: Vec<(Tone, String, Vec<AbiTag>)> = Vec::new();
    for prediction in &inspected.object.predictions {
        let (tone, text) = answer(page, prediction);
        match groups.iter_mut().find(|group| group.1 == text) {
            Some(group) => group.2.push(prediction.python),
            None => groups.push((tone, text, vec![prediction.python])),
        }
    }
    groups.sort_by_key(|group| group.0 as u8);
    for (tone, text, pythons) in groups {
        let label = format!("  {}: ", span(&pythons, &all, false));
        page.paragraph(&[Span::new(tone, &label)], 4, Tone::Plain, &text);
    }
}

fn answer(page: &Page<'_>, prediction: &Prediction) -> (Tone, String) {
    let why = prediction.why.strip_prefix(&format!("{} ", prediction.python)).unwrap_or(&prediction.why);
    let view = page.view();
    match (prediction.expect, prediction.gate) {
        (PredictionKind::Accept, _) => (Tone::Good, format!("works, as promised{}", effects(prediction))),
        (PredictionKind::Luck, _) => {
            (Tone::Look, format!("loads without a promise{}: {}", effects(prediction), prediction.why))
        }
        (PredictionKind::Unknown, _) => (Tone::Look, format!("not known: {why}")),
        (PredictionKind::Refuse, Some(Gate::Name)) => {
            (Tone::Dim, "does not search for a file of this name".to_owned())
        }
        (PredictionKind::Refuse, Some(Gate::Symbols)) if !prediction.missing.is_empty() => {
            (Tone::Bad, format!("undefined symbol: {}", some(&prediction.missing, view)))
        }
        (PredictionKind::Refuse, _) if prediction.outcome == Some(OutcomeKind::Crashed) => {
            (Tone::Bad, format!("crashes: {}", prediction.why))
        }
        (PredictionKind::Refuse, _) => (Tone::Bad, format!("refuses it: {why}")),
    }
}

/// What an import does besides.
fn effects(prediction: &Prediction) -> String {
    let gil = prediction.gil.map(|effect| match effect {
        GilEffect::StaysOff => "the GIL stays off",
        GilEffect::TurnedOn => "the GIL is turned on",
    });
    let subinterpreters = prediction.subinterpreters.map(|effect| match effect {
        SubinterpreterEffect::OwnGil => "subinterpreters with a GIL of their own import it",
        SubinterpreterEffect::Shared => "subinterpreters that share the GIL import it",
        SubinterpreterEffect::Refused => "isolated subinterpreters refuse it",
    });
    gil.into_iter().chain(subinterpreters).fold(String::new(), |text, effect| text + "; " + effect)
}

/// What keeps the file from more than it is.
pub(super) fn keeps(page: &mut Page<'_>, inspected: &InspectedObject) {
    if inspected.keeps.is_empty() {
        return;
    }
    page.line(&[Span::new(Tone::Strong, "  What keeps it from")]);
    for kept in &inspected.keeps {
        goal(page, kept);
    }
    if let Some(advice) = &inspected.advice {
        field(page, "toolkit", advice);
    }
}

fn goal(page: &mut Page<'_>, kept: &KeptFrom) {
    let view = *page.view();
    if kept.by.is_empty() || kept.reached {
        let from = kept.floor.map(|floor| format!(" from {floor} on")).unwrap_or_default();
        let text = if kept.reached {
            format!("nothing: it is there{from}")
        } else {
            format!("nothing that shows{from}")
        };
        return super::field::toned(page, &kept.goal, Tone::Good, &text);
    }
    let (hard, soft): (Vec<_>, Vec<_>) = kept.by.iter().partition(|blocker| blocker.since.is_none());
    let most = view.most_names();
    let mut label = kept.goal.as_str();
    for blocker in hard.iter().take(most) {
        field(page, label, &format!("{}: {}", blocker.what, blocker.why));
        label = "";
    }
    if hard.len() > most {
        field(page, label, &format!("{} more (-v)", hard.len() - most));
        label = "";
    }
    let build = soft.iter().find(|blocker| blocker.kind == "build");
    if let Some(build) = build.filter(|_| hard.is_empty()) {
        field(page, label, &format!("{}: {}", build.what, build.why));
        label = "";
    }
    let names: Vec<String> = soft
        .iter()
        .filter(|blocker| blocker.kind != "build")
        .filter_map(|blocker| Some(format!("{} ({})", blocker.what, blocker.since?)))
        .collect();
    if let (false, Some(floor)) = (names.is_empty(), kept.floor) {
        field(page, label, &format!("older Pythons than {floor}: {}", some(&names, &view)));
    }
}
