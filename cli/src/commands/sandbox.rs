//! `countersign sandbox`: both platforms on loopback, until standard input closes.

use crate::output::{Colour, Ended, Exit, Output, shell};
use clap::Args;
use countersign::{Error, ErrorKind};
use countersign_sandbox::{Options, Sandbox};
use serde_json::Value;
use std::io::Read;

pub(crate) const AFTER_HELP: &str = "\
Prints one line of JSON (or a text for people) when both platforms answer, and
ends when its standard input closes: a test that starts it and goes away leaves
nothing behind. With --stay it runs until it is stopped.
Look at the page it names to see what arrived. The control interface stands
under /_/ of either address.

Examples:
  countersign sandbox
  countersign sandbox --port 0 --json
  countersign sandbox --port 8080 --sign-customiser-port 8081 --stay";

#[derive(Args, Debug)]
pub(crate) struct RunSandbox {
    /// Port of the Spiff platform; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Port of the Sign Customiser platform; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    sign_customiser_port: u16,
    /// Refuse signed requests whose Date is further from now than this; without it dates are not judged
    #[arg(long, value_name = "SECONDS")]
    date_window: Option<u32>,
    /// Go on when standard input closes, as in a service
    #[arg(long)]
    stay: bool,
}

impl RunSandbox {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let options = Options {
            spiff_port: self.port,
            sign_customiser_port: self.sign_customiser_port,
            date_window_seconds: self.date_window,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).map_err(|error| {
            Error::new(ErrorKind::InvalidArgument, format!("The sandbox could not be started. {error}"))
        })?;
        if out.is_json() {
            out.line(sandbox.ready_line());
        } else {
            welcome(&sandbox, self.stay, out);
        }
        if self.stay {
            loop {
                std::thread::park();
            }
        }
        let mut stdin = std::io::stdin().lock();
        let mut nothing = [0; 1024];
        loop {
            match stdin.read(&mut nothing) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        Ok(Exit::Ok)
    }
}

fn welcome(sandbox: &Sandbox, stay: bool, out: &mut Output) {
    let ready: Value = serde_json::from_str(&sandbox.ready_line()).unwrap_or_default();
    let bold = |text: &str| out.paint(Colour::Bold, text);
    let mut lines = vec![
        bold("The sandbox is ready. Nothing here leaves this machine."),
        String::new(),
        format!("  Spiff            {}", sandbox.spiff_url()),
        format!("  Sign Customiser  {}", sandbox.sign_customiser_url()),
        format!("  What arrived     {}", ready["spiff"]["page"].as_str().unwrap_or_default()),
        String::new(),
        bold("Test credentials, for another terminal:"),
        String::new(),
    ];
    if let Some(env) = ready["env"].as_object() {
        lines.extend(
            env.iter().map(|(name, value)| format!("export {name}={}", shell(value.as_str().unwrap_or_default()))),
        );
    }
    let key = ready["spiff"]["application_key"].as_str().unwrap_or_default();
    lines.push(format!("# instead of the access key: export COUNTERSIGN_SPIFF_APPLICATION_KEY={}", shell(key)));
    lines.push(String::new());
    lines.push(format!("A design to order: curl -X POST {}/_/transactions", sandbox.spiff_url()));
    lines.push(if stay { "Ctrl-C ends it." } else { "Ctrl-D or Ctrl-C ends it." }.to_owned());
    for line in lines {
        out.line(line);
    }
}
