//! Who we are to the bank: sign-in, refresh, lock, devices, authorised calls.
