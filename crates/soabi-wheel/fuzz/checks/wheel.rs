//! Any archive is a wheel or a package or an error, member by member.

use soabi_wheel::{Inflater, Limits, Package, PackageKind, Wheel};

pub(crate) fn check(bytes: &[u8]) {
    let limits = Limits { member: 1 << 20, small: 1 << 20, ..Limits::default() };
    let size = bytes.len() as u64;
    if let Ok(package) = Package::of_with("spam", PackageKind::Conda, bytes.to_vec(), size, limits) {
        package.for_each_native(|_, facts| drop(facts));
    }
    let Ok(wheel) = Wheel::of_with("spam-1.0-py3-none-any.whl", bytes.to_vec(), size, limits) else { return };
    let mut inflater = Inflater::default();
    if let (Ok(Some(record)), Some(folder)) = (wheel.record(&mut inflater), wheel.dist_info()) {
        drop(record.compare(folder, wheel.members()));
    }
    let _ =
        (wheel.metadata(&mut inflater), wheel.top_level(), wheel.sources(1 << 16, 1 << 18, &mut inflater));
    wheel.for_each_native(|_, facts| drop(facts));
}
