//! Text in columns of a terminal, where a Chinese character takes two.

/// Columns of the whole output.
pub(crate) const WIDTH: usize = 100;

/// Columns that `text` takes, colours not counted.
pub(crate) fn width(text: &str) -> usize {
    console::measure_text_width(text)
}

/// `text`, then spaces up to `columns`.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// `left` and `right` at the two ends of `columns`; on two lines if they do not fit on one.
pub(crate) fn apart(left: &str, right: &str, columns: usize) -> Vec<String> {
    match columns.checked_sub(width(left) + width(right)) {
        Some(gap) if gap > 0 => vec![format!("{left}{}{right}", " ".repeat(gap))],
        _ => {
            let mut lines = wrap(left, columns);
            let gap = columns.saturating_sub(width(right));
            lines.push(format!("{}{right}", " ".repeat(gap)));
            lines
        }
    }
}

/// Plain text in lines of at most `columns`, broken at spaces and between Chinese characters. A word longer than a line is cut.
/// Line feeds are kept. At least one line.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(line, columns.max(2))).collect()
}

fn wrap_line(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let space = if piece.after_space && !line.is_empty() { " " } else { "" };
        if width(&line) + space.len() + width(&piece.text) <= columns {
            line.push_str(space);
            line.push_str(&piece.text);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in piece.text.chars() {
            if width(&line) + char_width(character) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    lines
}

/// What is never broken: a word, or a Chinese character with the punctuation that clings to it.
struct Piece {
    text: String,
    after_space: bool,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut after_space = false;
    let mut glue = false;
    for character in text.chars() {
        if character == ' ' {
            after_space = true;
            glue = false;
            continue;
        }
        let wide = char_width(character) > 1;
        let clings = clings_to_what_is_before(character);
        match pieces.last_mut() {
            Some(last) if !after_space && (glue || clings || (!wide && !ends_wide(&last.text))) => {
                last.text.push(character);
            }
            _ => pieces.push(Piece { text: character.to_string(), after_space }),
        }
        after_space = false;
        glue = matches!(character, '“' | '（' | '《' | '「' | '‘');
    }
    pieces
}

fn clings_to_what_is_before(character: char) -> bool {
    matches!(
        character,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '）' | '”' | '’' | '》' | '」' | '%'
    )
}

fn ends_wide(text: &str) -> bool {
    text.chars().last().is_some_and(|last| char_width(last) > 1)
}

fn char_width(character: char) -> usize {
    width(character.encode_utf8(&mut [0; 4]))
}

/// Two blocks side by side, `gap` columns between; the left one padded to `left_columns`.
pub(crate) fn beside(
    left: &[String],
    left_columns: usize,
    right: &[String],
    gap: usize,
) -> Vec<String> {
    let rows = left.len().max(right.len());
    let cell = |block: &[String], row: usize| block.get(row).cloned().unwrap_or_default();
    (0..rows)
        .map(|row| {
            let right = cell(right, row);
            let line =
                format!("{}{}{right}", padded(&cell(left, row), left_columns), " ".repeat(gap));
            line.trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn english_breaks_at_spaces_and_chinese_between_characters() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("手机重新打开", 8), ["手机重新", "打开"]);
        assert_eq!(
            wrap("一二三四。", 8),
            ["一二三", "四。"],
            "no full stop at the start of a line"
        );
        assert_eq!(wrap("a\nb", 8), ["a", "b"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("付 ¥12.50 给王芳", 9), ["付 ¥12.50", "给王芳"]);
    }

    #[test]
    fn blocks_stand_side_by_side() {
        let (left, right) = (vec!["中".to_owned()], vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(beside(&left, 4, &right, 1), ["中   a", "     b"]);
        assert_eq!(apart("中", "1", 5), ["中  1"]);
        assert_eq!(apart("中文", "123", 5), ["中文", "  123"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(
            text in "[a-z一二三，。“” ]{0,60}",
            columns in 4_usize..40,
        ) {
            let lines = wrap(&text, columns);
            for line in &lines {
                prop_assert!(width(line) <= columns, "{line:?}");
            }
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
