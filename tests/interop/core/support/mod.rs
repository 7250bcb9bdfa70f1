mod authority;
mod phone;
mod server;
mod wire;

pub(crate) use phone::{TestPhone, sign_in};
pub(crate) use server::Server;
pub(crate) use wire::{form_member, header, proof_by_a_stranger, set_form_member, set_header};
