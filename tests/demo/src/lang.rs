//! The demo's own words, in both languages side by side where they are said. What a customer reads on the phone is not here: that
//! comes from the core.

pub(crate) use guichet_foundation::locale::Locale;

/// One sentence in both languages; the one asked for is formatted.
macro_rules! say {
    ($locale:expr, $en:literal, $zh:literal) => {
        match $locale {
            $crate::lang::Locale::En => format!($en),
            $crate::lang::Locale::ZhCn => format!($zh),
        }
    };
}
pub(crate) use say;
