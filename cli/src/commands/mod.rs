//! The commands, one file each.

mod explain;
mod options;
mod order;
mod sign;
mod verify;

use crate::output::{Ended, Output};
use clap::Subcommand;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print the Authorization value for a request
    #[command(after_help = sign::AFTER_HELP)]
    Sign(sign::Sign),
    /// Judge the signature of a received request
    #[command(after_help = verify::AFTER_HELP)]
    Verify(verify::Verify),
    /// Find out why the signature of a request was refused
    #[command(after_help = explain::AFTER_HELP)]
    Explain(explain::Explain),
    /// Place, check or prepare an order
    #[command(subcommand)]
    Order(order::Order),
    /// List every option and environment variable
    #[command(after_help = options::AFTER_HELP)]
    Options(options::ShowOptions),
}

/// Runs a command.
pub(crate) fn run(command: Command, out: &mut Output) -> Ended {
    match command {
        Command::Sign(sign) => sign.run(out),
        Command::Verify(verify) => verify.run(out),
        Command::Explain(explain) => explain.run(out),
        Command::Order(order) => order.run(out),
        Command::Options(options) => options.run(out),
    }
}
