//! The allocator: whatever is freed is overwritten first.
//!
//! Bytes cross the boundary in buffers that the generated code frees by itself: PINs, tokens, wrapped keys, the text of every
//! screen. Libraries copy what they send, receive and parse. Wiping where we can reach would leave those behind, so all memory that
//! Rust frees is wiped. Growing a buffer copies it, and wipes the old place, because `realloc` is left at its default.

#![expect(
    unsafe_code,
    reason = "an allocator is unsafe by nature; this one adds a write before the system's free"
)]

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, wiping what is freed. For `#[global_allocator]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Zeroing;

// SAFETY: every call goes to the system's allocator with the same arguments. Before `dealloc` the block is still ours, `size`
// bytes long and not referenced by anyone, so that it may be written.
unsafe impl GlobalAlloc for Zeroing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            wipe(block, layout.size());
            System.dealloc(block, layout);
        }
    }
}

/// Overwrites a block in a way that the compiler may not leave out, eight bytes at a time where they are aligned.
///
/// # Safety
/// `block` must be valid for writes of `size` bytes.
unsafe fn wipe(block: *mut u8, size: usize) {
    // SAFETY: the caller's promise; zero is a value of both integer types.
    let bytes =
        unsafe { std::slice::from_raw_parts_mut(block.cast::<std::mem::MaybeUninit<u8>>(), size) };
    let (head, words, tail) = unsafe { bytes.align_to_mut::<std::mem::MaybeUninit<u64>>() };
    for byte in head.iter_mut().chain(tail) {
        unsafe { std::ptr::write_volatile(byte, std::mem::MaybeUninit::zeroed()) };
    }
    for word in words {
        unsafe { std::ptr::write_volatile(word, std::mem::MaybeUninit::zeroed()) };
    }
}

/// [`Zeroing`], until it is told to stop: a search of memory that finds nothing then as well would find nothing ever.
#[cfg(feature = "testing")]
#[derive(Debug, Default)]
pub struct Switchable {
    leaves: std::sync::atomic::AtomicBool,
}

#[cfg(feature = "testing")]
impl Switchable {
    /// One that wipes.
    pub const fn new() -> Self {
        Self { leaves: std::sync::atomic::AtomicBool::new(false) }
    }

    /// From now on what is freed is left as it is.
    pub fn leave_what_is_freed(&self) {
        self.leaves.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    fn wipes(&self) -> bool {
        !self.leaves.load(std::sync::atomic::Ordering::Relaxed)
    }
}

// SAFETY: each call is one of the two allocators', and both take and give the system's memory.
#[cfg(feature = "testing")]
unsafe impl GlobalAlloc for Switchable {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { Zeroing.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { Zeroing.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.wipes() {
            unsafe { Zeroing.dealloc(block, layout) }
        } else {
            unsafe { System.dealloc(block, layout) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_07_silent_a_wiped_block_holds_nothing_at_any_alignment() {
        for start in 0..9 {
            for size in 0..40 {
                let mut block = [0xA5_u8; 64];
                let inside = &mut block[start..start + size];
                unsafe { wipe(inside.as_mut_ptr(), inside.len()) };
                assert!(block[start..start + size].iter().all(|byte| *byte == 0), "{start} {size}");
                assert!(block[..start].iter().all(|byte| *byte == 0xA5));
                assert!(block[start + size..].iter().all(|byte| *byte == 0xA5));
            }
        }
    }
}
