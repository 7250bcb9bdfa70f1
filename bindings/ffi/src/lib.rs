//! The only crate with uniffi: types in, types out.
