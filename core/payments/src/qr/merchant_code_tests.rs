//! What a merchant-presented code must say, and what it must not.

use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};
use proptest::prelude::*;

use super::checksum::checksum;
use super::*;

/// The example of the specification (EMV QRCPS, Merchant-Presented Mode, version 1.1), whose checksum is A13A.
const PUBLISHED: &str = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN\
    5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A6008667\
    0902ME91320016A011223344998877070812345678";

/// The data objects of a code for Guichet, each to be altered.
const OURS: [(u8, &str); 13] = [
    (0, "01"),
    (1, "12"),
    (26, "0015example.guichet011962220210001122334450212102100099996"),
    (52, "5812"),
    (53, "156"),
    (54, "23.72"),
    (55, "01"),
    (58, "CN"),
    (59, "Tea House"),
    (60, "BEIJING"),
    (62, "0504T-170703***"),
    (64, "0002ZH0105老舍茶馆店0202北京"),
    (65, "reserved"),
];

fn sealed(body: &str) -> String {
    let body = format!("{body}6304");
    format!("{body}{}", checksum(&body))
}

fn text_of(objects: &[(u8, &str)]) -> String {
    let mut body = String::new();
    for (tag, value) in objects {
        tlv::write(&mut body, *tag, value);
    }
    sealed(&body)
}

/// The code with another value in one place; an empty one takes it away.
fn with(tag: u8, value: &str) -> Result<MerchantCode, InvalidCode> {
    let mut objects: Vec<(u8, &str)> =
        OURS.into_iter().filter(|(other, _)| *other != tag).collect();
    if !value.is_empty() {
        let at = objects.iter().position(|(other, _)| *other > tag).unwrap_or(objects.len());
        objects.insert(at, (tag, value));
    }
    MerchantCode::parse(&text_of(&objects))
}

fn with_bad(tag: u8, value: &str) -> InvalidCode {
    with(tag, value).expect_err(value)
}

#[test]
fn the_specification_s_example_is_whole_but_of_other_schemes() {
    let text = sealed(PUBLISHED);
    assert!(text.ends_with("6304A13A"));
    assert_eq!(MerchantCode::parse(&text), Err(InvalidCode::OtherScheme));
}

#[test]
fn our_account_is_found_beside_those_of_other_schemes() {
    let ours = "26580015example.guichet011962220210001122334450212102100099996";
    let code = MerchantCode::parse(&sealed(&format!("{PUBLISHED}{ours}"))).unwrap();
    assert_eq!(code.account_number().expose(), "6222021000112233445");
    assert_eq!(code.merchant_name().expose(), "BEST TRANSPORT");
    assert_eq!(code.merchant_name_in(Locale::ZhCn).expose(), "最佳运输");
    assert_eq!(code.content().details.store, Some(Detail::Given("1234".parse().unwrap())));
}

#[test]
fn a_code_says_what_was_put_into_it() {
    let code = MerchantCode::parse(&text_of(&OURS)).unwrap();
    assert!(code.is_dynamic());
    assert_eq!(code.bank_code().unwrap().as_str(), "102100099996");
    assert_eq!(code.amount(), Some(Money::new(Currency::CNY, 2372)));
    assert_eq!(code.merchant_name_in(Locale::En).expose(), "Tea House");
    assert_eq!(code.city().expose(), "BEIJING");
    assert_eq!(code.reference().unwrap().expose(), "T-17");
    assert_eq!(code.bill_number(), None);
    assert_eq!(code.content().details.terminal, Some(Detail::Asked));
    assert!(code.content().asks_for_tip);
}

#[test]
fn what_may_be_missing_may_be_missing() {
    let code = with(1, "").unwrap();
    assert!(!code.is_dynamic());
    assert_eq!(with(54, "").unwrap().amount(), None);
    assert_eq!(with(62, "").unwrap().reference(), None);
    assert_eq!(with(64, "").unwrap().merchant_name_in(Locale::ZhCn).expose(), "Tea House");
    assert_eq!(with(62, "0103B-9").unwrap().reference().unwrap().expose(), "B-9");
    let account = "0015example.guichet01196222021000112233445";
    assert_eq!(with(26, account).unwrap().bank_code(), None);
    for tag in [26, 52, 53, 58, 59, 60] {
        let missing = if tag == 26 { 2 } else { tag };
        assert_eq!(with(tag, ""), Err(InvalidCode::Missing(missing)));
    }
}

