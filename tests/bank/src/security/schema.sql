-- What the customer's devices are told of. Numbered per customer, so that a number says nothing about other customers, and
-- acknowledging one acknowledges all before it.
CREATE TABLE security_notice (
    customer_id  TEXT NOT NULL REFERENCES customer (customer_id),
    number       INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('device_enrolled', 'device_revoked', 'approval_key_renewed', 'payments_frozen',
                                               'payments_unfrozen', 'signed_in')),
    at           INTEGER NOT NULL,
    device_id    TEXT REFERENCES device (device_id),             -- what it is about
    by_device_id TEXT REFERENCES device (device_id),             -- who did it, and need not be told
    client_id    TEXT REFERENCES client (client_id),             -- who signed in
    PRIMARY KEY (customer_id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER security_notice_is_final BEFORE UPDATE ON security_notice BEGIN
    SELECT RAISE(ABORT, 'a notice is never changed');
END;
CREATE TRIGGER security_notice_is_kept BEFORE DELETE ON security_notice BEGIN
    SELECT RAISE(ABORT, 'a notice is never deleted');
END;

-- How far each device has acknowledged.
CREATE TABLE security_acknowledged (
    device_id TEXT PRIMARY KEY REFERENCES device (device_id),
    number    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Customers whose payments are frozen now.
CREATE TABLE payments_freeze (
    customer_id TEXT PRIMARY KEY REFERENCES customer (customer_id),
    frozen_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The bank's own page: one row for each customer at it.
CREATE TABLE security_page (
    page_hash   TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customer (customer_id),
    locale      TEXT NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
