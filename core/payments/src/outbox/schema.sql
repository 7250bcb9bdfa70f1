-- Payments from draft to receipt. Classes after JR/T 0171 stand beside the columns.
-- The checks and triggers say once more, where no code path can miss it, what the machine says: nothing is settled without a
-- receipt, and what has once been sent keeps its bytes for ever.
CREATE TABLE payments_outbox (
    intent_id   TEXT    NOT NULL PRIMARY KEY,                                   -- C1
    terms       TEXT    NOT NULL,                                               -- C2, JSON
    stage       TEXT    NOT NULL CHECK (stage IN
        ('draft', 'reviewed', 'approved', 'in_flight', 'unknown', 'confirmed', 'rejected')), -- C1
    setback     TEXT    CHECK (setback IN ('review_expired', 'not_sent')),      -- C1
    intent      BLOB,                                                           -- C2, canonical bytes
    words       TEXT,                                                           -- C2, the display text
    approval    BLOB    CHECK (length(approval) = 64),                          -- C2, r || s
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),               -- C1
    retry_at    INTEGER,                                                        -- C1, seconds since 1970
    receipt     TEXT,                                                           -- C2, compact JWS
    receipt_key BLOB    CHECK (length(receipt_key) = 65),                       -- C1, the point that verified it
    made_at     INTEGER NOT NULL,                                               -- C1
    changed_at  INTEGER NOT NULL,                                               -- C1
    CHECK (setback IS NULL OR stage = 'draft'),
    CHECK ((intent IS NULL) = (stage = 'draft')),
    CHECK ((words IS NULL) = (intent IS NULL)),
    CHECK ((approval IS NULL) = (stage IN ('draft', 'reviewed'))),
    CHECK ((receipt IS NULL) = (stage NOT IN ('confirmed', 'rejected'))),
    CHECK ((receipt_key IS NULL) = (receipt IS NULL))
) STRICT;

CREATE INDEX payments_open ON payments_outbox (made_at) WHERE stage NOT IN ('confirmed', 'rejected');
CREATE INDEX payments_settled ON payments_outbox (changed_at) WHERE stage IN ('confirmed', 'rejected');

CREATE TRIGGER payments_begin_as_drafts BEFORE INSERT ON payments_outbox
    WHEN new.stage <> 'draft'
    BEGIN SELECT RAISE(ABORT, 'a payment begins as a draft'); END;

CREATE TRIGGER payments_approved_bytes_stay BEFORE UPDATE ON payments_outbox
    WHEN old.stage NOT IN ('draft', 'reviewed')
     AND new.stage <> 'draft'
     AND (new.intent IS NOT old.intent OR new.words IS NOT old.words OR new.approval IS NOT old.approval)
    BEGIN SELECT RAISE(ABORT, 'the bytes of an approved payment never change'); END;

CREATE TRIGGER payments_unknown_needs_receipt BEFORE UPDATE ON payments_outbox
    WHEN old.stage = 'unknown' AND new.stage NOT IN ('unknown', 'confirmed', 'rejected')
    BEGIN SELECT RAISE(ABORT, 'an unknown payment is settled by a receipt only'); END;

CREATE TRIGGER payments_settled_stays BEFORE UPDATE ON payments_outbox
    WHEN old.stage IN ('confirmed', 'rejected')
    BEGIN SELECT RAISE(ABORT, 'a settled payment never changes'); END;

CREATE TRIGGER payments_sent_is_kept BEFORE DELETE ON payments_outbox
    WHEN old.stage NOT IN ('draft', 'reviewed', 'approved')
    BEGIN SELECT RAISE(ABORT, 'a payment that was sent is never deleted'); END;

CREATE TRIGGER payments_terms_stay BEFORE UPDATE ON payments_outbox
    WHEN new.terms IS NOT old.terms OR new.intent_id IS NOT old.intent_id
    BEGIN SELECT RAISE(ABORT, 'the terms of a payment never change'); END;

-- The limits the bank told with the last challenge: one row.
CREATE TABLE payments_limits (
    only            INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    per_payment     TEXT    NOT NULL,                                           -- C2, JSON money
    remaining_today TEXT    NOT NULL,                                           -- C2, JSON money
    told_at         INTEGER NOT NULL                                            -- C1
) STRICT;
