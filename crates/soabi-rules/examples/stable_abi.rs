//! `just stable-abi FILE`: writes `tables/stable_abi.txt` from FILE, which is CPython's `Misc/stable_abi.toml` as
//! `name<TAB>kind<TAB>added<TAB>abi_only<TAB>ifdef` lines below a head line. The table's comment is kept.

#![expect(clippy::disallowed_methods, reason = "a tool that reads and writes files; the crate does not")]

use std::error::Error;
use std::fs;

use soabi_rules::tables::write::stable_abi_text;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tables/stable_abi.txt");

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: stable_abi FILE")?;
    let names = stable_abi_text(&fs::read_to_string(file)?);
    let old = fs::read_to_string(TABLE)?;
    let comment = old.split_inclusive('\n').take_while(|line| line.starts_with('#'));
    let text = comment.collect::<String>() + &names;
    Ok(fs::write(TABLE, text)?)
}
