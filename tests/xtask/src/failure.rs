//! Why a piece of work did not succeed.

use std::{io, path::Path};

/// Why a piece of work did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It ran, and what it checks does not hold.
    #[error("{0}")]
    Failed(String),
    /// It could not run at all; the text says what to do about it.
    #[error("{0}")]
    Unavailable(String),
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// It failed, and everything about it has been said already.
    #[error("failed")]
    Reported,
}

impl Failure {
    pub(crate) fn file(doing: &str, path: &Path, cause: &io::Error) -> Self {
        Self::Failed(format!("cannot {doing} {}: {cause}", path.display()))
    }
}
