//! `countersign completions`: what a shell reads to complete commands and options.

use crate::output::{Ended, Exit, Output};
use clap::Args;
use clap_complete::Shell;
use serde_json::json;

pub(crate) const AFTER_HELP: &str = "\
Where shells look for it, for one user:

Examples:
  countersign completions bash \\
    > ~/.local/share/bash-completion/completions/countersign
  countersign completions zsh > ~/.zfunc/_countersign  # a folder of $fpath
  countersign completions fish > ~/.config/fish/completions/countersign.fish
  countersign completions powershell >> $PROFILE
  source <(countersign completions bash)  # for this one session";

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::command(), "countersign", &mut script);
        if out.is_json() {
            let script = String::from_utf8_lossy(&script);
            out.value(&json!({ "shell": self.shell.to_string(), "script": script }));
        } else {
            out.bytes(&script);
        }
        Ok(Exit::Ok)
    }
}