#[test]
fn what_is_not_of_its_form_is_named() {
    for (tag, bad) in [
        (1, "13"),
        (26, "0015example.guichet0119622202100011223344"),
        (26, "0015example.guichet0107622202100"),
        (26, "0015example.guichet0119622202100011223344x"),
        (26, "0015example.guichet011962220210001122334450212102100099995"),
        (26, "01196222021000112233445"),
        (30, "not a template"),
        (52, "581"),
        (52, "58 2"),
        (53, "CNY"),
        (53, "+56"),
        (54, "23.721"),
        (54, "0"),
        (54, "99999999999999"),
        (55, "04"),
        (56, "1.00"),
        (58, "cn"),
        (59, "Tea\u{202E}House"),
        (59, "A name of twenty-six letters"),
        (59, " Tea"),
        (60, "A city of sixteen"),
        (62, "0504T-1"),
        (62, "0504T-170504T-18"),
        (62, "0502\u{200B}x"),
        (64, "0104老舍茶馆"),
        (64, "0002ZH"),
        (64, "0003ZHO0104老舍茶馆"),
    ] {
        let named = if tag == 56 { 55 } else { tag };
        assert_eq!(with_bad(tag, bad), InvalidCode::Value(named), "{tag}: {bad}");
    }
    assert_eq!(with_bad(53, "999"), InvalidCode::Currency);
    assert_eq!(with_bad(26, "0012D15600000000"), InvalidCode::OtherScheme);
}

#[test]
fn nothing_stands_twice() {
    let ours = OURS[2].1;
    assert_eq!(with_bad(27, ours), InvalidCode::Repeated(27));
    let mut twice = OURS.to_vec();
    twice.push((54, "99.00"));
    assert_eq!(MerchantCode::parse(&text_of(&twice)), Err(InvalidCode::Repeated(54)));
    twice.pop();
    twice.push((63, "A13A"));
    assert_eq!(MerchantCode::parse(&text_of(&twice)), Err(InvalidCode::Repeated(63)));
}

#[test]
fn a_fee_on_top_is_refused() {
    for (tip, fee, value) in [("02", 56, "1.00"), ("03", 57, "5.00")] {
        let mut objects: Vec<(u8, &str)> =
            OURS.iter().copied().filter(|(tag, _)| *tag != 55).collect();
        objects.extend([(55, tip), (fee, value)]);
        assert_eq!(MerchantCode::parse(&text_of(&objects)), Err(InvalidCode::AddedFee));
    }
}

#[test]
fn a_code_that_was_misread_or_altered_is_refused() {
    let text = text_of(&OURS);
    assert_eq!(MerchantCode::parse(&text.replace("23.72", "93.72")), Err(InvalidCode::Damaged));
    for end in text.char_indices().map(|(at, _)| at) {
        let cut = text.get(..end).unwrap();
        assert!(MerchantCode::parse(cut).is_err(), "{end}");
    }
    assert!(MerchantCode::parse(&format!("{text} ")).is_err());
    assert!(MerchantCode::parse(&text.to_lowercase()).is_err());
    for other in ["", "https://pay.example/1", "0002", "WIFI:S:x;;"] {
        assert_eq!(MerchantCode::parse(other), Err(InvalidCode::NotAMerchantCode), "{other}");
    }
    let long = format!("000201{}", "9904abcd".repeat(80));
    assert_eq!(MerchantCode::parse(&sealed(&long)), Err(InvalidCode::TooLong));
}

#[test]
fn a_checksum_inside_another_value_is_none() {
    let mut body = String::from("000201");
    tlv::write(&mut body, 80, "x");
    let inner = format!("{body}81086304");
    let text = format!("{inner}{}", checksum(&inner));
    assert_eq!(MerchantCode::parse(&text), Err(InvalidCode::Malformed));
}

