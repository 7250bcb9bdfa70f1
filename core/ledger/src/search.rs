//! Finding transactions the way people look for them.
//!
//! A transaction is found by its counterparty's name in either language, its note, its amount and the counterparty's account. What
//! people type is split into terms, all of which must match:
//!
//! - a run of Chinese (or kana, hangul) matches where it stands in the text, from one character on;
//! - a Latin word or a number matches the beginning of a word: `coff`, `38`, `38.5`, `3445`.
//!
//! Case, accents, full width, commas between digits, signs and currency symbols make no difference. FTS5's `unicode61` knows words by
//! white space, so that text is taken apart here, for the index and for a query alike, and each Chinese character becomes a word; a
//! run of them is then a phrase.

use guichet_foundation::account_number::AccountNumber;
use unicode_normalization::UnicodeNormalization as _;

use crate::transaction::Transaction;

/// The most terms of a query that count; the rest is ignored.
const TERMS_MAX: usize = 8;
/// The most characters of a query that count.
const QUERY_MAX: usize = 64;

/// The searchable fields of a transaction, in the order of the columns: English name, Chinese name, note, numbers.
pub(crate) fn indexed(transaction: &Transaction) -> [String; 4] {
    let name = &transaction.counterparty.name;
    let note = transaction.note.as_ref().map(|note| note.expose().as_str());
    let mut numbers = words(&transaction.amount.digits());
    numbers.extend(transaction.counterparty.account.iter().flat_map(account_words));
    [
        words(name.english().unwrap_or_default()).join(" "),
        words(name.chinese().unwrap_or_default()).join(" "),
        words(note.unwrap_or_default()).join(" "),
        numbers.join(" "),
    ]
}

/// An account number as people read it off a screen: whole, in groups of four, or its last four characters.
fn account_words(number: &AccountNumber) -> Vec<String> {
    let mut found = words(number.expose());
    found.extend(words(&number.grouped()));
    found.extend(words(&number.masked()));
    found
}

/// What was typed as an expression of FTS5; `None` if nothing in it can be searched for. Words hold letters, digits and points only,
/// so that nothing typed is ever an operator.
pub(crate) fn expression(typed: &str) -> Option<String> {
    let typed: String = typed.chars().take(QUERY_MAX).collect();
    let mut terms: Vec<String> = Vec::new();
    let mut phrase: Vec<String> = Vec::new();
    for (word, glued) in split(&typed) {
        if is_one_ideograph(&word) {
            if !glued {
                finish(&mut phrase, &mut terms);
            }
            phrase.push(word);
        } else {
            finish(&mut phrase, &mut terms);
            terms.push(format!("\"{word}\" *"));
        }
    }
    finish(&mut phrase, &mut terms);
    terms.truncate(TERMS_MAX);
    if terms.is_empty() { None } else { Some(terms.join(" AND ")) }
}

fn finish(phrase: &mut Vec<String>, terms: &mut Vec<String>) {
    if !phrase.is_empty() {
        terms.push(format!("\"{}\"", phrase.join(" ")));
        phrase.clear();
    }
}

fn words(text: &str) -> Vec<String> {
    split(text).into_iter().map(|(word, _)| word).collect()
}

/// The words of a text, each with whether it follows the one before without anything between.
fn split(text: &str) -> Vec<(String, bool)> {
    let chars: Vec<char> = text.nfkc().flat_map(char::to_lowercase).nfc().collect();
    let mut found: Vec<(String, bool)> = Vec::new();
    let mut word = String::new();
    let mut glued = false;
    for (place, c) in chars.iter().copied().enumerate() {
        let inside_number = || {
            let before = place.checked_sub(1).and_then(|before| chars.get(before));
            let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
            digit(before) && digit(chars.get(place + 1))
        };
        if is_ideograph(c) {
            close(&mut word, &mut glued, &mut found);
            found.push((c.to_string(), glued));
            glued = true;
        } else if c.is_alphanumeric() || c == '.' && inside_number() {
            word.push(c);
        } else if !(c == ',' && inside_number()) {
            close(&mut word, &mut glued, &mut found);
            glued = false;
        }
    }
    close(&mut word, &mut glued, &mut found);
    found
}

fn close(word: &mut String, glued: &mut bool, found: &mut Vec<(String, bool)>) {
    if !word.is_empty() {
        found.push((std::mem::take(word), *glued));
        *glued = true;
    }
}

fn is_one_ideograph(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(is_ideograph) && chars.next().is_none()
}

/// Scripts written without spaces between words.
const fn is_ideograph(c: char) -> bool {
    matches!(
        c,
        '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7AF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_apart_into_words_and_single_ideographs() {
        assert_eq!(words("Apple商店 St. James"), ["apple", "商", "店", "st", "james"]);
        assert_eq!(words("-1,234.50"), ["1234.50"]);
        assert_eq!(words("¥３８．５０ v1.2, 7"), ["38.50", "v1.2", "7"]);
        assert_eq!(words("Zoe\u{308}"), ["zoë"]);
        assert_eq!(words(" .,\"*-()^:'👨‍👩‍👧 "), Vec::<String>::new());
    }

    #[test]
    fn queries_become_prefixes_and_phrases() {
        assert_eq!(expression("coff").as_deref(), Some("\"coff\" *"));
        assert_eq!(expression("星巴克 咖啡").as_deref(), Some("\"星 巴 克\" AND \"咖 啡\""));
        assert_eq!(expression("85度C").as_deref(), Some("\"85\" * AND \"度\" AND \"c\" *"));
        assert_eq!(expression("a\" OR b*").as_deref(), Some("\"a\" * AND \"or\" * AND \"b\" *"));
        assert_eq!(expression(" -¥ "), None);
    }

    #[test]
    fn overlong_queries_are_cut() {
        let terms = expression(&"a ".repeat(1000)).unwrap();
        assert_eq!(terms.matches("AND").count(), TERMS_MAX - 1);
    }
}
