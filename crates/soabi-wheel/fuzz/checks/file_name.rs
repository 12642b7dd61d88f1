//! Any text is the name of a wheel or an error, and the tags of a name are as many as its sets promise.

use soabi_wheel::WheelFileName;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(name) = text.parse::<WheelFileName>() else { return };
    let tags = name.tags().count();
    assert_eq!(tags, name.pythons.len() * name.abis.len() * name.platforms.len());
    assert!(tags > 0 && name.tags().all(|tag| tag.to_string().split('-').count() >= 3));
    assert!(text.contains(&name.compressed_tag()));
    assert!(!name.normalized_name().contains(['_', '.']));
}
