//! The switches that make the sandbox misbehave (section 12).

/// How the bank misbehaves now. Clones share the state.
#[derive(Clone, Debug, Default)]
pub struct Switches {}

impl Switches {
    /// What leaves the bank in place of a signed receipt or notice: the same text, or one whose
    /// signature does not verify while `wrong_receipt_signature` is on. Spoilt on its way out only, so
    /// that what the books keep stays true.
    pub fn outgoing(&self, signed: String) -> String {
        signed
    }
}
