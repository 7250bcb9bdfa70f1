//! The targets, one file for each area.

mod accounts;
mod codes;
mod documents;
mod intents;
mod money;
mod names;
mod times;

use crate::Target;

pub(crate) const ALL: &[Target] = &[
    Target { name: "account-numbers", check: accounts::numbers, vectors: accounts::seeds },
    Target { name: "customer-codes", check: codes::customer, vectors: codes::customer_seeds },
    Target { name: "intents", check: intents::intents, vectors: intents::intent_seeds },
    Target { name: "iso20022", check: accounts::iso20022, vectors: none },
    Target { name: "merchant-codes", check: codes::merchant, vectors: codes::merchant_seeds },
    Target { name: "metadata", check: documents::metadata, vectors: documents::metadata_seeds },
    Target { name: "money", check: money::amounts, vectors: money::seeds },
    Target { name: "money-entry", check: money::entry, vectors: none },
    Target { name: "names", check: names::names, vectors: names::seeds },
    Target { name: "pin-sets", check: documents::pin_sets, vectors: documents::pin_set_seeds },
    Target { name: "receipt-keys", check: documents::receipt_keys, vectors: documents::key_seeds },
    Target { name: "receipts", check: documents::receipts, vectors: documents::receipt_seeds },
    Target { name: "revocations", check: documents::revocations, vectors: documents::notice_seeds },
    Target {
        name: "signatures",
        check: documents::signatures,
        vectors: documents::signature_seeds,
    },
    Target { name: "signed-documents", check: documents::jws, vectors: documents::jws_seeds },
    Target { name: "sync-pages", check: money::sync_pages, vectors: money::page_seeds },
    Target { name: "terms", check: intents::terms, vectors: intents::terms_seeds },
    Target { name: "times", check: times::times, vectors: none },
];

/// No vectors: the corpus is what it begins with.
fn none() -> Vec<Vec<u8>> {
    Vec::new()
}

/// The input as text, which is what all of these decoders are given.
fn utf8(input: &[u8]) -> Option<&str> {
    str::from_utf8(input).ok()
}
