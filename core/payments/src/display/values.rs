//! What stands for each placeholder of a template (docs/protocol.md, section 9.3).

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::money::Money;
use guichet_foundation::time::Timestamp;

use crate::terms::{
    BillPayment, Cancellation, CodeMandate, CrossBorderTransfer, InterbankTransfer,
    MerchantPayment, OwnTransfer, Payee, Quote, Schedule, Terms,
};

/// The bank's time ahead of UTC, in seconds: Beijing's, the same all year.
const BANK_OFFSET_SECONDS: i64 = 8 * 3600;

/// How many characters of a random id are shown.
const SHORT_ID: usize = 8;

pub(super) enum Value {
    /// As it stands.
    Text(String),
    /// A word of the protocol, said in the customer's language.
    Word(String),
}

/// The value of a placeholder; `None` if these terms have none of this name.
pub(super) fn of(terms: &Terms, placeholder: &str) -> Option<Value> {
    Some(Value::Text(match placeholder {
        "amount" => terms.amount()?.with_code(),
        "from.account" => terms.payer()?.masked(),
        _ => return of_kind(terms, placeholder),
    }))
}

fn of_kind(terms: &Terms, placeholder: &str) -> Option<Value> {
    match terms {
        Terms::Transfer(transfer) => Some(match placeholder {
            "note" => text(transfer.note.expose()),
            "arrives" => word("arrives", transfer.arrives.as_str()),
            _ => return payee(&transfer.to, placeholder),
        }),
        Terms::OwnTransfer(transfer) => own_transfer(transfer, placeholder),
        Terms::InterbankTransfer(transfer) => interbank(transfer, placeholder),
        Terms::StandingOrder(order) => Some(match placeholder {
            "note" => text(order.note.expose()),
            _ => {
                return schedule(order.schedule, placeholder)
                    .or_else(|| payee(&order.to, placeholder));
            }
        }),
        Terms::StandingOrderChange(change) => Some(match placeholder {
            "order" => short(&change.order_id),
            "note" => text(change.note.expose()),
            _ => {
                return schedule(change.schedule, placeholder)
                    .or_else(|| payee(&change.to, placeholder));
            }
        }),
        Terms::StandingOrderSkip(skip) => Some(match placeholder {
            "order" => short(&skip.order_id),
            "date" => text(&skip.date.to_string()),
            _ => return payee(&skip.to, placeholder),
        }),
        Terms::StandingOrderCancel(cancel) => Some(match placeholder {
            "order" => short(&cancel.order_id),
            _ => return payee(&cancel.to, placeholder),
        }),
        Terms::Cancellation(cancellation) => cancelled(cancellation, placeholder),
        Terms::BillPayment(bill) => bill_payment(bill, placeholder),
        Terms::MerchantPayment(payment) => merchant_payment(payment, placeholder),
        Terms::RequestPayment(request) => Some(match placeholder {
            "note" => text(request.note.expose()),
            _ => return payee(&request.to, placeholder),
        }),
        Terms::CodeMandate(mandate) => code_mandate(mandate, placeholder),
        Terms::CodeMandateEnd(_) => None,
        Terms::CrossBorderTransfer(transfer) => cross_border(transfer, placeholder),
    }
}

fn payee(payee: &Payee, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "to.name" => text(payee.name.expose()),
        "to.account" => grouped(&payee.account),
        _ => return None,
    })
}

fn own_transfer(transfer: &OwnTransfer, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "to.account" => text(&transfer.to.account.masked()),
        "note" => text(transfer.note.expose()),
        _ => return None,
    })
}

fn interbank(transfer: &InterbankTransfer, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "bank.name" => text(transfer.bank.name.expose()),
        "bank.code" => text(transfer.bank.code.as_str()),
        "fee" => money(transfer.fee),
        "note" => text(transfer.note.expose()),
        "arrives" => word("arrives", transfer.arrives.as_str()),
        _ => return payee(&transfer.to, placeholder),
    })
}

fn schedule(schedule: Schedule, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "schedule.every" => word("every", schedule.every.as_str()),
        "schedule.first" => text(&schedule.first.to_string()),
        "schedule.times" if schedule.times == 0 => word("times", "0"),
        "schedule.times" => text(&schedule.times.to_string()),
        _ => return None,
    })
}

fn cancelled(cancellation: &Cancellation, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "payment" => short(&cancellation.payment),
        _ => return payee(&cancellation.to, placeholder),
    })
}

fn bill_payment(bill: &BillPayment, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "biller.name" => text(bill.biller.name.expose()),
        "reference" => text(bill.reference.expose()),
        "note" => text(bill.note.expose()),
        _ => return None,
    })
}

fn merchant_payment(payment: &MerchantPayment, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "merchant.name" => text(payment.merchant.name.expose()),
        "merchant.city" => text(payment.merchant.city.expose()),
        "merchant.account" => grouped(&payment.merchant.account),
        "reference" => text(payment.reference.expose()),
        _ => return None,
    })
}

fn code_mandate(mandate: &CodeMandate, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "per_payment" => money(mandate.per_payment),
        "per_day" => money(mandate.per_day),
        "until" => text(&mandate.until.to_string()),
        _ => return None,
    })
}

fn cross_border(transfer: &CrossBorderTransfer, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "to.name" => text(transfer.to.name.expose()),
        "to.account" => grouped(&transfer.to.account),
        "to.bic" => text(transfer.to.bic.as_str()),
        "to.country" => text(transfer.to.country.as_str()),
        "purpose" => word("purpose", transfer.purpose.as_str()),
        "uetr" => text(&transfer.uetr.to_string()),
        "note" => text(transfer.note.expose()),
        _ => return quote(&transfer.quote, placeholder),
    })
}

fn quote(quote: &Quote, placeholder: &str) -> Option<Value> {
    Some(match placeholder {
        "quote.sell" => money(quote.sell),
        "quote.buy" => money(quote.buy),
        "quote.fee" => money(quote.fee),
        "quote.rate" => text(&format!(
            "1 {} = {} {}",
            quote.buy.currency(),
            quote.rate.as_str(),
            quote.sell.currency()
        )),
        "quote.charges" => word("charges", quote.charges.as_str()),
        "quote.arrives_by" => text(&quote.arrives_by.to_string()),
        "quote.expires" => text(&bank_minute(quote.expires)),
        _ => return None,
    })
}

/// `2026-03-01 17:30`, by the bank's clocks.
fn bank_minute(time: Timestamp) -> String {
    let local = time.shifted(BANK_OFFSET_SECONDS).to_string();
    local.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn word(of: &str, word: &str) -> Value {
    Value::Word(format!("{of}.{word}"))
}

fn money(money: Money) -> Value {
    Value::Text(money.with_code())
}

fn grouped(account: &AccountNumber) -> Value {
    Value::Text(account.grouped())
}

fn short(id: &impl ToString) -> Value {
    Value::Text(id.to_string().chars().take(SHORT_ID).collect())
}
