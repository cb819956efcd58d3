//! The commands, one file each.

mod completions;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod explain;
mod graphql;
mod man;
mod options;
mod order;
#[cfg(feature = "outbox")]
mod outbox;
#[cfg(feature = "sandbox")]
mod sandbox;
mod settle;
mod sign;
mod verify;
mod webhook;

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
    /// Find out whether credentials, region, digest, clock and network are right
    #[command(after_help = doctor::AFTER_HELP)]
    Doctor(doctor::Doctor),
    /// Place, check or prepare an order
    #[command(subcommand)]
    Order(order::Order),
    /// Find out whether an order in doubt was placed
    #[command(after_help = settle::AFTER_HELP)]
    Settle(settle::Settle),
    /// Verify, explain, answer and send deliveries of Sign Customiser, and manage subscriptions
    #[command(subcommand)]
    Webhook(webhook::Webhooks),
    /// Execute a GraphQL document at Spiff
    #[command(after_help = graphql::AFTER_HELP)]
    Graphql(graphql::Graphql),
    /// Keep paid orders, and deliver each once
    #[cfg(feature = "outbox")]
    #[command(subcommand, after_help = outbox::AFTER_HELP)]
    Outbox(Box<outbox::Outbox>),
    /// List every option and environment variable
    #[command(after_help = options::AFTER_HELP)]
    Options(options::ShowOptions),
    /// Run both platforms on this machine, for tests
    #[cfg(feature = "sandbox")]
    #[command(after_help = sandbox::AFTER_HELP)]
    Sandbox(sandbox::RunSandbox),
    /// See all of it work, against a sandbox
    #[cfg(feature = "sandbox")]
    #[command(after_help = demo::AFTER_HELP)]
    Demo(demo::Demo),
    /// Print what makes a shell complete commands and options
    #[command(after_help = completions::AFTER_HELP)]
    Completions(completions::Completions),
    /// Print the manual page of a command, or write all of them
    #[command(after_help = man::AFTER_HELP)]
    Man(man::ManualPage),
}

/// Runs a command.
pub(crate) fn run(command: Command, out: &mut Output) -> Ended {
    match command {
        Command::Sign(sign) => sign.run(out),
        Command::Verify(verify) => verify.run(out),
        Command::Explain(explain) => explain.run(out),
        Command::Doctor(doctor) => doctor.run(out),
        Command::Order(order) => order.run(out),
        Command::Settle(settle) => settle.run(out),
        Command::Webhook(webhook) => webhook.run(out),
        Command::Graphql(graphql) => graphql.run(out),
        #[cfg(feature = "outbox")]
        Command::Outbox(outbox) => outbox.run(out),
        Command::Options(options) => options.run(out),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(sandbox) => sandbox.run(out),
        #[cfg(feature = "sandbox")]
        Command::Demo(demo) => demo.run(out),
        Command::Completions(completions) => completions.run(out),
        Command::Man(man) => man.run(out),
    }
}
