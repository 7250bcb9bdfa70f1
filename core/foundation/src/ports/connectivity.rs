/// What the phone knows of its network. A hint for words on a screen and for when to try again; the truth is whether a request
/// gets an answer.
pub trait Connectivity: Send + Sync {
    /// Whether there is a network now.
    fn is_online(&self) -> bool;
}
