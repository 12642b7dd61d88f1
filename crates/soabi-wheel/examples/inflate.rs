//! What it costs to inflate the native members of wheels, and nothing else: `inflate WHEEL...`.
//!
//! Run it with and without the feature `libdeflate` to compare the two inflaters: `just bench-inflate DIR`.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use soabi_wheel::{Inflater, Wheel};

/// The least of several runs is the one with the least noise of the machine.
const RUNS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let wheels = paths.iter().map(|path| Wheel::open(Path::new(path))).collect::<Result<Vec<_>, _>>()?;
    let mut inflater = Inflater::default();
    let (mut least, mut bytes) = (Duration::MAX, 0);
    for _ in 0..RUNS {
        bytes = 0;
        let start = Instant::now();
        for wheel in &wheels {
            for member in wheel.members() {
                let length = wheel.with_native(member, &mut inflater, |_| (), <[u8]>::len)?;
                bytes += length.unwrap_or_default();
            }
        }
        least = least.min(start.elapsed());
    }
    let inflater = if cfg!(feature = "libdeflate") { "libdeflate" } else { "zlib-rs" };
    let megabytes = bytes >> 20;
    println!("{inflater}: {megabytes} MiB in {} ms", least.as_millis());
    Ok(())
}
