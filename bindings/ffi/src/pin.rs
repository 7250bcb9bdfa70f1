use guichet_foundation::sensitivity::C3;

/// A PIN that has crossed: the one copy of the shell's bytes, wiped when dropped. Bytes that are no text become a text that no
/// PIN rule accepts and no vault opens with.
pub(crate) fn pin(digits: &[u8]) -> C3<String> {
    C3::new(std::str::from_utf8(digits).unwrap_or("?").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_no_pin() {
        assert_eq!(pin(b"739184").expose_secret(), "739184");
        assert_eq!(pin(&[0x37, 0xFF]).expose_secret(), "?");
    }
}
