//! Any text is a configuration or an error, in `soabi.toml` and in `pyproject.toml`.

use soabi_audit::config::{of_pyproject, of_text};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(config) = of_text(text) {
        assert!(config.ignore.iter().all(|entry| !entry.reason.is_empty()));
    }
    let _ = of_pyproject(text);
}
