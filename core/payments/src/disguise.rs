//! Text that the protocol allows and that would still show as something else: the last look at what a person typed or pasted.
//!
//! Control and format characters, private and unassigned ones are refused by the types of the foundation already. What is left
//! are letters that are blank, marks piled over the lines around them, and words that mix alphabets to look like another word
//! (Unicode Technical Standard 39, sections 5.1 and 5.4). Han beside Latin is ordinary and stays.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_script::{Script, UnicodeScript as _};

/// How a text would show as something it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Disguise {
    /// It holds a letter or mark that shows as nothing.
    #[error("the text holds a character that shows as nothing")]
    Blank,
    /// It piles up more marks on a letter than any language does.
    #[error("the text piles up marks on one letter")]
    PiledMarks,
    /// One of its words mixes alphabets whose letters look alike.
    #[error("a word of the text mixes alphabets that look alike")]
    MixedAlphabets,
}

/// The most marks in a row (UTS 39 section 5.4).
const MARKS_MAX: usize = 4;

/// Alphabets with letters that look like those of another.
const ALIKE: [Script; 7] = [
    Script::Latin,
    Script::Greek,
    Script::Cyrillic,
    Script::Armenian,
    Script::Cherokee,
    Script::Coptic,
    Script::Lisu,
];

/// Looks at a name. Emoji variation selectors count as blank in it.
pub fn look_at_name(name: &str) -> Result<(), Disguise> {
    if name.chars().any(|c| is_blank(c) || matches!(c, '\u{FE00}'..='\u{FE0F}')) {
        return Err(Disguise::Blank);
    }
    look_at_marks(name)?;
    if name.split(|c: char| !c.is_alphabetic()).any(mixes_alphabets) {
        return Err(Disguise::MixedAlphabets);
    }
    Ok(())
}

/// Looks at a note: it may mix alphabets and carry emoji.
pub fn look_at_note(note: &str) -> Result<(), Disguise> {
    if note.chars().any(is_blank) {
        return Err(Disguise::Blank);
    }
    look_at_marks(note)
}

/// Assigned, neither control nor format, and drawn as nothing: fillers, joiners, Khmer inherent vowels, the empty Braille cell.
const fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'
            ..='\u{180D}' | '\u{180F}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
    )
}

fn look_at_marks(text: &str) -> Result<(), Disguise> {
    let mut marks = 0;
    for c in text.chars() {
        let is_mark = matches!(
            c.general_category(),
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        );
        marks = if is_mark { marks + 1 } else { 0 };
        if marks > MARKS_MAX {
            return Err(Disguise::PiledMarks);
        }
    }
    Ok(())
}

fn mixes_alphabets(word: &str) -> bool {
    let mut alphabets = word.chars().map(|c| c.script()).filter(|script| ALIKE.contains(script));
    alphabets.next().is_some_and(|first| alphabets.any(|other| other != first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for name in [
            "李娜",
            "Zoë O'Brien-Müller",
            "Анна Каренина",
            "Ωμέγα ΑΕ",
            "小明 Ming2",
            "KTV音乐",
            "Nguyễn Thị Ánh",
            "Μάρκος & Co",
            "שלום",
            "김민수",
        ] {
            assert_eq!(look_at_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn disguises_are_named() {
        for (name, disguise) in [
            ("P\u{0430}ypal", Disguise::MixedAlphabets),
            ("\u{0391}lice", Disguise::MixedAlphabets),
            ("李\u{3164}娜", Disguise::Blank),
            ("Li\u{FE0F}", Disguise::Blank),
            ("a\u{0300}\u{0301}\u{0302}\u{0303}\u{0304}", Disguise::PiledMarks),
        ] {
            assert_eq!(look_at_name(name), Err(disguise), "{name:?}");
        }
    }

    #[test]
    fn a_note_may_carry_emoji_and_mix_alphabets() {
        assert_eq!(look_at_note("生日 ❤\u{FE0F} pдf"), Ok(()));
        assert_eq!(look_at_note("\u{2800}"), Err(Disguise::Blank));
        assert_eq!(look_at_note(&format!("a{}", "\u{0300}".repeat(5))), Err(Disguise::PiledMarks));
    }
}
