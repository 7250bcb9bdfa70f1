use std::sync::Arc;

use guichet_foundation::ports;

use super::PortFailure;

/// Randomness fit for keys: the operating system's generator.
#[uniffi::export(foreign)]
pub trait Entropy: Send + Sync {
    /// `count` random bytes.
    fn bytes(&self, count: u32) -> Result<Vec<u8>, PortFailure>;
}

/// The shell's bytes, mixed (XOR) with bytes that Rust asks of the operating system itself, so that a shell whose generator
/// fails or repeats makes nothing predictable.
pub(crate) struct ForeignEntropy(pub(crate) Arc<dyn Entropy>);

impl ports::Entropy for ForeignEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // No key may be made of predictable bytes, and there is no one to tell.
            std::process::abort();
        }
        let count = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let Ok(told) = self.0.bytes(count) else { return };
        for (to, from) in buffer.iter_mut().zip(told) {
            *to ^= from;
        }
    }
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::Entropy as _;

    use super::*;

    struct Constant(Result<Vec<u8>, PortFailure>);

    impl Entropy for Constant {
        fn bytes(&self, _: u32) -> Result<Vec<u8>, PortFailure> {
            self.0.clone()
        }
    }

    #[test]
    fn a_shell_without_randomness_predicts_nothing() {
        for told in [Ok(vec![0; 32]), Ok(vec![]), Ok(vec![7; 90]), Err(PortFailure::Platform)] {
            let entropy = ForeignEntropy(Arc::new(Constant(told)));
            let (mut first, mut second) = ([0; 32], [0; 32]);
            entropy.fill(&mut first);
            entropy.fill(&mut second);
            assert_ne!(first, second);
        }
    }
}
