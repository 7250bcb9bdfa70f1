//! Where this installation stands with the bank.

/// What the customer can do next. Ordered as a first day goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nothing yet: the customer signs in.
    New,
    /// The installation is known to the bank, nobody has signed in yet.
    Registered,
    /// The customer has signed in; the device is enrolled next.
    SignedIn,
    /// The device is enrolled; a PIN is set next.
    Enrolled,
    /// Everything is set up.
    Ready {
        /// The lock screen is all there is.
        locked: bool,
    },
    /// The session has ended; the customer signs in again. What is on the phone is still there.
    SignedOutAgain {
        /// The lock screen is all there is.
        locked: bool,
    },
    /// Everything on the phone has been destroyed. Signing in begins anew.
    Wiped(WipeReason),
}

/// Why everything on the phone was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WipeReason {
    /// The customer signed out.
    SignedOut,
    /// The bank revoked this device, proved by a signed notice.
    Revoked,
    /// Ten wrong PINs.
    TooManyPins,
    /// A wipe that was begun earlier and cut short has been finished now.
    FinishedLater,
}

impl Standing {
    /// Whether the lock screen is all there is.
    pub const fn is_locked(self) -> bool {
        matches!(self, Self::Ready { locked: true } | Self::SignedOutAgain { locked: true })
    }
}