#[test]
fn what_does_not_fit_into_a_code_cannot_be_put_into_one() {
    let fitting = MerchantCode::parse(&text_of(&OURS)).unwrap().content().clone();
    let long: Label = "A label of twenty-five...".parse().unwrap();
    let asked = |label: &str| Some(Detail::Given(label.parse().unwrap()));
    let details = Details {
        bill_number: Some(Detail::Given(long.clone())),
        store: Some(Detail::Given(long.clone())),
        reference: Some(Detail::Given(long.clone())),
        terminal: Some(Detail::Given(long)),
        purpose: None,
    };
    let jpy = Money::new("JPY".parse().unwrap(), 100);
    for bad in [
        Content { city: "A city of sixteen".parse().unwrap(), ..fitting.clone() },
        Content { details, ..fitting.clone() },
        Content {
            details: Details { store: asked("***"), ..Details::default() },
            ..fitting.clone()
        },
        Content { amount: Some(jpy), ..fitting.clone() },
        Content { amount: Some(Money::new(Currency::CNY, 0)), ..fitting.clone() },
        Content { amount: Some(Money::new(Currency::CNY, i64::MAX)), ..fitting.clone() },
        Content { name: "n".repeat(26).parse().unwrap(), ..fitting.clone() },
    ] {
        assert!(MerchantCode::new(bad.clone()).is_err(), "{:?}", writing::text(&bad));
    }
    assert!(MerchantCode::new(fitting).is_ok());
}

#[test]
fn invariant_07_silent_codes_print_as_dots() {
    let shown = format!("{:?}", MerchantCode::parse(&text_of(&OURS)).unwrap());
    for secret in ["6222", "Tea", "老舍", "BEIJING", "2372", "T-17"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn labels() -> impl Strategy<Value = Label> {
    "[A-Za-z0-9茶馆.-]{1,11}".prop_map(|text| text.parse().unwrap())
}

fn details() -> impl Strategy<Value = Option<Detail>> {
    prop_oneof![
        Just(None),
        Just(Some(Detail::Asked)),
        labels().prop_map(|label| Some(Detail::Given(label)))
    ]
}

fn contents() -> impl Strategy<Value = Content> {
    let amounts = proptest::option::of(1..1_000_000_000_i64);
    let money = (prop_oneof![Just("CNY"), Just("JPY"), Just("BHD")], amounts);
    let names = "[A-Za-z老舍茶馆'&]{1,25}";
    let local = proptest::option::of((names, proptest::option::of(labels())));
    let account = ("[0-9A-Z]{8,34}", any::<bool>(), names, labels());
    let told = (details(), details(), details(), any::<bool>(), any::<bool>());
    (account, money, local, told).prop_map(|(account, money, local, told)| {
        let currency: Currency = money.0.parse().unwrap();
        Content {
            is_dynamic: told.3,
            account: account.0.parse().unwrap(),
            bank: account.1.then(|| "102100099996".parse().unwrap()),
            name: account.2.parse().unwrap(),
            city: account.3.expose().parse().unwrap(),
            country: "CN".parse().unwrap(),
            category: "5812".parse().unwrap(),
            currency,
            amount: money.1.map(|minor| Money::new(currency, minor)),
            asks_for_tip: told.4,
            local: local.map(|(name, city)| LocalNames {
                language: Language::ZH,
                name: name.parse().unwrap(),
                city: city.map(|city| city.expose().parse().unwrap()),
            }),
            details: Details {
                bill_number: told.0,
                reference: told.1,
                purpose: told.2,
                ..Details::default()
            },
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(content in contents()) {
        let code = MerchantCode::new(content.clone()).unwrap();
        prop_assert_eq!(MerchantCode::parse(&code.encode()), Ok(code.clone()));
        prop_assert_eq!(code.content(), &content);
    }

    #[test]
    fn one_altered_character_is_found(
        content in contents(), at in any::<prop::sample::Index>(), to in "[ -~茶]",
    ) {
        let text = MerchantCode::new(content).unwrap().encode();
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        characters[at] = to.chars().next().unwrap();
        let altered: String = characters.into_iter().collect();
        // A checksum of 16 bits finds every change of up to 16 bits in a row; a character of three bytes can be more.
        prop_assert!(altered == text || MerchantCode::parse(&altered).is_err() || text.len() != altered.len());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(000201)?(\\PC|[0-9]){0,80}(6304)?[0-9A-F]{0,4}") {
        let _ = MerchantCode::parse(&text);
        let _ = MerchantCode::parse(&sealed(&text));
    }
}
