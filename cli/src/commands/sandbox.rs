//! `countersign sandbox`: both platforms on loopback, until standard input closes or the command that it runs has ended.

use crate::input::whole;
use crate::output::{Colour, Ended, Exit, Output, shell};
use clap::Args;
use countersign::options::ENVIRONMENT;
use countersign::{Error, ErrorKind};
use countersign_sandbox::{Options, Sandbox};
use serde_json::Value;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(crate) const AFTER_HELP: &str = "\
Prints one line of JSON (or a text for people) when both platforms answer, and
ends when the pipe that is its standard input closes: a test that starts it and
goes away leaves nothing behind. At a terminal Ctrl-C ends it. It never reads
the terminal, so it can stay in the background. Where standard input is none of
these, as with < /dev/null, in a service or a container, it says so and runs
until it is stopped; so it does with --stay, whatever its standard input is.
Look at the page it names to see what arrived. The control interface stands
under /_/ of either address.

With a command behind `--` it runs that, with the variables that lead a client
to the sandbox and to nothing else, and ends as the command does, with its exit
code: 127 if it cannot be run, 128 and the signal's number if one ended it.

It answers under 127.0.0.1, localhost and the like; other names get 421, so
that a web page whose name leads here reads nothing. In a container, listen on
every address and allow the name that others use:
  countersign sandbox --host 0.0.0.0 --allowed-host sandbox \\
    --port 8080 --sign-customiser-port 8081
and publish the ports for this machine alone: docker run -p 127.0.0.1:8080:8080

Examples:
  countersign sandbox
  countersign sandbox --port 0 --json
  countersign sandbox -- ./checkout_test --verbose
  countersign sandbox --port 8080 --sign-customiser-port 8081 --stay";

#[derive(Args, Debug)]
pub(crate) struct RunSandbox {
    /// Port of the Spiff platform; 0 takes a free one
    #[arg(long, default_value_t = 0, value_parser = whole::<u16>)]
    port: u16,
    /// Port of the Sign Customiser platform; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0, value_parser = whole::<u16>)]
    sign_customiser_port: u16,
    /// Address to listen on; with any but a loopback address, other machines can read and steer the sandbox
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Answer under this name too, given without a port; may be given several times
    #[arg(long, value_name = "NAME")]
    allowed_host: Vec<String>,
    /// Refuse signed requests whose Date is further from now than this; without it dates are not judged
    #[arg(long, value_name = "SECONDS")]
    date_window: Option<u32>,
    /// Go on when standard input closes, as in a service
    #[arg(long)]
    stay: bool,
    /// Run this with the sandbox's environment variables, and end as it ends
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "stay")]
    command: Vec<OsString>,
}

impl RunSandbox {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let options = Options {
            host: self.host,
            allowed_hosts: self.allowed_host,
            spiff_port: self.port,
            sign_customiser_port: self.sign_customiser_port,
            date_window_seconds: self.date_window,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).map_err(|error| {
            Error::new(ErrorKind::InvalidArgument, format!("The sandbox could not be started. {error}"))
        })?;
        end_as_first_process();
        if !self.host.is_loopback() {
            out.note(format!(
                "Warning: on {} other machines can reach the sandbox, read what was sent to it and steer it. Use no real \
                 credentials and data with it.",
                self.host
            ));
        }
        if !self.command.is_empty() {
            return run_beside(&sandbox, &self.command, out);
        }
        let input = Input::look();
        let watched = input == Input::Pipe && !self.stay;
        if out.is_json() {
            out.line(sandbox.ready_line());
        } else {
            welcome(&sandbox, watched, out);
        }
        if input == Input::Nothing && !self.stay {
            out.note("Standard input was closed from the beginning: the sandbox runs until it is stopped.");
        }
        if !watched {
            loop {
                std::thread::park();
            }
        }
        wait_for_end();
        if !out.is_json() {
            out.note("Standard input was closed: the sandbox ends.");
        }
        Ok(Exit::Ok)
    }
}

