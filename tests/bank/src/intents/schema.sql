-- Intents that were decided: what was signed, what it came to, and the receipt that says so. One row per id and device, which
-- is what makes an intent move money once.
CREATE TABLE decision (
    device_id   TEXT NOT NULL,
    intent_id   TEXT NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customer (customer_id),
    intent      BLOB NOT NULL,                                   -- the canonical bytes
    approval    BLOB NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('executed', 'refused')),
    reason      TEXT,
    entry_id    TEXT UNIQUE REFERENCES entry (entry_id),
    counted     INTEGER NOT NULL,                                -- what it takes off the day's limit, in fen
    bank_day    TEXT NOT NULL,
    receipt     TEXT NOT NULL,
    PRIMARY KEY (device_id, intent_id),
    CHECK ((outcome = 'executed') = (entry_id IS NOT NULL)),
    CHECK ((outcome = 'refused') = (reason IS NOT NULL)),
    CHECK (counted >= 0 AND (outcome = 'executed' OR counted = 0))
) STRICT;
CREATE INDEX decision_of_day ON decision (customer_id, bank_day) WHERE outcome = 'executed';

CREATE TRIGGER decision_is_final BEFORE UPDATE ON decision BEGIN
    SELECT RAISE(ABORT, 'a decision is never changed');
END;
CREATE TRIGGER decision_is_kept BEFORE DELETE ON decision BEGIN
    SELECT RAISE(ABORT, 'a decision is never deleted');
END;

-- Approvals that did not verify. They decide nothing about the id: whoever sends rubbish in a customer's name must not be able
-- to use up the id of a payment the customer did approve.
CREATE TABLE refused_approval (
    device_id       TEXT NOT NULL,
    intent_sha256   TEXT NOT NULL,
    approval_sha256 TEXT NOT NULL,
    receipt         TEXT NOT NULL,
    -- When the intent ends: long after that the pair may be forgotten, since it is refused as expired.
    expires_at      INTEGER NOT NULL,
    PRIMARY KEY (device_id, intent_sha256, approval_sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX refused_approval_expiry ON refused_approval (expires_at);
