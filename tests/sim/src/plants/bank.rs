//! Bugs of the bank.

use super::{Change, Plant};

const EXECUTE: &str = "tests/bank/src/intents/execute.rs";
const HANDLERS: &str = "tests/bank/src/intents/handlers.rs";
const JUDGE: &str = "tests/bank/src/intents/judge.rs";
const MEMORY: &str = "tests/bank/src/intents/memory.rs";
const SUBMIT: &str = "tests/bank/src/intents/submit.rs";

pub(super) static PLANTS: [Plant; 5] = [
    Plant {
        name: "bank-executes-twice",
        what: "the bank does not look whether it has decided an intent before",
        breaks: &[2, 4],
        changes: &[
            Change {
                file: SUBMIT,
                right: "    if let Some(receipt) = decided_before(tx, &subject, bytes)? {",
                wrong: "    if let Some(receipt) = decided_before(tx, &subject, bytes)?\n        \
                            && !crate::planted::is(\"bank-executes-twice\")\n    {",
            },
            Change {
                file: JUDGE,
                right: "    ensure(fresh, Reason::ChallengeInvalid)?;",
                wrong: "    ensure(fresh || crate::planted::is(\"bank-executes-twice\"), Reason::ChallengeInvalid)?;",
            },
            Change {
                file: EXECUTE,
                right: "    let entry_id = EntryId::derived(&[submitter.device_id, &intent.id]);",
                wrong: "    let mut entry_id = EntryId::derived(&[submitter.device_id, &intent.id]);\n    \
                        if crate::planted::is(\"bank-executes-twice\") {\n        \
                            let entries: i64 = tx.query_row(\"SELECT count(*) FROM entry\", [], |row| row.get(0))?;\n        \
                            entry_id = EntryId::derived(&[submitter.device_id, &intent.id, &entries.to_string()]);\n    }",
            },
            Change {
                file: MEMORY,
                right: "    let sql = \"INSERT INTO decision (",
                wrong: "    if crate::planted::is(\"bank-executes-twice\")\n        \
                            && self::decision(tx, decision.subject.device_id, decision.subject.intent_id)?.is_some()\n    {\n        \
                            return Ok(());\n    }\n    let sql = \"INSERT INTO decision (",
            },
        ],
    },
    Plant {
        name: "bank-forgets-expiry",
        what: "the bank executes what came after its time",
        breaks: &[6],
        changes: &[
            Change {
                file: JUDGE,
                right: "    ensure(is_in_time(intent, desk.now.as_second()), Reason::Expired)?;",
                wrong: "    let in_time = is_in_time(intent, desk.now.as_second());\n    \
                        ensure(in_time || crate::planted::is(\"bank-forgets-expiry\"), Reason::Expired)?;",
            },
            // The challenge ends with the intent, and would stop it too.
            Change {
                file: JUDGE,
                right: "challenges::take(tx, submitter.client_id, Purpose::Intent, &intent.challenge, desk.now)?;",
                wrong: "challenges::take(tx, submitter.client_id, Purpose::Intent, &intent.challenge, desk.now)?;\n    \
                        let fresh = fresh || crate::planted::is(\"bank-forgets-expiry\");",
            },
        ],
    },
    Plant {
        name: "bank-pays-one-fen-more",
        what: "the bank books another amount than the one that was approved",
        breaks: &[3],
        changes: &[Change {
            file: EXECUTE,
            right: "    let amount = transfer.amount;",
            wrong: "    let mut amount = transfer.amount;\n    \
                    if crate::planted::is(\"bank-pays-one-fen-more\") {\n        \
                        amount = Money::new(amount.currency(), amount.minor() + 1).unwrap_or(amount);\n    }",
        }],
    },
    Plant {
        name: "bank-receipt-without-entry",
        what: "the bank gives a receipt for what it has not stored",
        breaks: &[4],
        changes: &[Change {
            file: HANDLERS,
            right: "    bank.store.write(|tx| submit(tx, &desk, &submitter, bytes, approval))",
            wrong: "    if crate::planted::is(\"bank-receipt-without-entry\") {\n        \
                        let mut answer = Err(SubmitError::Conflict);\n        \
                        let _rolled_back: Result<(), SubmitError> = bank.store.write(|tx| {\n            \
                            answer = submit(tx, &desk, &submitter, bytes, approval);\n            \
                            Err(SubmitError::Conflict)\n        });\n        return answer;\n    }\n    \
                    bank.store.write(|tx| submit(tx, &desk, &submitter, bytes, approval))",
        }],
    },
    Plant {
        name: "bank-pays-while-stopped",
        what: "the bank executes payments of a customer whose payments are stopped",
        breaks: &[0],
        changes: &[Change {
            file: JUDGE,
            right: "    ensure(!security::is_frozen(tx, submitter.customer_id)?, Reason::PaymentsFrozen)?;",
            wrong: "    let is_frozen = security::is_frozen(tx, submitter.customer_id)?;\n    \
                    ensure(!is_frozen || crate::planted::is(\"bank-pays-while-stopped\"), Reason::PaymentsFrozen)?;",
        }],
    },
];
