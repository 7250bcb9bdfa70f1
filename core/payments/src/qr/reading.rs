//! From the text of a merchant-presented code to what it says.
//!
//! A data object that the specification reserves, or that belongs to others, is passed over; one that it defines is refused where
//! it is not of its form, also if Guichet does not act upon it.

use std::str::FromStr;

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::institution::BankCode;
use guichet_foundation::money::{Currency, Money};
use guichet_foundation::text::{City, PartyName};

use super::checksum::checksum;
use super::content::{Content, Detail, Details, LocalNames};
use super::labels::Label;
use super::merchant_code::InvalidCode;
use super::tlv::{NotObjects, Objects};
use super::{amount, id};

/// The most characters of a code (section 3.1).
const LENGTH_MAX: usize = 512;
/// The most characters of a globally unique identifier.
const GLOBALLY_UNIQUE_MAX: usize = 32;
/// The most characters of a merchant's name, and of its city.
const NAME_MAX: usize = 25;
const CITY_MAX: usize = 15;

/// Whose templates of accounts are ours: a reversed domain name.
pub(super) const OUR_SCHEME: &str = "example.guichet";
/// The whole payload format indicator: every code begins with it.
pub(super) const BEGINNING: &str = "000201";
/// What a merchant writes where the customer is to say something.
pub(super) const ASKED: &str = "***";

pub(super) fn content(text: &str) -> Result<Content, InvalidCode> {
    let objects = objects(text)?;
    let currency = currency(&objects)?;
    let amount = amount_in(&objects, currency)?;
    let asks_for_tip = asks_for_tip(&objects)?;
    let local = local_names(&objects)?;
    let details = details(&objects)?;
    let is_dynamic = is_dynamic(&objects)?;
    let category = demanded(&objects, id::CATEGORY)?;
    let country = demanded(&objects, id::COUNTRY)?;
    let name = name(&objects, id::NAME).ok_or_else(|| missing_or_bad(&objects, id::NAME))?;
    let city = city(&objects, id::CITY).ok_or_else(|| missing_or_bad(&objects, id::CITY))?;
    let (account, bank) = account(&objects)?;
    Ok(Content {
        is_dynamic,
        account,
        bank,
        name,
        city,
        country,
        category,
        currency,
        amount,
        asks_for_tip,
        local,
        details,
    })
}

fn objects(text: &str) -> Result<Objects<'_>, InvalidCode> {
    if text.chars().nth(LENGTH_MAX).is_some() {
        return Err(InvalidCode::TooLong);
    }
    if !text.starts_with(BEGINNING) {
        return Err(InvalidCode::NotAMerchantCode);
    }
    let end = text.len().saturating_sub(4);
    let (before, said) = text.split_at_checked(end).ok_or(InvalidCode::Damaged)?;
    if !before.ends_with("6304") || checksum(before) != said {
        return Err(InvalidCode::Damaged);
    }
    let objects = Objects::read(text).map_err(|cause| match cause {
        NotObjects::Malformed => InvalidCode::Malformed,
        NotObjects::Repeated(tag) => InvalidCode::Repeated(tag),
    })?;
    // Those eight characters could have been the end of another value.
    if objects.last() == Some(id::CHECKSUM) { Ok(objects) } else { Err(InvalidCode::Malformed) }
}

fn is_dynamic(objects: &Objects<'_>) -> Result<bool, InvalidCode> {
    match objects.get(id::INITIATION) {
        None | Some("11") => Ok(false),
        Some("12") => Ok(true),
        Some(_) => Err(InvalidCode::Value(id::INITIATION)),
    }
}

/// Our account among those of the code. One that stands beside those of other schemes is enough; two are ambiguous.
fn account(objects: &Objects<'_>) -> Result<(AccountNumber, Option<BankCode>), InvalidCode> {
    if objects.within(id::ACCOUNTS).next().is_none() {
        return Err(InvalidCode::Missing(*id::ACCOUNTS.start()));
    }
    let mut ours = None;
    for (tag, value) in objects.within(id::ACCOUNT_TEMPLATES) {
        let template = template(tag, value)?;
        if scheme(&template).ok_or(InvalidCode::Value(tag))? != OUR_SCHEME {
            continue;
        }
        let account = our_account(&template).ok_or(InvalidCode::Value(tag))?;
        if ours.replace(account).is_some() {
            return Err(InvalidCode::Repeated(tag));
        }
    }
    ours.ok_or(InvalidCode::OtherScheme)
}

fn scheme<'a>(template: &Objects<'a>) -> Option<&'a str> {
    let scheme = template.get(id::account::GLOBALLY_UNIQUE)?;
    scheme.chars().nth(GLOBALLY_UNIQUE_MAX).is_none().then_some(scheme)
}

