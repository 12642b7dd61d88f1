//! The reference pages that are made of JSON Schemas: reports, and the configuration where it has a schema.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::docs::hold;
use crate::support::root;

/// What a type of a schema is called: `array of SubjectEntry`, `string or null`.
fn type_of(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    // Draft 7 has no words beside a reference; they stand around it.
    if let Some([only]) = schema["allOf"].as_array().map(Vec::as_slice) {
        return type_of(only);
    }
    for any in ["anyOf", "oneOf"] {
        if let Some(options) = schema[any].as_array() {
            return options.iter().map(type_of).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(constant) = schema["const"].as_str() {
        return format!("`\"{constant}\"`");
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    }
    let name = |kind: &str| match kind {
        "array" => format!("array of {}", type_of(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("object of {}", type_of(&schema["additionalProperties"]))
        }
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => name(kind),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).map(name).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

/// A description in a cell of a table; Rust's links to types are names here.
fn description(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|");
    text.replace("[`", "`").replace("`]", "`").replace("`None`", "`null`")
}

/// The fields of an object, or the values of an enumeration, as a table.
fn table(schema: &Value) -> String {
    let mut text = String::new();
    if let Some(fields) = schema["properties"].as_object() {
        text += "| Field | Type | Meaning |\n| --- | --- | --- |\n";
        for (name, field) in fields {
            let _ = writeln!(text, "| `{name}` | {} | {} |", type_of(field), description(field));
        }
    }
    let values: Vec<&Value> =
        ["oneOf", "anyOf"].iter().filter_map(|any| schema[*any].as_array()).flatten().collect();
    if !values.is_empty() {
        text += "| Value | Meaning |\n| --- | --- |\n";
        for value in values {
            let _ = writeln!(text, "| {} | {} |", type_of(value), description(value));
        }
    }
    text
}

/// A schema as a chapter, its types below it. The headings of types are the same in all chapters of a page, so each
/// chapter is a page.
fn chapter(title: &str, schema: &Value) -> String {
    let mut text = format!("# {title}\n\n{}\n\n{}", description(schema), table(schema));
    let definitions = ["$defs", "definitions"].map(|key| schema[key].as_object());
    for (name, definition) in definitions.into_iter().flatten().flatten() {
        let table = table(definition);
        let _ = write!(text, "\n## {name}\n\n{}\n", description(definition));
        if table.is_empty() {
            let _ = write!(text, "\nType: {}\n", type_of(definition));
        } else {
            let _ = write!(text, "\n{table}");
        }
    }
    text
}

#[test]
fn the_reference_of_every_report() {
    let mut names: Vec<String> = fs::read_dir(root().join("docs/schema"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    for file in names {
        let schema = fs::read_to_string(root().join("docs/schema").join(&file)).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let stem = file.strip_suffix(".json").unwrap();
        let title = match stem.rsplit_once('-') {
            Some((report, version)) => format!("soabi/{report}/{version}"),
            None => stem.to_owned(),
        };
        let note = format!(
            "\nGenerated from the types of the program by `just pages`. The schema: [`{file}`](../schema/{file}).\n"
        );
        let text = chapter(&title, &schema);
        let (head, rest) = text.split_once('\n').unwrap();
        hold(&root().join("docs/json").join(format!("{stem}.md")), &format!("{head}\n{note}{rest}"));
    }
}
