//! docs/data-classes.md names every stored field.

use super::assert_clean;
use super::tree::root;

const PAGE: &str = "docs/data-classes.md";
const SCHEMAS: [&str; 2] = ["core/ledger/src/schema.rs", "core/payments/src/outbox/schema.sql"];
const SLOTS: &str = "core/foundation/src/ports/secure_store.rs";

fn text_of(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// `table.column` for every column of every `CREATE TABLE` in `schema`, and the name of every virtual table.
fn fields(schema: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut table: Option<&str> = None;
    for line in schema.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("CREATE VIRTUAL TABLE ") {
            found.extend(rest.split(' ').next().map(str::to_owned));
        } else if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.split(' ').next();
        } else if line.starts_with(')') {
            table = None;
        } else if let (Some(table), Some(word)) = (table, line.split(' ').next()) {
            let is_column = word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if is_column && !word.is_empty() {
                found.push(format!("{table}.{word}"));
            }
        }
    }
    found
}

/// The names of the secure store's slots.
fn slots(source: &str) -> Vec<String> {
    let names = source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
    names.filter(|name| name.starts_with("guichet.")).map(str::to_owned).collect()
}

fn unnamed(page: &str, names: Vec<String>) -> Vec<String> {
    let missing = names.into_iter().filter(|name| !page.contains(&format!("`{name}`")));
    missing.map(|name| format!("{PAGE} does not say of which class {name} is")).collect()
}

#[test]
fn every_stored_field_has_a_class_in_the_docs() {
    let page = text_of(PAGE);
    let fields: Vec<String> = SCHEMAS.iter().flat_map(|schema| fields(&text_of(schema))).collect();
    assert!(fields.len() > 30, "the schemas were not understood: {fields:?}");
    assert_clean(unnamed(&page, fields));
}

#[test]
fn every_slot_has_a_class_in_the_docs() {
    let slots = slots(&text_of(SLOTS));
    assert_eq!(slots.len(), 11, "the slots were not understood: {slots:?}");
    assert_clean(unnamed(&text_of(PAGE), slots));
}

#[test]
fn a_field_without_a_class_is_noticed() {
    let schema =
        "CREATE TABLE t (\n  a INTEGER,\n  secret TEXT NOT NULL,\n  CHECK (a > 0)\n) STRICT;";
    assert_eq!(fields(schema), ["t.a", "t.secret"]);
    assert_eq!(unnamed("| `t.a` | C1 |", fields(schema)).len(), 1);
}
