//! Bugs of the phone.

use super::{Change, Plant};

const APPROVAL: &str = "core/payments/src/approval.rs";
const DESK: &str = "core/payments/src/desk.rs";
const MACHINE: &str = "core/payments/src/outbox/machine.rs";
const OUTBOX: &str = "core/payments/src/outbox/mod.rs";
const RECEIPT: &str = "core/payments/src/receipt.rs";
const STORE: &str = "core/payments/src/outbox/store.rs";
const SUBMIT: &str = "core/payments/src/submit.rs";
const ERASE: &str = "core/vault/src/erase.rs";
const FLIGHT: &str = "core/session/src/bank/flight.rs";
const REVOCATION: &str = "core/session/src/bank/revocation.rs";
const LEDGER: &str = "core/ledger/src/ledger.rs";
const PAY: &str = "core/app/src/pay/mod.rs";
const SESSION_WIPE: &str = "core/session/src/wipe.rs";

pub(super) static PLANTS: [Plant; 13] = [
    Plant {
        name: "send-before-commit",
        what: "a payment leaves the phone before it is written down that it does",
        breaks: &[4, 5],
        changes: &[Change {
            file: OUTBOX,
            right: "if state != payment.state {",
            wrong: "let leaves = matches!(effect, Some(Effect::Send { .. }));\n                \
                    if state != payment.state && !(leaves && crate::planted::is(\"send-before-commit\")) {",
        }],
    },
    Plant {
        name: "new-id-on-retry",
        what: "a payment without an answer begins again under a new id",
        breaks: &[2, 4],
        changes: &[
            Change {
                file: SUBMIT,
                right: "let event = self.judge(answer, &signed, attempt).await;",
                wrong: "let event = self.judge(answer, &signed, attempt).await;\n        \
                        if crate::planted::is(\"new-id-on-retry\") && matches!(event, Event::Unanswered { .. }) {\n            \
                            self.outbox().begin_again(hold.id(), self.random_id())?;\n            \
                            return Ok(line);\n        }",
            },
            Change {
                file: OUTBOX,
                right: "    pub(crate) fn payment(&self, id: IntentId) -> Result<Payment, OutboxFailure> {",
                wrong: "    pub(crate) fn begin_again(&self, id: IntentId, new: IntentId) -> Result<(), OutboxFailure> {\n        \
                            self.vault.write(|db| {\n            \
                                db.execute_batch(\"DROP TRIGGER IF EXISTS payments_terms_stay; \\\n                \
                                    DROP TRIGGER IF EXISTS payments_unknown_needs_receipt\")?;\n            \
                                db.execute(\n                \
                                    \"UPDATE payments_outbox SET intent_id = ?2, stage = 'draft', intent = NULL, words = NULL, \\\n                 \
                                     approval = NULL, attempts = 0, retry_at = NULL WHERE intent_id = ?1\",\n                \
                                    (id.to_string(), new.to_string()),\n            )?;\n            \
                                Ok::<_, OutboxFailure>(())\n        })?;\n        \
                            self.touch();\n        Ok(())\n    }\n\n    \
                        pub(crate) fn payment(&self, id: IntentId) -> Result<Payment, OutboxFailure> {",
            },
        ],
    },
    Plant {
        name: "timeout-is-not-sent",
        what: "a time-out counts as proof that nothing was sent",
        breaks: &[4],
        changes: &[Change {
            file: SUBMIT,
            right: "} else if failure.may_have_been_carried_out() {",
            wrong: "} else if failure.may_have_been_carried_out() && !crate::planted::is(\"timeout-is-not-sent\") {",
        }],
    },
    Plant {
        name: "expired-is-not-paid",
        what: "a payment whose end is not known counts as not paid once its time has run out",
        breaks: &[4],
        changes: &[
            Change {
                file: MACHINE,
                right: "        (InFlight(sending) | Unknown(sending), Event::Leaving) => return sending.leave(Unknown),",
                wrong: "        (Unknown(sending), Event::Leaving)\n            \
                            if crate::planted::is(\"expired-is-not-paid\") && sending.is_expired(now) =>\n        {\n            \
                            Draft { setback: Some(Setback::NotSent) }\n        }\n        \
                        (InFlight(sending) | Unknown(sending), Event::Leaving) => return sending.leave(Unknown),",
            },
            Change {
                file: STORE,
                right: "    let signed = state.signed();\n    let receipt = state.receipt();",
                wrong: "    if crate::planted::is(\"expired-is-not-paid\") {\n        \
                            db.execute_batch(\"DROP TRIGGER IF EXISTS payments_unknown_needs_receipt\")?;\n    }\n    \
                        let signed = state.signed();\n    let receipt = state.receipt();",
            },
        ],
    },
    Plant {
        name: "receipt-unverified",
        what: "a receipt is believed without its signature",
        breaks: &[4],
        changes: &[Change {
            file: RECEIPT,
            right: "        let (payload, key) = keys.verify_jws_with_key(compact, TYPE)?;\n        \
                    Self::read(&payload, compact, key, signed)",
            wrong: "        let verified = keys.verify_jws_with_key(compact, TYPE);\n        \
                    if verified.is_err() && crate::planted::is(\"receipt-unverified\") {\n            \
                        return Self::recall(compact, P256PublicKey::from_coordinates([0; 32], [0; 32]), signed);\n        }\n        \
                    let (payload, key) = verified?;\n        \
                    Self::read(&payload, compact, key, signed)",
        }],
    },
    Plant {
        name: "double-resolve",
        what: "two tasks take the same payment in hand",
        breaks: &[2, 4],
        changes: &[Change {
            file: DESK,
            right: "self.papers().held.insert(id).then(|| Hold { desk: self.clone(), id })",
            wrong: "let is_free = self.papers().held.insert(id) || crate::planted::is(\"double-resolve\");\n        \
                    is_free.then(|| Hold { desk: self.clone(), id })",
        }],
    },
    Plant {
        name: "other-words",
        what: "an approval is taken whatever words were on the screen",
        breaks: &[3],
        changes: &[Change {
            file: APPROVAL,
            right: "if frozen.text_digest() != shown {",
            wrong: "if frozen.text_digest() != shown && !crate::planted::is(\"other-words\") {",
        }],
    },
    Plant {
        name: "outbox-lost-on-resync",
        what: "when the accounts are fetched anew the payments are thrown away too",
        breaks: &[4],
        changes: &[Change {
            file: LEDGER,
            right: "        self.vault.write(|tx| {\n            Ok(tx.execute_batch(\n                \"DELETE FROM ledger_sync;",
            wrong: "        self.vault.write(|tx| {\n            \
                    if crate::planted::is(\"outbox-lost-on-resync\") {\n                \
                        tx.execute_batch(\"DROP TRIGGER IF EXISTS payments_sent_is_kept; DELETE FROM payments_outbox\")?;\n            }\n            \
                    Ok(tx.execute_batch(\n                \"DELETE FROM ledger_sync;",
        }],
    },
    Plant {
        name: "refresh-race",
        what: "whoever needs newer tokens asks for them without looking whether somebody does",
        breaks: &[9],
        changes: &[Change {
            file: FLIGHT,
            right: "if let Some(under_way) = &*flight {",
            wrong: "if let Some(under_way) = &*flight\n            && !crate::planted::is(\"refresh-race\")\n        {",
        }],
    },
    Plant {
        name: "wipe-leaves-the-key",
        what: "a wipe leaves the keys that open the vault",
        breaks: &[8],
        changes: &[Change {
            file: ERASE,
            right: "let keys = remove(store, &KEYS);",
            wrong: "let keys =\n        if crate::planted::is(\"wipe-leaves-the-key\") { Ok(()) } else { remove(store, &KEYS) };",
        }],
    },
    Plant {
        name: "wipe-not-finished",
        what: "a wipe that was killed half way is not taken up again",
        breaks: &[5, 8],
        changes: &[Change {
            file: SESSION_WIPE,
            right: "let reason = if erase::is_marked(store)? {",
            wrong: "let reason = if erase::is_marked(store)? && !crate::planted::is(\"wipe-not-finished\") {",
        }],
    },
    Plant {
        name: "revocation-ignored",
        what: "the bank's word that the device is signed out changes nothing",
        breaks: &[8],
        changes: &[Change {
            file: REVOCATION,
            right: "if self.0.keeper.life() == seen.life {",
            wrong: "if self.0.keeper.life() == seen.life && !crate::planted::is(\"revocation-ignored\") {",
        }],
    },
    Plant {
        name: "locked-but-open",
        what: "the payments stay on the screen of a locked app",
        breaks: &[11],
        changes: &[Change {
            file: PAY,
            right: "            let before = state.content.take();",
            wrong: "            if content.is_none() && crate::planted::is(\"locked-but-open\") {\n                return;\n            }\n            \
                    let before = state.content.take();",
        }],
    },
];
