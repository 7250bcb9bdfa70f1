//! How a value of the facade becomes one that crosses: field by field, under the same name.

use guichet_foundation::ids::{AccountId, DeviceId, IntentId, NoticeId, TransactionId};
use guichet_foundation::ports::PromptId;
use guichet_foundation::sensitivity::C2;

use crate::private_text::PrivateText;

/// Makes a value ready to cross.
pub(crate) trait Cross<To> {
    fn cross(self) -> To;
}

macro_rules! as_it_is {
    ($($plain:ty),+) => {$(
        impl Cross<Self> for $plain {
            fn cross(self) -> Self {
                self
            }
        }
    )+};
}
as_it_is!(bool, i64, u64, String);

macro_rules! as_text {
    ($($id:ty),+) => {$(
        impl Cross<String> for $id {
            fn cross(self) -> String {
                self.into()
            }
        }
    )+};
}
as_text!(AccountId, DeviceId, IntentId, NoticeId, TransactionId);

impl Cross<u64> for PromptId {
    fn cross(self) -> u64 {
        self.0
    }
}

impl Cross<PrivateText> for C2<String> {
    fn cross(self) -> PrivateText {
        self.into()
    }
}

/// The facade's plain text may be made private on its way out, never the other way round.
impl Cross<PrivateText> for String {
    fn cross(self) -> PrivateText {
        C2::new(self).into()
    }
}

impl<From: Cross<To>, To> Cross<Option<To>> for Option<From> {
    fn cross(self) -> Option<To> {
        self.map(From::cross)
    }
}

impl<From: Cross<To>, To> Cross<Vec<To>> for Vec<From> {
    fn cross(self) -> Vec<To> {
        self.into_iter().map(From::cross).collect()
    }
}

/// A record that mirrors one of the facade. A field that the facade gains has to be added, or this does not compile: that is
/// where its class is decided.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident mirrors $from:path { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
        }

        impl $crate::cross::Cross<$name> for $from {
            fn cross(self) -> $name {
                let $from { $($field),+ } = self;
                $name { $($field: $crate::cross::Cross::cross($field)),+ }
            }
        }
    };
}
pub(crate) use record;

/// An enumeration that mirrors one of the facade, variant by variant.
macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident mirrors $from:path { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $crate::cross::Cross<$name> for $from {
            fn cross(self) -> $name {
                match self {
                    $(Self::$variant => $name::$variant,)+
                }
            }
        }
    };
}
pub(crate) use enumeration;
