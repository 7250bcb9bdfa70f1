//! Every schema step, oldest first. A released step is never edited: the next change is a new step.
//!
//! Each room keeps its tables' text beside its code; this list only puts them in order.

/// The steps; the file's `user_version` counts how many it has been through.
pub(super) const MIGRATIONS: &[&[&str]] = &[
    &[
        crate::oauth::SCHEMA,
        crate::devices::SCHEMA,
        crate::challenges::SCHEMA,
        crate::trust::SCHEMA,
        crate::people::SCHEMA,
        crate::ledger::SCHEMA,
        crate::sync::SCHEMA,
        crate::intents::SCHEMA,
    ],
    &[crate::oauth::SCHEMA_2],
];
