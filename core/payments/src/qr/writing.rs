//! From what a merchant-presented code says to its text.

use super::checksum::checksum;
use super::content::{Content, Detail, Details, LocalNames};
use super::reading::{ASKED, BEGINNING, OUR_SCHEME};
use super::tlv::write;
use super::{amount, id};

/// The data objects in the order of their names, then the checksum. Content that is too long for its place gives a text that
/// cannot be read.
pub(super) fn text(content: &Content) -> String {
    let mut text = BEGINNING.to_owned();
    write(&mut text, id::INITIATION, if content.is_dynamic { "12" } else { "11" });
    write(&mut text, *id::ACCOUNT_TEMPLATES.start(), &account(content));
    write(&mut text, id::CATEGORY, &content.category.to_string());
    write(&mut text, id::CURRENCY, &format!("{:03}", content.currency.numeric()));
    if let Some(money) = content.amount {
        write(&mut text, id::AMOUNT, &amount::write(money));
    }
    if content.asks_for_tip {
        write(&mut text, id::TIP, "01");
    }
    write(&mut text, id::COUNTRY, content.country.as_str());
    write(&mut text, id::NAME, content.name.expose());
    write(&mut text, id::CITY, content.city.expose());
    if content.details != Details::default() {
        write(&mut text, id::DETAILS, &details(&content.details));
    }
    if let Some(local) = &content.local {
        write(&mut text, id::LOCAL_NAMES, &local_names(local));
    }
    text.push_str("6304");
    let checksum = checksum(&text);
    text + &checksum
}

fn account(content: &Content) -> String {
    let mut template = String::new();
    write(&mut template, id::account::GLOBALLY_UNIQUE, OUR_SCHEME);
    write(&mut template, id::account::NUMBER, content.account.expose());
    if let Some(bank) = &content.bank {
        write(&mut template, id::account::BANK, bank.as_str());
    }
    template
}

fn details(details: &Details) -> String {
    let mut template = String::new();
    let all = [
        (id::detail::BILL_NUMBER, &details.bill_number),
        (id::detail::STORE, &details.store),
        (id::detail::REFERENCE, &details.reference),
        (id::detail::TERMINAL, &details.terminal),
        (id::detail::PURPOSE, &details.purpose),
    ];
    for (tag, detail) in all {
        match detail {
            None => {}
            Some(Detail::Asked) => write(&mut template, tag, ASKED),
            Some(Detail::Given(label)) => write(&mut template, tag, label.expose()),
        }
    }
    template
}

fn local_names(local: &LocalNames) -> String {
    let mut template = String::new();
    write(&mut template, id::local::LANGUAGE, &local.language.code().to_ascii_uppercase());
    write(&mut template, id::local::NAME, local.name.expose());
    if let Some(city) = &local.city {
        write(&mut template, id::local::CITY, city.expose());
    }
    template
}
