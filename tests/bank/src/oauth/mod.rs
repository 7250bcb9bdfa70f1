//! The authorization server (section 3).

pub mod password;

/// The tables of this room.
pub const SCHEMA: &str = "
CREATE TABLE client (
    client_id TEXT PRIMARY KEY
) STRICT;
";
