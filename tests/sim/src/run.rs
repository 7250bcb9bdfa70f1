//! Many worlds, on all cores, each in a thread of its own with its own time.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};

use anyhow::{Context as _, anyhow, bail};
use tokio::runtime::Builder;

use crate::beginning;
use crate::plants::{self, Plant};
use crate::scene::hold;
use crate::world::{self, Beginning, Ending};

/// Where worlds come from.
pub struct Worlds {
    beginning: Beginning,
}

impl Worlds {
    /// Makes the bank and the phones with which every world begins.
    pub fn new() -> anyhow::Result<Self> {
        if !cfg!(tokio_unstable) {
            bail!("built without a seed for Tokio's own choices: start it with cargo xtask sim");
        }
        Ok(Self { beginning: alone(0, None, beginning::make)? })
    }

    /// The world of one seed, with a bug in it or none. `keep_lines` of its trace.
    pub fn live(
        &self,
        seed: u64,
        plant: Option<&Plant>,
        keep_lines: bool,
    ) -> anyhow::Result<Ending> {
        if plant.is_some() && !plants::ARE_PLANTED {
            bail!("built without the planted bugs: start it with cargo xtask sim");
        }
        let name = plant.map(|plant| plant.name);
        alone(seed, name, || world::live(&self.beginning, seed, keep_lines))
            .with_context(|| format!("the world of seed {seed}"))
    }

    /// The worlds of `count` seeds from `first`, in the order of the seeds. `told` hears of each when it ends. With `until_broken`
    /// no world begins after one in which something did not hold.
    pub fn live_all(
        &self,
        (first, count): (u64, u64),
        plant: Option<&Plant>,
        until_broken: bool,
        told: impl Fn(&Ending) + Sync,
    ) -> anyhow::Result<Vec<Ending>> {
        let next = AtomicU64::new(0);
        let endings = Mutex::new(Vec::new());
        let is_broken = || hold(&endings).iter().any(|ending: &Ending| ending.broken.is_some());
        let work = || -> anyhow::Result<()> {
            loop {
                let at = next.fetch_add(1, Ordering::SeqCst);
                if at >= count || (until_broken && is_broken()) {
                    return Ok(());
                }
                let ending = self.live(first.saturating_add(at), plant, false)?;
                told(&ending);
                hold(&endings).push(ending);
            }
        };
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let ended = workers.into_iter().map(ScopedJoinHandle::join);
            ended.into_iter().try_for_each(|end| end.map_err(|_| anyhow!("a world panicked"))?)
        })?;
        let mut endings = endings.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        endings.sort_by_key(|ending| ending.seed);
        Ok(endings)
    }
}

/// Runs `work` on a thread, which bears the name of the plant, and a runtime that nothing else has touched.
fn alone<T: Send, F>(
    #[cfg_attr(not(tokio_unstable), expect(unused_variables, reason = "nothing is seeded then"))]
    seed: u64,
    plant: Option<&str>,
    work: impl FnOnce() -> F + Send,
) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<T>>,
{
    let run = || {
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(true);
        // Whom a channel wakes first is drawn, too.
        #[cfg(tokio_unstable)]
        builder.rng_seed(tokio::runtime::RngSeed::from_bytes(&seed.to_be_bytes()));
        builder.build()?.block_on(work())
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(plant.unwrap_or("world").to_owned());
        let world = thread.spawn_scoped(scope, run)?;
        world.join().map_err(|_| anyhow!("a world panicked"))?
    })
}