fn our_account(template: &Objects<'_>) -> Option<(AccountNumber, Option<BankCode>)> {
    let number = template.get(id::account::NUMBER)?.parse().ok()?;
    Some((number, optional(template, id::account::BANK).ok()?))
}

fn currency(objects: &Objects<'_>) -> Result<Currency, InvalidCode> {
    let code = objects.get(id::CURRENCY).ok_or(InvalidCode::Missing(id::CURRENCY))?;
    let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    let code = is_code.then(|| code.parse().ok()).flatten();
    let code = code.ok_or(InvalidCode::Value(id::CURRENCY))?;
    Currency::from_numeric(code).map_err(|_| InvalidCode::Currency)
}

fn amount_in(objects: &Objects<'_>, currency: Currency) -> Result<Option<Money>, InvalidCode> {
    let Some(text) = objects.get(id::AMOUNT) else { return Ok(None) };
    amount::read(text, currency).map(Some).ok_or(InvalidCode::Value(id::AMOUNT))
}

/// Data objects 55 to 57. A fee without its indicator, or with another one, is no fee but a mistake.
fn asks_for_tip(objects: &Objects<'_>) -> Result<bool, InvalidCode> {
    let fixed = objects.get(id::FIXED_FEE).is_some();
    let percent = objects.get(id::PERCENT_FEE).is_some();
    match (objects.get(id::TIP), fixed, percent) {
        (None, false, false) => Ok(false),
        (Some("01"), false, false) => Ok(true),
        (Some("02"), true, false) | (Some("03"), false, true) => Err(InvalidCode::AddedFee),
        _ => Err(InvalidCode::Value(id::TIP)),
    }
}

fn local_names(objects: &Objects<'_>) -> Result<Option<LocalNames>, InvalidCode> {
    let Some(value) = objects.get(id::LOCAL_NAMES) else { return Ok(None) };
    let template = template(id::LOCAL_NAMES, value)?;
    let bad = InvalidCode::Value(id::LOCAL_NAMES);
    let language = template.get(id::local::LANGUAGE).and_then(|code| code.parse().ok());
    let city = match template.get(id::local::CITY) {
        None => None,
        Some(_) => Some(city(&template, id::local::CITY).ok_or(bad)?),
    };
    Ok(Some(LocalNames {
        language: language.ok_or(bad)?,
        name: name(&template, id::local::NAME).ok_or(bad)?,
        city,
    }))
}

fn details(objects: &Objects<'_>) -> Result<Details, InvalidCode> {
    let Some(value) = objects.get(id::DETAILS) else { return Ok(Details::default()) };
    let template = template(id::DETAILS, value)?;
    let detail = |tag| match template.get(tag) {
        None => Ok(None),
        Some(ASKED) => Ok(Some(Detail::Asked)),
        Some(text) => {
            let label: Label = text.parse().map_err(|_| InvalidCode::Value(id::DETAILS))?;
            Ok(Some(Detail::Given(label)))
        }
    };
    Ok(Details {
        bill_number: detail(id::detail::BILL_NUMBER)?,
        store: detail(id::detail::STORE)?,
        reference: detail(id::detail::REFERENCE)?,
        terminal: detail(id::detail::TERMINAL)?,
        purpose: detail(id::detail::PURPOSE)?,
    })
}

fn template(tag: u8, value: &str) -> Result<Objects<'_>, InvalidCode> {
    Objects::read(value).map_err(|_| InvalidCode::Value(tag))
}

fn name(objects: &Objects<'_>, tag: u8) -> Option<PartyName> {
    let text = objects.get(tag)?;
    text.chars().nth(NAME_MAX).is_none().then(|| text.parse().ok()).flatten()
}

fn city(objects: &Objects<'_>, tag: u8) -> Option<City> {
    let text = objects.get(tag)?;
    text.chars().nth(CITY_MAX).is_none().then(|| text.parse().ok()).flatten()
}

fn demanded<T: FromStr>(objects: &Objects<'_>, tag: u8) -> Result<T, InvalidCode> {
    optional(objects, tag)?.ok_or(InvalidCode::Missing(tag))
}

fn optional<T: FromStr>(objects: &Objects<'_>, tag: u8) -> Result<Option<T>, InvalidCode> {
    let read = objects.get(tag).map(|text| text.parse().map_err(|_| InvalidCode::Value(tag)));
    read.transpose()
}

fn missing_or_bad(objects: &Objects<'_>, tag: u8) -> InvalidCode {
    objects.get(tag).map_or(InvalidCode::Missing(tag), |_| InvalidCode::Value(tag))
}
