//! `just schemas`: writes the JSON Schema of the configuration to `docs/schema/soabi.toml.json`.

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/soabi.toml.json");
    fs::write(file, serde_json::to_string_pretty(&soabi_audit::config::schema())? + "\n")?;
    Ok(())
}
