//! Goose as a peer of scripts/bench/http.ts: every user gets one path without a wait time.
//!
//!     goose-bench --host http://127.0.0.1:8000 --users 50 --hatch-rate 50 --run-time 5s
//!
//! The path is that of the environment variable BENCH_PATH, `/` by default.
use goose::prelude::*;

async fn visit(user: &mut GooseUser) -> TransactionResult {
    let path = std::env::var("BENCH_PATH").unwrap_or_else(|_| String::from("/"));
    let _response = user.get(&path).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), GooseError> {
    GooseAttack::initialize()?
        .register_scenario(scenario!("Visitor").register_transaction(transaction!(visit)))
        .execute()
        .await?;
    Ok(())
}
