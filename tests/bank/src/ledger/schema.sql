-- The bank's books. What must never happen is refused here, by the file itself, whatever program writes to it
-- with foreign keys on.

CREATE TABLE account (
    account_id  TEXT PRIMARY KEY,
    customer_id TEXT REFERENCES customer (customer_id),          -- NULL: one of the bank's own
    number      TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('current', 'savings', 'card', 'foreign', 'internal')),
    currency    TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    name_zh     TEXT NOT NULL,
    can_pay     INTEGER NOT NULL CHECK (can_pay IN (0, 1)),
    booked      INTEGER NOT NULL DEFAULT 0,                      -- the sum of its postings, kept by a trigger
    change      INTEGER NOT NULL DEFAULT 0,                      -- when `booked` or `available` last changed, for sync
    UNIQUE (account_id, currency),
    CHECK ((customer_id IS NULL) = (kind = 'internal')),
    CHECK (kind IN ('card', 'internal') OR booked >= 0)          -- nobody's own money goes below zero
) STRICT;
CREATE INDEX account_of_customer ON account (customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE entry (
    entry_id    TEXT PRIMARY KEY,
    at          INTEGER NOT NULL,                                -- seconds since 1970
    description TEXT NOT NULL,
    intent_id   TEXT
) STRICT;
CREATE INDEX entry_of_intent ON entry (intent_id) WHERE intent_id IS NOT NULL;

CREATE TABLE posting (
    entry_id   TEXT NOT NULL REFERENCES entry (entry_id),
    account_id TEXT NOT NULL,
    minor      INTEGER NOT NULL CHECK (minor <> 0),
    currency   TEXT NOT NULL,
    PRIMARY KEY (entry_id, account_id),
    FOREIGN KEY (account_id, currency) REFERENCES account (account_id, currency)
) STRICT, WITHOUT ROWID;

-- An entry that does not yet sum to zero. Each row refers to a row of `impossible`, which has none, and that reference is
-- checked at COMMIT: a transaction that leaves an entry unbalanced cannot be committed.
CREATE TABLE impossible (id INTEGER PRIMARY KEY CHECK (FALSE)) STRICT;
CREATE TABLE imbalance (
    entry_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    balanced INTEGER NOT NULL DEFAULT 0 REFERENCES impossible (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (entry_id, currency)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER posting_is_counted AFTER INSERT ON posting BEGIN
    INSERT INTO imbalance (entry_id, currency, minor) VALUES (NEW.entry_id, NEW.currency, NEW.minor)
        ON CONFLICT (entry_id, currency) DO UPDATE SET minor = minor + excluded.minor;
    UPDATE account SET booked = booked + NEW.minor WHERE account_id = NEW.account_id;
    DELETE FROM imbalance WHERE entry_id = NEW.entry_id AND currency = NEW.currency AND minor = 0;
END;

CREATE TRIGGER balance_begins_at_zero BEFORE INSERT ON account WHEN NEW.booked <> 0 BEGIN
    SELECT RAISE(ABORT, 'an account begins at zero: post an entry');
END;
CREATE TRIGGER balance_needs_an_entry BEFORE UPDATE OF booked ON account
    WHEN NEW.booked <> OLD.booked AND NOT EXISTS (SELECT 1 FROM imbalance WHERE currency = NEW.currency) BEGIN
    SELECT RAISE(ABORT, 'a balance changes by an entry only');
END;
CREATE TRIGGER posting_is_final BEFORE UPDATE ON posting BEGIN
    SELECT RAISE(ABORT, 'a posting is never changed: post the reverse');
END;
CREATE TRIGGER posting_is_kept BEFORE DELETE ON posting BEGIN
    SELECT RAISE(ABORT, 'a posting is never deleted: post the reverse');
END;
CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry BEGIN
    SELECT RAISE(ABORT, 'an entry is never changed: post the reverse');
END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN
    SELECT RAISE(ABORT, 'an entry is never deleted: post the reverse');
END;

-- What a customer sees: a row for each booked posting to one of their accounts, and one for each pending item. A pending item
-- holds money back; it posts nothing until it is booked.
CREATE TABLE movement (
    movement_id          TEXT PRIMARY KEY,
    customer_id          TEXT NOT NULL REFERENCES customer (customer_id),
    account_id           TEXT NOT NULL,
    change               INTEGER NOT NULL,
    status               TEXT NOT NULL CHECK (status IN ('pending', 'booked')),
    at                   INTEGER NOT NULL,
    minor                INTEGER NOT NULL CHECK (minor <> 0),
    currency             TEXT NOT NULL,
    kind                 TEXT NOT NULL,
    category             TEXT NOT NULL,
    counterparty_en      TEXT,
    counterparty_zh      TEXT,
    counterparty_account TEXT,
    note                 TEXT,
    intent_id            TEXT,
    refund_of            TEXT,
    entry_id             TEXT,
    FOREIGN KEY (account_id, currency) REFERENCES account (account_id, currency),
    FOREIGN KEY (entry_id, account_id) REFERENCES posting (entry_id, account_id),
    CHECK ((status = 'booked') = (entry_id IS NOT NULL)),
    CHECK (counterparty_en IS NOT NULL OR counterparty_zh IS NOT NULL)
) STRICT;
CREATE INDEX movement_newest ON movement (customer_id, at DESC, movement_id DESC);
CREATE INDEX movement_changed ON movement (customer_id, change);
CREATE INDEX movement_held ON movement (account_id, minor) WHERE status = 'pending';

CREATE TABLE removal (
    change      INTEGER PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customer (customer_id),
    movement_id TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX removal_changed ON removal (customer_id, change);

-- Counts every change a customer can see, across all customers.
CREATE TABLE change_count (id INTEGER PRIMARY KEY CHECK (id = 1), latest INTEGER NOT NULL) STRICT;
INSERT INTO change_count (id, latest) VALUES (1, 0);
