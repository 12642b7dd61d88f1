//! Any archive is a wheel or an error, member by member.

use soabi_wheel::{Inflater, Limits, Wheel};

pub(crate) fn check(bytes: &[u8]) {
    let limits = Limits { member: 1 << 20, ..Limits::default() };
    let size = bytes.len() as u64;
    let Ok(wheel) = Wheel::of_with("spam-1.0-py3-none-any.whl", bytes.to_vec(), size, limits) else { return };
    let mut inflater = Inflater::default();
    let _ = wheel.metadata(&mut inflater);
    let _ = wheel.record(&mut inflater);
    wheel.for_each_native(|_, facts| drop(facts));
}
