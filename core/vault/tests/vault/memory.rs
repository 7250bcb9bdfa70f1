//! What is left in the process's memory after locking. On Linux, where a process can read its own memory as a file.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use guichet_foundation::ports::fakes::FakeEntropy;
use guichet_vault::{RootKey, VaultFailure};
use zeroize::Zeroizing;

use crate::phone::Phone;

const CHUNK: usize = 1 << 16;

/// Bytes to look for, kept as their complement, so that the search does not find itself.
struct Hidden(Vec<u8>);

impl Hidden {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| !byte).collect())
    }

    fn reveal(&self) -> Zeroizing<String> {
        let bytes = self.0.iter().map(|byte| !byte).collect();
        Zeroizing::new(String::from_utf8(bytes).unwrap())
    }

    /// How often the bytes stand in the memory of this process that can be written.
    fn count(&self) -> usize {
        let mut chunk = Zeroizing::new(vec![0; CHUNK]);
        let own = chunk.as_ptr() as u64;
        let memory = File::open("/proc/self/mem").unwrap();
        let mut found = 0;
        for (start, end) in writable() {
            for at in (start..end).step_by(CHUNK - self.0.len()) {
                let overlaps_chunk = at < own + CHUNK as u64 && own < at + CHUNK as u64;
                if overlaps_chunk {
                    continue;
                }
                let read = memory.read_at(&mut chunk, at).unwrap_or(0);
                found += chunk[..read].windows(self.0.len()).filter(|w| self.is(w)).count();
            }
        }
        found
    }

    fn is(&self, window: &[u8]) -> bool {
        window.iter().zip(&self.0).all(|(byte, hidden)| *byte == !hidden)
    }
}

fn writable() -> Vec<(u64, u64)> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let number = |hex| u64::from_str_radix(hex, 16).unwrap();
    maps.lines()
        .filter(|line| line.contains(" rw"))
        .filter_map(|line| line.split_once(' ')?.0.split_once('-'))
        .map(|(start, end)| (number(start), number(end)))
        .collect()
}

#[test]
fn invariant_07_silent_rows_are_gone_from_memory_after_locking() {
    // Taken apart, so that the words stand nowhere in the program.
    let marker = Hidden::new(&[b"a word that is ".as_slice(), b"nowhere else: 77"].concat());
    // A root of its own: other tests run in this process at the same time.
    let phone = Phone { root: RootKey::make(&FakeEntropy::seeded(987_654_321)), ..Phone::new() };
    let vault = phone.opened();
    for _ in 0..200 {
        let text = marker.reveal();
        vault
            .write(|tx| {
                tx.execute("INSERT INTO notes_note (text) VALUES (?1)", [text.as_str()])?;
                Ok::<_, VaultFailure>(())
            })
            .unwrap();
    }
    let all: i64 = vault
        .read(|connection| {
            let sql = "SELECT count(*) FROM notes_note WHERE upper(text) LIKE 'A WORD%'";
            Ok::<_, VaultFailure>(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(all, 200);
    assert!(marker.count() > 100, "an open vault has its pages in memory");
    vault.lock();
    assert_eq!(marker.count(), 0);
}
