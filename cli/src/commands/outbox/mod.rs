//! `countersign outbox`: paid orders, kept in a file or in a shop's own database until the platform has each of them once.
//!
//! | file | what stands there |
//! |---|---|
//! | `store` | which outbox, and its numbers |
//! | `accounts`, `orders` | what a command works with: clients, and orders in a file |
//! | `tables`, `enqueue`, `work`, `look`, `people`, `stats`, `notify` | the commands |
//! | `shown` | how orders are shown to people |

mod accounts;
mod enqueue;
mod look;
mod notify;
mod orders;
mod people;
mod shown;
mod stats;
mod store;
mod tables;
mod work;

use crate::output::{Ended, Output};
use clap::Subcommand;
pub(crate) use store::{SHOP, SITE, STORE};

pub(crate) const AFTER_HELP: &str = "\
A shop enqueues a paid order and is done: a worker delivers it once in effect,
whatever crashes. `install` makes the tables, `enqueue` belongs into the payment
hook, `run` is the worker (or `drain`, in cron), `check` tells when a person
must look.

The outbox is named by --store or COUNTERSIGN_OUTBOX_STORE: sqlite:PATH, or in a
command built with `postgres` or `mysql` the shop's own database (or MariaDB):
  postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full&sslrootcert=FILE
  mysql://USER@HOST:PORT/DATABASE?ssl-mode=VERIFY_IDENTITY&ssl-ca=FILE
PostgreSQL's parameters, variables (PGHOST, PGPASSWORD) and files (~/.pgpass)
mean what they mean to psql; MYSQL_PWD is MySQL's password. Other users of a
machine can read arguments: a URL with a password belongs into the variable, or
into a file that COUNTERSIGN_OUTBOX_STORE_FILE names.

One account has its credentials from the environment, as for `countersign order
place`. Several stand in a file for --accounts, which names variables and files,
no secrets:
  { \"shop\": { \"platform\": \"spiff\", \"region\": \"us\",
              \"access_key\": { \"env\": \"SHOP_ACCESS_KEY\" },
              \"secret_key\": { \"file\": \"/run/secrets/shop\" } },
    \"signs\": { \"platform\": \"sign-customiser\",
               \"api_token\": { \"env\": \"SIGNS_TOKEN\" } } }
`countersign options` lists every number of the policy for `-o`.

Examples:
  countersign outbox install --store sqlite:/var/lib/shop/outbox.db
  countersign outbox enqueue --store sqlite:/var/lib/shop/outbox.db order.json
  countersign outbox run --store sqlite:/var/lib/shop/outbox.db --region us
  countersign outbox check --store sqlite:/var/lib/shop/outbox.db";

/// What to do with an outbox.
#[derive(Subcommand)]
pub(crate) enum Outbox {
    /// Make the tables, and the file that has them
    #[command(after_help = tables::INSTALL_HELP)]
    Install(tables::Install),
    /// Enqueue paid orders
    #[command(after_help = enqueue::ENQUEUE_HELP)]
    Enqueue(enqueue::EnqueueOrders),
    /// Be the worker, until asked to end
    #[command(after_help = work::RUN_HELP)]
    Run(work::Run),
    /// Deliver what is due, and end
    #[command(after_help = work::DRAIN_HELP)]
    Drain(work::Drain),
    /// List orders
    #[command(after_help = look::LIST_HELP)]
    List(look::List),
    /// Show an order, with its history
    #[command(after_help = look::SHOW_HELP)]
    Show(look::Show),
    /// Decide about an order that is held
    #[command(after_help = people::RESOLVE_HELP)]
    Resolve(people::Resolve),
    /// Cancel an order, as far as that is possible
    #[command(after_help = people::CANCEL_HELP)]
    Cancel(people::Cancel),
    /// Pass on a delivery of Sign Customiser, which settles orders in doubt
    #[command(after_help = notify::NOTIFY_HELP)]
    Notify(notify::Notify),
    /// Enqueue what is missing of the shop's paid orders
    #[command(after_help = enqueue::SWEEP_HELP)]
    Sweep(enqueue::Sweep),
    /// Count orders, and say how the accounts are
    #[command(after_help = stats::STATS_HELP)]
    Stats(stats::ShowStats),
    /// Say whether a person must look
    #[command(after_help = stats::CHECK_HELP)]
    Check(stats::Check),
    /// Send nothing of an account for now
    #[command(after_help = people::PAUSE_HELP)]
    Pause(people::Pause),
    /// End the pause of an account
    #[command(after_help = people::RESUME_HELP)]
    Resume(people::Resume),
    /// Say that this store is the one that counts
    #[command(after_help = people::ADOPT_HELP)]
    Adopt(people::Adopt),
    /// Write down orders that were placed before
    #[command(after_help = enqueue::IMPORT_HELP)]
    Import(enqueue::Import),
    /// Strip what is personal of an order
    #[command(after_help = people::FORGET_HELP)]
    Forget(people::Forget),
    /// List what changed since a cursor
    #[command(after_help = look::CHANGES_HELP)]
    Changes(look::Changes),
    /// Print the statements that make the tables
    #[command(after_help = tables::SCHEMA_HELP)]
    Schema(tables::Schema),
}

impl Outbox {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        match self {
            Self::Install(install) => install.run(out),
            Self::Enqueue(enqueue) => enqueue.run(out),
            Self::Run(run) => run.run(out),
            Self::Drain(drain) => drain.run(out),
            Self::List(list) => list.run(out),
            Self::Show(show) => show.run(out),
            Self::Resolve(resolve) => resolve.run(out),
            Self::Cancel(cancel) => cancel.run(out),
            Self::Notify(notify) => notify.run(out),
            Self::Sweep(sweep) => sweep.run(out),
            Self::Stats(stats) => stats.run(out),
            Self::Check(check) => check.run(out),
            Self::Pause(pause) => pause.run(out),
            Self::Resume(resume) => resume.run(out),
            Self::Adopt(adopt) => adopt.run(out),
            Self::Import(import) => import.run(out),
            Self::Forget(forget) => forget.run(out),
            Self::Changes(changes) => changes.run(out),
            Self::Schema(schema) => schema.run(out),
        }
    }
}
