/// Randomness fit for keys: the operating system's generator.
pub trait Entropy: Send + Sync {
    /// Fills `buffer`. The operating system's generator does not fail once the phone runs; an adapter that cannot fill ends the
    /// process rather than return predictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}
