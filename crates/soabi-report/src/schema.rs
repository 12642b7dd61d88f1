//! JSON Schemas of the reports, made from their types. `docs/schema/` holds them as files.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use crate::{
    AuditReport, FloorReport, InspectReport, LoadReport, MatrixReport, NotesReport, PythonsReport, WhyReport,
};

/// Every report: the value of its `schema` field, and its JSON Schema (draft 2020-12).
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        (crate::audit::SCHEMA, of::<AuditReport>(crate::audit::SCHEMA)),
        (crate::floor::SCHEMA, of::<FloorReport>(crate::floor::SCHEMA)),
        (crate::inspect::SCHEMA, of::<InspectReport>(crate::inspect::SCHEMA)),
        (crate::load::SCHEMA, of::<LoadReport>(crate::load::SCHEMA)),
        (crate::matrix::SCHEMA, of::<MatrixReport>(crate::matrix::SCHEMA)),
        (crate::notes::SCHEMA, of::<NotesReport>(crate::notes::SCHEMA)),
        (crate::pythons::SCHEMA, of::<PythonsReport>(crate::pythons::SCHEMA)),
        (crate::why::SCHEMA, of::<WhyReport>(crate::why::SCHEMA)),
    ]
}

/// The name of a schema's file in `docs/schema/`: `audit-v1.json` for `soabi/audit/v1`.
pub fn file_name(schema: &str) -> String {
    format!("{}.json", schema.trim_start_matches("soabi/").replace('/', "-"))
}

/// The schema of `T`, whose `schema` field has the one value `name`.
fn of<T: JsonSchema>(name: &str) -> Value {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    schema["title"] = name.into();
    schema["properties"]["schema"] = serde_json::json!({ "const": name });
    schema
}
