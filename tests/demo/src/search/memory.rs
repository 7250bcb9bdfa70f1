//! The memory of another process, read as a file. Linux has such files, and lets a parent read those of its children.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use anyhow::{Context as _, Result};

use super::{Found, Search};

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

/// The memory of a process.
pub(crate) struct Memory {
    process: u32,
}

/// A stretch of memory.
struct Mapping {
    start: u64,
    end: u64,
    /// `[heap]`, `[stack]`, a file's name, or `anonymous`.
    name: String,
}

impl Memory {
    /// That of the process of this id.
    pub(crate) const fn of(process: u32) -> Self {
        Self { process }
    }

    /// Looks through all of it: every mapping that can be read, but for files that the process cannot have written to (the program
    /// and its libraries are mapped like that, and hold what everybody's copy of them holds).
    pub(crate) fn search(&self, search: &Search<'_>) -> Result<Found> {
        let mut found = Found::default();
        let mut memory = File::open(format!("/proc/{}/mem", self.process))
            .context("the memory of another process cannot be read here; on Linux it can")?;
        for mapping in self.mappings()? {
            search_mapping(&mut memory, &mapping, search, &mut found);
        }
        Ok(found)
    }

    fn mappings(&self) -> io::Result<Vec<Mapping>> {
        let maps = std::fs::read_to_string(format!("/proc/{}/maps", self.process))?;
        Ok(maps.lines().filter_map(Mapping::read).collect())
    }
}

fn search_mapping(memory: &mut File, mapping: &Mapping, search: &Search<'_>, found: &mut Found) {
    let mut chunk = vec![0; CHUNK + search.longest()];
    let nothing = vec![0; chunk.len()];
    let mut at = mapping.start;
    while at < mapping.end {
        let wanted = usize::try_from(mapping.end - at).unwrap_or(CHUNK).min(chunk.len());
        let Some(buffer) = chunk.get_mut(..wanted) else { return };
        // A mapping may go while it is being read, and some (the kernel's own) cannot be.
        let Ok(read) = memory.seek(SeekFrom::Start(at)).and_then(|_| memory.read(buffer)) else {
            return;
        };
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { return };
        if !nothing.starts_with(bytes) {
            search.look(bytes, &mapping.name, found);
        }
        at += u64::try_from(read.min(CHUNK)).unwrap_or(u64::MAX);
    }
}

impl Mapping {
    /// One line of `maps` (`proc_pid_maps(5)`); `None` if it is not to be searched.
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.split_ascii_whitespace();
        let (start, end) = parts.next()?.split_once('-')?;
        let (rights, inode) = (parts.next()?, parts.nth(2)?);
        let readable = rights.starts_with('r');
        let written = inode == "0" || rights.get(1..2) == Some("w");
        let name = parts.next().unwrap_or("anonymous").to_owned();
        let number = |hex| u64::from_str_radix(hex, 16).ok();
        (readable && written).then_some(Self { start: number(start)?, end: number(end)?, name })
    }
}

/// What the process has done so far, as the kernel counts it: two of the same, one after the other, and it was at rest between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Activity(Vec<(String, String)>);

impl Memory {
    /// Of every thread, its number and how often it has slept and been woken; `None` while one of them runs.
    pub(crate) fn activity(&self) -> io::Result<Option<Activity>> {
        let mut threads = Vec::new();
        for entry in std::fs::read_dir(format!("/proc/{}/task", self.process))? {
            let entry = entry?;
            // A thread may end while it is being looked at; then the process is not at rest.
            let Ok(status) = std::fs::read_to_string(entry.path().join("status")) else {
                return Ok(None);
            };
            let line = |name: &str| status.lines().find(|line| line.starts_with(name));
            if !line("State:").is_some_and(|state| state.contains("(sleeping)")) {
                return Ok(None);
            }
            let switches =
                status.lines().filter(|line| line.contains("ctxt_switches")).collect::<String>();
            threads.push((entry.file_name().to_string_lossy().into_owned(), switches));
        }
        threads.sort();
        Ok(Some(Activity(threads)))
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Child, Command, Stdio};

    use super::super::Wanted;
    use super::*;

    /// A process that holds the line it was told.
    fn holding(text: &str) -> Child {
        let mut child = Command::new("sh")
            .args(["-c", "read -r kept; echo ready; read -r end"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "{text}").unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
        child
    }

    #[test]
    fn what_a_process_holds_is_found_and_nothing_else() {
        let mut child = holding("a-text-that-stands-nowhere-else");
        let mut wanted = Wanted::default();
        wanted.add("held", "a-text-that-stands-nowhere-else");
        wanted.add("not held", "a-text-that-stands-nowhere-at-all");
        let memory = Memory::of(child.id());
        let found = memory.search(&Search::new(&wanted).unwrap()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(found.has("held") && !found.has("not held"), "{}", found.describe());
    }

    #[test]
    fn only_what_a_process_may_have_written_to_is_searched() {
        let searched = |line| Mapping::read(line).is_some();
        assert!(searched("7f00-7f01 rw-p 00000000 00:00 0"));
        assert!(searched("7f00-7f01 rw-s 00000000 08:01 17 /phone/app/current/vault.db-shm"));
        assert!(searched("7f00-7f01 rw-p 00000000 08:01 9 /bin/demo"));
        assert!(searched("7f00-7f01 r--p 00000000 00:00 0 [heap]"));
        assert!(!searched("7f00-7f01 r--p 00000000 08:01 9 /bin/demo"));
        assert!(!searched("7f00-7f01 ---p 00000000 00:00 0"));
    }
}
