use guichet_foundation::sensitivity::C2;

/// Text of class C2 (names, numbers, amounts) on its way to a screen. It prints as dots on this side, and its Kotlin and Swift
/// types (bindings/bindgen/types) print as dots on the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateText(C2<String>);

uniffi::custom_type!(PrivateText, String, {
    lower: |text| text.0.into_exposed(),
    try_lift: |text| Ok(PrivateText(C2::new(text))),
});

impl PrivateText {
    pub(crate) const fn expose(&self) -> &String {
        self.0.expose()
    }
}

impl From<C2<String>> for PrivateText {
    fn from(text: C2<String>) -> Self {
        Self(text)
    }
}

impl From<PrivateText> for C2<String> {
    fn from(text: PrivateText) -> Self {
        text.0
    }
}
