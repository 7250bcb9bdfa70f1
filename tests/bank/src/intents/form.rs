//! Whether the values in terms have the form of protocol sections 1 and 9.1. What breaks it is no intent at all.

use super::terms::{Payee, PayeeAbroad, Payer, Quote, Schedule, Terms};

/// The most payments a standing order can be limited to.
const TIMES_MAX: u16 = 999;

pub(super) fn has_valid_form(terms: &Terms) -> bool {
    match terms {
        Terms::Transfer(terms) => is_payer(&terms.from) && is_payee(&terms.to),
        Terms::OwnTransfer(terms) => is_payer(&terms.from) && is_account_number(&terms.to.account),
        Terms::InterbankTransfer(terms) => {
            is_payer(&terms.from) && is_payee(&terms.to) && is_bank_code(&terms.bank.code)
        }
        Terms::StandingOrder(terms) => {
            is_payer(&terms.from) && is_payee(&terms.to) && is_schedule(&terms.schedule)
        }
        Terms::StandingOrderChange(terms) => {
            is_uuid_v4(&terms.order_id)
                && is_payer(&terms.from)
                && is_payee(&terms.to)
                && is_schedule(&terms.schedule)
        }
        Terms::StandingOrderSkip(terms) => {
            is_uuid_v4(&terms.order_id) && is_payee(&terms.to) && is_day(&terms.date)
        }
        Terms::StandingOrderCancel(terms) => is_uuid_v4(&terms.order_id) && is_payee(&terms.to),
        Terms::Cancellation(terms) => is_uuid_v4(&terms.payment) && is_payee(&terms.to),
        Terms::BillPayment(terms) => is_payer(&terms.from) && is_id(&terms.biller.biller_id),
        Terms::MerchantPayment(terms) => {
            is_payer(&terms.from) && is_account_number(&terms.merchant.account)
        }
        Terms::RequestPayment(terms) => {
            is_uuid_v4(&terms.request_id) && is_payer(&terms.from) && is_payee(&terms.to)
        }
        Terms::CodeMandate(terms) => is_payer(&terms.from) && is_day(&terms.until),
        Terms::CodeMandateEnd(terms) => is_payer(&terms.from),
        Terms::CrossBorderTransfer(terms) => {
            is_payer(&terms.from)
                && is_payee_abroad(&terms.to)
                && is_quote(&terms.quote)
                && is_uuid_v4(&terms.uetr)
        }
    }
}

pub(super) fn is_uuid_v4(text: &str) -> bool {
    let Ok(uuid) = uuid::Uuid::try_parse(text) else { return false };
    uuid.get_version() == Some(uuid::Version::Random)
        && uuid.get_variant() == uuid::Variant::RFC4122
        && uuid.hyphenated().to_string() == text
}

fn is_payer(payer: &Payer) -> bool {
    is_account_number(&payer.account)
}

fn is_payee(payee: &Payee) -> bool {
    is_account_number(&payee.account)
}

fn is_payee_abroad(payee: &PayeeAbroad) -> bool {
    is_account_number(&payee.account) && is_bic(&payee.bic) && is_country(&payee.country)
}

fn is_schedule(schedule: &Schedule) -> bool {
    is_day(&schedule.first) && schedule.times <= TIMES_MAX
}

fn is_quote(quote: &Quote) -> bool {
    is_id(&quote.quote_id) && is_rate(&quote.rate) && is_day(&quote.arrives_by)
}

fn is_account_number(text: &str) -> bool {
    (8..=34).contains(&text.len()) && text.bytes().all(is_capital_or_digit)
}

const fn is_capital_or_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

fn is_bank_code(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_bic(text: &str) -> bool {
    matches!(text.len(), 8 | 11)
        && text.bytes().all(is_capital_or_digit)
        && text.bytes().take(6).all(|byte| byte.is_ascii_uppercase())
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// A day of the years 1970 to 9999, in the one spelling of the protocol.
fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok_and(|day| day.year() >= 1970 && day.to_string() == text)
}

/// A plain decimal number above zero: at most nine digits before the point and eight after it, no needless zero in front.
fn is_rate(text: &str) -> bool {
    let (major, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(major)
        && is_digits(fraction)
        && major.len() <= 9
        && fraction.len() <= 8
        && (major.len() == 1 || !major.starts_with('0'))
        && text.contains(|digit| ('1'..='9').contains(&digit))
}
