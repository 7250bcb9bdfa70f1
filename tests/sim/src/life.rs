//! The life of a phone's process, and its death.
//!
//! A killed process is one whose ports have been cut and whose folder was copied as it was at that moment. What is left of it in
//! memory reaches neither the network nor the next process: that begins from the copy.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::image::Image;
use crate::scene::hold;

/// One process.
pub(crate) struct Life {
    folder: PathBuf,
    is_over: AtomicBool,
    /// After so many more uses of a port that leave a mark the process dies; 0: it does not.
    fuse: AtomicU64,
    left: Mutex<Option<Image>>,
}

impl Life {
    pub(crate) fn beginning_in(folder: PathBuf) -> Self {
        Self {
            folder,
            is_over: AtomicBool::new(false),
            fuse: AtomicU64::new(0),
            left: Mutex::default(),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Dies before the port is used so many times more.
    pub(crate) fn light_fuse(&self, uses: u64) {
        self.fuse.store(uses, Ordering::SeqCst);
    }

    /// A port is about to leave a mark. `false`: the process does not live to do it.
    pub(crate) fn goes_on(&self) -> bool {
        let burnt =
            self.fuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if burnt == Ok(1) {
            self.end();
        }
        !self.is_over()
    }

    /// Kills it now.
    pub(crate) fn end(&self) {
        if self.is_over.swap(true, Ordering::SeqCst) {
            return;
        }
        // A folder that cannot be read is as good as gone; the next process says so.
        *hold(&self.left) = Some(Image::of(&self.folder).unwrap_or_default());
    }

    /// What it left on the disk, once it is over.
    pub(crate) fn left(&self) -> Option<Image> {
        hold(&self.left).clone()
    }
}
