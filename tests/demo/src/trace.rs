//! A program that runs under a tracer, which counts the system calls by which it leaves something behind, and ends the program
//! right before one of them.
//!
//! A kill leaves behind what was written to files and sent to sockets, and nothing else: what the program had in memory is gone,
//! what the system had taken over stays. So two kills between the same two of these calls leave the same behind, and to end a
//! program before each of them is to end it everywhere. (What a power cut leaves depends on what was synchronised too; a test that
//! only ends processes shows nothing about that.) Memory shared with a file is written without a call: SQLite's `-shm`, which it
//! makes anew after a kill.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// What a shell says of a program that was killed.
const KILLED: u8 = 128 + 9;

/// What is run, and where it ends.
#[derive(Debug, clap::Args)]
pub(crate) struct TraceOptions {
    /// Ends the program before this point, counted from 1; 0: nowhere.
    #[arg(long)]
    at: usize,
    /// Counts each write to a file, not each run of writes to one file as one change.
    #[arg(long)]
    every: bool,
    /// Points count while this file is there.
    #[arg(long)]
    armed: PathBuf,
    /// A line is added to this file for each point.
    #[arg(long)]
    log: PathBuf,
    /// This program's arguments in its other role.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs the program to its end. Only its own process waits for anything here.
pub(crate) fn run(options: &TraceOptions) -> Result<ExitCode> {
    let program = std::env::current_exe()?;
    let child = Command::new(program).args(&options.arguments).spawn()?;
    let program = Pid::from_raw(i32::try_from(child.id())?);
    seize(program).context("no program can be traced here")?;
    let log = OpenOptions::new().create(true).append(true).open(&options.log)?;
    let mut tracer = Tracer {
        program,
        at: options.at,
        every: options.every,
        last: String::new(),
        armed: options.armed.clone(),
        log,
        count: 0,
    };
    loop {
        match waitpid(None, Some(WaitPidFlag::__WALL)) {
            Ok(WaitStatus::Exited(ended, code)) if ended == program => {
                return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
            }
            Ok(WaitStatus::Signaled(ended, ..)) if ended == program => {
                return Ok(ExitCode::from(KILLED));
            }
            Ok(status) => tracer.goes_on(status)?,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Every thread, also those that began before the tracer was there. What a traced thread begins is traced from its beginning.
fn seize(program: Pid) -> Result<()> {
    let flags =
        Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
    let mut seized = BTreeSet::new();
    loop {
        let before = seized.len();
        for thread in std::fs::read_dir(format!("/proc/{program}/task"))? {
            let thread: i32 = thread?.file_name().to_string_lossy().parse()?;
            if !seized.insert(thread) {
                continue;
            }
            let thread = Pid::from_raw(thread);
            match ptrace::seize(thread, flags).and_then(|()| ptrace::interrupt(thread)) {
                // It is traced already, or has ended.
                Ok(()) | Err(Errno::EPERM | Errno::ESRCH) if thread != program => {}
                outcome => outcome?,
            }
        }
        if seized.len() == before {
            return Ok(());
        }
    }
}

struct Tracer {
    program: Pid,
    at: usize,
    every: bool,
    /// What was called last.
    last: String,
    armed: PathBuf,
    log: File,
    count: usize,
}

impl Tracer {
    /// Lets a thread that has stopped go on, unless the program ends here.
    fn goes_on(&mut self, status: WaitStatus) -> Result<()> {
        let resumed = match status {
            WaitStatus::PtraceSyscall(thread) => {
                if self.is_the_end(thread)? {
                    return Ok(kill(self.program, Signal::SIGKILL)?);
                }
                ptrace::syscall(thread, None)
            }
            WaitStatus::Stopped(thread, signal) => ptrace::syscall(thread, signal),
            WaitStatus::PtraceEvent(thread, ..) => ptrace::syscall(thread, None),
            _ => Ok(()),
        };
        match resumed {
            // It was killed from elsewhere.
            Ok(()) | Err(Errno::ESRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn is_the_end(&mut self, thread: Pid) -> Result<bool> {
        let Some(what) = leaves_behind(thread) else { return Ok(false) };
        if !self.armed.exists() {
            return Ok(false);
        }
        let goes_on = !self.every && what.starts_with("write ") && what == self.last;
        self.last.clone_from(&what);
        if goes_on {
            return Ok(false);
        }
        self.count += 1;
        writeln!(self.log, "{what}")?;
        Ok(self.count == self.at)
    }
}

/// What the call that this thread is about to make leaves behind, if anything.
fn leaves_behind(thread: Pid) -> Option<String> {
    let (number, first) = call(thread)?;
    let name = names().get(&number).copied()?;
    let target = match name {
        "rename" | "unlink" | "mkdir" => String::new(),
        _ => target(thread, first)?,
    };
    let name = if (name, target.as_str()) == ("write", "socket") { "send" } else { name };
    Some(format!("{name} {target}").trim().to_owned())
}

/// The calls that leave something behind, by what they do.
fn names() -> BTreeMap<i64, &'static str> {
    let mut names = BTreeMap::from([
        (libc::SYS_write, "write"),
        (libc::SYS_writev, "write"),
        (libc::SYS_pwrite64, "write"),
        (libc::SYS_pwritev, "write"),
        (libc::SYS_sendto, "send"),
        (libc::SYS_sendmsg, "send"),
        (libc::SYS_sendmmsg, "send"),
        (libc::SYS_connect, "connect"),
        (libc::SYS_fsync, "sync"),
        (libc::SYS_fdatasync, "sync"),
        (libc::SYS_ftruncate, "truncate"),
        (libc::SYS_fallocate, "truncate"),
        (libc::SYS_renameat, "rename"),
        (libc::SYS_renameat2, "rename"),
        (libc::SYS_unlinkat, "unlink"),
        (libc::SYS_mkdirat, "mkdir"),
    ]);
    #[cfg(target_arch = "x86_64")]
    names.extend([
        (libc::SYS_rename, "rename"),
        (libc::SYS_unlink, "unlink"),
        (libc::SYS_rmdir, "unlink"),
        (libc::SYS_mkdir, "mkdir"),
    ]);
    names
}

/// The file's name, or that it is a socket. Pipes and the runtime's own bells leave nothing behind.
fn target(thread: Pid, descriptor: u64) -> Option<String> {
    let descriptor = u32::try_from(descriptor).ok()?;
    let link = std::fs::read_link(format!("/proc/{thread}/fd/{descriptor}")).ok()?;
    let text = link.to_string_lossy();
    if text.starts_with("socket:") {
        return Some("socket".to_owned());
    }
    let is_file = text.starts_with('/') && !text.starts_with("/dev/");
    is_file.then(|| link.file_name().map(|name| name.to_string_lossy().into_owned())).flatten()
}

/// Number and first argument of the call that this thread is about to make; `None` where it has just made one. Stops are not counted
/// by twos: a new thread begins with the end of a call that it never began.
#[cfg(target_arch = "x86_64")]
fn call(thread: Pid) -> Option<(i64, u64)> {
    let registers = ptrace::getregs(thread).ok()?;
    let signed = |value: u64| i64::from_ne_bytes(value.to_ne_bytes());
    // What the call will answer is not known yet, which the kernel says like this.
    let is_entry = signed(registers.rax) == -i64::from(libc::ENOSYS);
    is_entry.then_some((signed(registers.orig_rax), registers.rdi))
}

/// Number and first argument of the call that this thread is about to make; `None` where it has just made one.
#[cfg(target_arch = "aarch64")]
fn call(thread: Pid) -> Option<(i64, u64)> {
    let registers = ptrace::getregs(thread).ok()?.regs;
    // The kernel shows in this register whether a stop is a call's beginning.
    let is_entry = registers.get(7) == Some(&0);
    let number = i64::from_ne_bytes(registers.get(8)?.to_ne_bytes());
    is_entry.then_some((number, *registers.first()?))
}
