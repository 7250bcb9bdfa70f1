//! Overwriting what finished calls have left on the stack.
//!
//! A call keeps its working values on the stack and leaves them there: a derived key, the block of a page that was being decrypted,
//! the digits of an amount. The next calls overwrite some of it, and a thread that waits overwrites nothing. So the stack is
//! overwritten where the deep calls end: before a thread of the core goes to sleep, after blocking work, and after each call of a
//! shell.

/// Bytes that are overwritten. More than the core's deepest calls use, less than the smallest stack a platform gives its threads
/// (512 KiB on Apple's) has left; unoptimised code uses several times as much.
pub const DEPTH: usize = if cfg!(debug_assertions) { 256 * 1024 } else { 64 * 1024 };

/// Overwrites the part of the stack below the caller, [`DEPTH`] bytes of it. Takes some microseconds.
#[inline(never)]
pub fn wipe_dead_stack() {
    #[expect(clippy::large_stack_arrays, reason = "the stack is what it is about")]
    let mut dead = [0_u8; DEPTH];
    // Somebody might look at it: the zeros have to be written.
    std::hint::black_box(&mut dead);
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::fs::File;
    use std::hint::black_box;
    use std::os::unix::fs::FileExt as _;

    use super::*;

    const MARK: u8 = 0xA7;
    const SIZE: usize = 4096;

    /// Works with a secret, as deep as calls go, and says where it lay.
    #[inline(never)]
    fn work(depth: usize) -> u64 {
        let mut secret = [0; SIZE];
        black_box(&mut secret).fill(MARK);
        let here = black_box(&secret).as_ptr() as u64;
        if depth > SIZE { work(depth - SIZE).min(here) } else { here }
    }

    /// How much of the secret stands where it lay.
    fn left_at(place: u64) -> usize {
        let mut found = vec![0; SIZE];
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut found, place).unwrap();
        found.into_iter().filter(|byte| *byte == MARK).count()
    }

    #[test]
    fn invariant_07_silent_the_stack_of_a_finished_call_is_overwritten() {
        let place = work(DEPTH / 2);
        wipe_dead_stack();
        assert_eq!(left_at(place), 0);
    }

    #[test]
    fn without_it_the_stack_of_a_finished_call_stays() {
        let place = work(DEPTH / 2);
        assert!(left_at(place) > SIZE / 2, "the twin: there is something to overwrite");
    }
}
