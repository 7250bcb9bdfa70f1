//! How many tests passed and failed, read from what the runners leave.

mod libtest;
mod node;
mod surefire;
mod swift_testing;

use std::ops::AddAssign;

pub(crate) use self::{
    libtest::libtest, node::node, surefire::surefire, swift_testing::swift_testing,
};

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}
