//! The JSON Schema of the configuration, in the form that `SchemaStore` takes: draft 7, closed, every key described.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Value, json};

/// The schema of `soabi.toml`, and of the table `[tool.soabi]` in `pyproject.toml`.
pub fn schema() -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft07());
    let mut schema = generator.into_root_schema_for::<super::file::File>().to_value();
    schema["$id"] = json!("https://json.schemastore.org/soabi.json");
    schema["x-tombi-toml-version"] = json!("v1.0.0");
    schema
}
