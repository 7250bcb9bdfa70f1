//! What things are (money, ids, time, sensitivity), and what the core asks of the phone.