/// Runs a command whose environment leads to the sandbox, and answers how it ended.
fn run_beside(sandbox: &Sandbox, command: &[OsString], out: &mut Output) -> Ended {
    let ready: Value = serde_json::from_str(&sandbox.ready_line()).unwrap_or_default();
    let Some((program, arguments)) = command.split_first() else { return Ok(Exit::Ok) };
    let mut beside = Command::new(program);
    beside.args(arguments);
    // A real account's variables would lead to it, or be two kinds of credentials at once.
    for (name, ..) in ENVIRONMENT {
        beside.env_remove(name).env_remove(format!("{name}_FILE"));
    }
    for (name, value) in ready["env"].as_object().into_iter().flatten() {
        beside.env(name, value.as_str().unwrap_or_default());
    }
    // From before the command is there. Ctrl-C at a terminal reaches it as well, and it decides; a service's or a script's
    // SIGTERM reaches this process alone.
    let (interrupted, terminated) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    for (signal, flag) in [(SIGINT, &interrupted), (SIGTERM, &terminated)] {
        // Where a signal cannot be watched it ends this process, and the sandbox with it.
        _ = signal_hook::flag::register(signal, Arc::clone(flag));
    }
    let mut child = match beside.spawn() {
        Ok(child) => child,
        Err(error) => {
            let shown = program.to_string_lossy();
            out.note(format!("{shown} cannot be run: {error}. Behind -- stands a program, and then its arguments."));
            return Ok(Exit::As(127));
        }
    };
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Exit::As(code(status))),
            Ok(None) => {}
            Err(error) => {
                out.note(format!("What became of the command cannot be seen: {error}."));
                return Ok(Exit::No);
            }
        }
        if terminated.swap(false, Ordering::Relaxed) {
            ask_to_end(&mut child);
        }
        std::thread::sleep(TICK);
    }
}

/// How soon the end of the command is noticed.
const TICK: Duration = Duration::from_millis(5);

/// Passes the wish on. The command decides when, as without the sandbox.
#[cfg(unix)]
fn ask_to_end(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};
    // It may have ended meanwhile.
    _ = kill_process(Pid::from_child(child), Signal::TERM);
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) {
    _ = child.kill();
}

/// As a shell tells it.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code & 0xff).ok()).unwrap_or(u8::MAX)
}

/// The first process of a container is not ended by signals unless it asks for it.
fn end_as_first_process() {
    if std::process::id() == 1 {
        for signal in [SIGINT, SIGTERM] {
            let now = Arc::new(AtomicBool::new(true));
            // Where it cannot be watched, the container is killed a little later.
            _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, now);
        }
    }
}

/// What standard input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// Its other end is held by whoever started the sandbox, and closes with it.
    Pipe,
    /// Reading it would stop a job in the background.
    Terminal,
    /// It says nothing about whoever started the sandbox.
    Nothing,
}

impl Input {
    fn look() -> Self {
        if std::io::stdin().is_terminal() {
            Self::Terminal
        } else if is_pipe() {
            Self::Pipe
        } else {
            Self::Nothing
        }
    }
}

#[cfg(unix)]
fn is_pipe() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    // A descriptor that is closed cannot be copied: then it is nothing.
    let Ok(input) = std::io::stdin().as_fd().try_clone_to_owned() else { return false };
    let kind = std::fs::File::from(input).metadata().map(|about| about.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

#[cfg(not(unix))]
fn is_pipe() -> bool {
    true
}

/// Reads until there is nothing more.
fn wait_for_end() {
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
}

fn welcome(sandbox: &Sandbox, watched: bool, out: &mut Output) {
    let ready: Value = serde_json::from_str(&sandbox.ready_line()).unwrap_or_default();
    let bold = |text: &str| out.paint(Colour::Bold, text);
    let mut lines = vec![
        bold("The sandbox is ready. It stands in for the platforms; nothing reaches them."),
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
    lines.push(if watched { "It ends when its standard input closes." } else { "Ctrl-C ends it." }.to_owned());
    for line in lines {
        out.line(line);
    }
}
