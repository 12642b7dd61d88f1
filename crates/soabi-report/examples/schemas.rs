//! `just schemas`: writes the JSON Schemas of the reports into `docs/schema/`.

#![expect(clippy::disallowed_methods, reason = "a tool that writes files; the crate does not")]

use std::error::Error;
use std::fs;
use std::path::Path;

use soabi_report::schema::{all, file_name};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    fs::create_dir_all(&folder)?;
    for (schema, value) in all() {
        fs::write(folder.join(file_name(schema)), serde_json::to_string_pretty(&value)? + "\n")?;
    }
    Ok(())
}
