//! The classes of the style sheet for what tones and squares mean.

use crate::output::page::Tone;
use crate::output::picture::Meaning;

/// The class of a tone.
pub(crate) const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "kept",
        Tone::Bad => "broken",
        Tone::Look => "look",
        Tone::Plain | Tone::Strong | Tone::Dim => "off",
    }
}

/// The class of a meaning.
pub(crate) const fn meaning(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Kept => "kept",
        Meaning::Broken => "broken",
        Meaning::Look => "look",
        Meaning::NotCovered => "off",
    }
}
