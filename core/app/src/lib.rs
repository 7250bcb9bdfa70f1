//! The facade: view state and verbs per screen, every word a customer reads, the runtime.
