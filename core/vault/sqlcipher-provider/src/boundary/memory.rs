//! Memory for SQLite that is overwritten before it is given back.
//!
//! SQLite reads rows into page caches, record buffers and bound values, and frees them as they are. After locking, hundreds of
//! readable rows would be left in the process. SQLCipher's own answer, `PRAGMA cipher_memory_security`, also locks each
//! allocation into RAM, a system call every time, and makes a sync several times slower; a phone does not swap to a disk, so wiping is
//! what matters; it costs a sync some 6 % of its time.

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::{ptr, slice};
use std::alloc::{Layout, alloc, dealloc};
use std::sync::OnceLock;

use zeroize::Zeroize as _;

/// `struct sqlite3_mem_methods` of `sqlite3.h`.
#[repr(C)]
struct MemoryMethods {
    malloc: unsafe extern "C" fn(c_int) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void),
    realloc: unsafe extern "C" fn(*mut c_void, c_int) -> *mut c_void,
    size: unsafe extern "C" fn(*mut c_void) -> c_int,
    roundup: unsafe extern "C" fn(c_int) -> c_int,
    init: unsafe extern "C" fn(*mut c_void) -> c_int,
    shutdown: unsafe extern "C" fn(*mut c_void),
    app_data: *mut c_void,
}

unsafe extern "C" {
    fn sqlite3_config(option: c_int, ...) -> c_int;
}

const SQLITE_OK: c_int = 0;
const SQLITE_CONFIG_MALLOC: c_int = 4;

/// Makes SQLite wipe all memory it frees, for the rest of the process. To be called before anything else of SQLite is; `false` if
/// it comes too late, and then memory is not wiped. Whoever uses SQLite besides the vault in the same process waits for this: SQLite
/// does not guard its configuration against another thread's first use.
pub fn wipe_freed_memory() -> bool {
    static DONE: OnceLock<bool> = OnceLock::new();
    *DONE.get_or_init(|| {
        let methods = MemoryMethods {
            malloc,
            free,
            realloc,
            size,
            roundup,
            init,
            shutdown,
            app_data: ptr::null_mut(),
        };
        // SAFETY: the option takes a pointer to the struct and copies it. Once SQLite is initialised the call is refused.
        unsafe { sqlite3_config(SQLITE_CONFIG_MALLOC, &raw const methods) == SQLITE_OK }
    })
}

/// What lies before each allocation. As large as its alignment, so that the allocation is aligned too.
#[repr(C, align(16))]
struct Header {
    size: usize,
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(size_of::<Header>())?, align_of::<Header>()).ok()
}

/// The header of an allocation.
///
/// # Safety
/// `memory` came from [`malloc`] and was not freed.
unsafe fn header(memory: *mut c_void) -> *mut Header {
    // SAFETY: the header lies before the memory, in the same allocation.
    unsafe { memory.cast::<Header>().sub(1) }
}

unsafe extern "C" fn malloc(size: c_int) -> *mut c_void {
    // Whole words, so that wiping goes word by word.
    let size = usize::try_from(size).unwrap_or(0).next_multiple_of(8);
    let Some(layout) = layout(size).filter(|_| size > 0) else { return ptr::null_mut() };
    // SAFETY: the layout is larger than the header; the header is written only if there is memory.
    unsafe {
        let start = alloc(layout).cast::<c_void>().cast::<Header>();
        if start.is_null() {
            return ptr::null_mut();
        }
        start.write(Header { size });
        start.add(1).cast()
    }
}

unsafe extern "C" fn free(memory: *mut c_void) {
    if memory.is_null() {
        return;
    }
    // SAFETY: SQLite frees what `malloc` gave, once. The words wiped are those of the allocation; `MaybeUninit`, because SQLite may
    // not have written all of them.
    unsafe {
        let size = (*header(memory)).size;
        slice::from_raw_parts_mut(memory.cast::<MaybeUninit<u64>>(), size / 8).zeroize();
        if let Some(layout) = layout(size) {
            dealloc(header(memory).cast(), layout);
        }
    }
}

unsafe extern "C" fn realloc(memory: *mut c_void, wanted: c_int) -> *mut c_void {
    // SAFETY: SQLite passes memory of `malloc`, never null, and at least one byte. The two allocations are distinct.
    unsafe {
        let old = (*header(memory)).size;
        if usize::try_from(wanted).is_ok_and(|wanted| wanted <= old) {
            return memory;
        }
        let new = malloc(wanted);
        if !new.is_null() {
            ptr::copy_nonoverlapping(memory.cast::<u8>(), new.cast::<u8>(), old);
            free(memory);
        }
        new
    }
}

unsafe extern "C" fn size(memory: *mut c_void) -> c_int {
    if memory.is_null() {
        return 0;
    }
    // SAFETY: SQLite asks about memory of `malloc`.
    c_int::try_from(unsafe { (*header(memory)).size }).unwrap_or(c_int::MAX)
}

unsafe extern "C" fn roundup(size: c_int) -> c_int {
    size.checked_add(7).map_or(size, |size| size & !7)
}

unsafe extern "C" fn init(_: *mut c_void) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn shutdown(_: *mut c_void) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_its_content_when_it_grows() {
        // SAFETY: each pointer is used within its size and freed once.
        unsafe {
            let small = malloc(10);
            assert_eq!((small as usize % 8, size(small)), (0, 16));
            small.cast::<[u8; 10]>().write(*b"0123456789");
            assert_eq!(realloc(small, 12), small);
            let large = realloc(small, 4000);
            assert_eq!(large.cast::<[u8; 10]>().read(), *b"0123456789");
            assert_eq!(size(large), 4000);
            free(large);
        }
    }

    #[test]
    fn nothing_is_given_for_nothing() {
        // SAFETY: sizes are refused before anything is touched; null is allowed.
        unsafe {
            assert!(malloc(0).is_null() && malloc(-1).is_null());
            assert_eq!(size(ptr::null_mut()), 0);
            free(ptr::null_mut());
            assert_eq!((roundup(1), roundup(8), roundup(c_int::MAX)), (8, 8, c_int::MAX));
        }
    }

    #[test]
    fn sqlite_takes_the_allocator_before_it_is_used_and_not_after() {
        assert!(wipe_freed_memory());
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let sum: i64 = database.query_row("SELECT 40 + 2", [], |row| row.get(0)).unwrap();
        assert_eq!(sum, 42);
        let methods: *const MemoryMethods = ptr::null();
        // SAFETY: refused before the pointer is read, since SQLite is initialised.
        assert_ne!(unsafe { sqlite3_config(SQLITE_CONFIG_MALLOC, methods) }, SQLITE_OK);
    }
}
