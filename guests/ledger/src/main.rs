//! A private list of transfers leads from a public opening balance to a public closing balance, and the account is
//! never overdrawn: typed input and output, private input, and a panic as a provable end.
//!
//! Input (postcard): `Account`. Private input (postcard): a sequence of `i32`. Output (postcard): `Closing`. A transfer
//! that overdraws the account, or lifts it above `u32::MAX`, panics.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use lariat_guest::{ReadError, commit_value, read, read_private};
use serde::{Deserialize, Serialize};

lariat_guest::entry!(main);

#[derive(Deserialize)]
struct Account {
    number: u32,
    opening_balance: u32,
}

#[derive(Serialize)]
struct Closing {
    account: u32,
    balance: u32,
    lowest: u32,
    transfers: u32,
}

fn main() -> Result<(), ReadError> {
    let account: Account = read()?;
    let transfers: Vec<i32> = read_private()?;

    let mut balance = account.opening_balance;
    let mut lowest = balance;
    for &transfer in &transfers {
        balance = balance.checked_add_signed(transfer).expect("the account is overdrawn or full");
        lowest = lowest.min(balance);
    }

    let closing = Closing { account: account.number, balance, lowest, transfers: transfers.len() as u32 };
    commit_value(&closing).expect("derived encodings do not fail");
    Ok(())
}
