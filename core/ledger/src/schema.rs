//! The tables.

use guichet_vault::Schema;

/// The ledger's tables, for the vault.
pub const fn schema() -> Schema {
    Schema { room: "ledger", steps: &[VERSION_1] }
}

// `row` is the primary key of its tree: see position.rs. The index on `account` holds the row numbers in order as well, so that a
// page of one account is one descent. Amounts are whole minor units of the account's currency. Names are stored in both languages.
//
// The search table holds an index only, no text. Its columns keep phrases from reaching across fields; prefixes of one to three
// letters, which people type most, have lists of their own. See search.rs for what goes in.
const VERSION_1: &str = "
    CREATE TABLE ledger_account (
        row INTEGER PRIMARY KEY,
        account_id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        number TEXT NOT NULL,
        name_en TEXT,
        name_zh TEXT,
        currency TEXT NOT NULL,
        booked INTEGER NOT NULL,
        available INTEGER NOT NULL,
        can_pay INTEGER NOT NULL CHECK (can_pay IN (0, 1)),
        CHECK (name_en IS NOT NULL OR name_zh IS NOT NULL)
    ) STRICT;

    CREATE TABLE ledger_transaction (
        row INTEGER PRIMARY KEY,
        transaction_id TEXT NOT NULL UNIQUE,
        account INTEGER NOT NULL REFERENCES ledger_account (row),
        is_booked INTEGER NOT NULL CHECK (is_booked IN (0, 1)),
        at INTEGER NOT NULL,
        minor INTEGER NOT NULL,
        kind TEXT NOT NULL,
        category TEXT NOT NULL,
        name_en TEXT,
        name_zh TEXT,
        counterparty_account TEXT,
        note TEXT,
        intent_id TEXT,
        refund_of TEXT,
        CHECK (name_en IS NOT NULL OR name_zh IS NOT NULL)
    ) STRICT;
    CREATE INDEX ledger_transaction_account ON ledger_transaction (account);

    CREATE VIRTUAL TABLE ledger_search USING fts5 (
        name_en, name_zh, note, numbers,
        content = '', contentless_delete = 1,
        tokenize = \"unicode61 remove_diacritics 2 tokenchars '.'\",
        prefix = '1 2 3'
    );

    CREATE TABLE ledger_sync (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        cursor TEXT NOT NULL,
        as_of INTEGER NOT NULL,
        more INTEGER NOT NULL CHECK (more IN (0, 1))
    ) STRICT;
";
