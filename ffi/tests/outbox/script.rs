//! The conformance script, `tests/vectors/outbox.json`, done by a C program: over MariaDB, over SQLite as a host has it, and in a file of
//! the outbox's own. The program executes; what is due is judged here, because C reads no JSON.

use super::server::Server;
use crate::support::{Program, ffi, scratch};
use countersign_sandbox::Sandbox;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Over what the program runs.
#[derive(Clone, Copy)]
pub(crate) enum Over<'a> {
    MariaDb(&'a Server),
    Sqlite,
    File,
}

/// The rows that are run under valgrind: every kind of step and of value, and no short times.
pub(crate) const CHECKED: &[&str] = &["placed", "refused", "strange-text", "swept", "transactions"];

/// Runs every row that this kind can run, and answers how many those were.
pub(crate) fn run(program: &Program, over: Over<'_>, checked: bool) -> usize {
    let text = std::fs::read_to_string(ffi().join("../tests/vectors/outbox.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let can = |need: &Value| !matches!((need.as_str().unwrap(), over), ("transaction", Over::File));
    let mut wrong = Vec::new();
    let mut done = 0;
    for (number, row) in rows.iter().enumerate() {
        if !row["needs"].as_array().into_iter().flatten().all(can) {
            continue;
        }
        if checked && !CHECKED.contains(&row["id"].as_str().unwrap()) {
            continue;
        }
        done += 1;
        let mut run = Run::begin_as(program.command(checked), over, row, number, crate::sandbox());
        for (at, step) in row["steps"].as_array().unwrap().iter().enumerate() {
            if let Err(why) = run.step(step) {
                wrong.push(format!("{}, step {at} ({step}): {why}", row["id"]));
                break;
            }
        }
        run.end();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    done
}

/// One process of the program, and what it talks to.
pub(crate) struct Run {
    pub(crate) sandbox: Sandbox,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    now: i64,
    designs: BTreeMap<String, String>,
    kept: BTreeMap<String, Value>,
    escapes: bool,
}

impl Run {
    pub(crate) fn begin(program: &Program, over: Over<'_>, row: &Value, number: usize, sandbox: Sandbox) -> Self {
        Self::begin_as(program.command(false), over, row, number, sandbox)
    }

    fn begin_as(mut command: Command, over: Over<'_>, row: &Value, number: usize, sandbox: Sandbox) -> Self {
        let name = match over {
            Over::MariaDb(_) => "none",
            Over::Sqlite => "hosts",
            Over::File => "own",
        };
        let path = scratch().join(format!("script-{name}-{}-{number}.db", std::process::id()));
        for end in ["", "-wal", "-shm"] {
            _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
        let mut settings = json!({ "policy": row.get("policy").unwrap_or(&json!({})) });
        let store = match over {
            Over::MariaDb(_) => {
                settings["prefix"] = json!(format!("r{number}_"));
                "mysql".to_owned()
            }
            Over::Sqlite => "sqlite".to_owned(),
            Over::File => {
                settings["create"] = json!(true);
                settings["anywhere"] = json!(true);
                format!("sqlite:{}", path.display())
            }
        };
        let accounts = row.get("accounts").cloned().unwrap_or_else(|| json!({ "shop": "spiff" }));
        command.arg(store).arg(settings.to_string()).arg(&path);
        for (name, platform) in accounts.as_object().unwrap() {
            command.arg(format!("{name}={}", platform.as_str().unwrap()));
        }
        if let Over::MariaDb(server) = over {
            command.envs(server.environment());
        }
        let scale = row["scale"].as_u64().unwrap_or(1).to_string();
        let mut child = command
            .envs(crate::environment(&sandbox))
            .env("COUNTERSIGN_OUTBOX_TEST_SCALE", scale)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        Self {
            sandbox,
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            now: i64::try_from(now).unwrap(),
            designs: BTreeMap::new(),
            kept: BTreeMap::new(),
            escapes: matches!(over, Over::MariaDb(_)),
        }
    }

    /// Ends the process, and gives the sandbox to the next one.
    pub(crate) fn end(mut self) -> Sandbox {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
        self.sandbox
    }

    /// Says a line to the program: the first word of what it says, and the rest.
    pub(crate) fn say(&mut self, line: &str) -> Result<(String, String), String> {
        self.tell(line);
        self.hear()
    }

    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn hear(&mut self) -> Result<(String, String), String> {
        let mut said = String::new();
        self.output.read_line(&mut said).map_err(|error| error.to_string())?;
        let (word, rest) = said.trim_end().split_once(' ').unwrap_or((said.trim_end(), ""));
        Ok((word.to_owned(), rest.to_owned()))
    }

    /// An operation that goes well, and whose answer holds this.
    pub(crate) fn must(&mut self, operation: &str, input: &str, due: &str) {
        let (word, said) = self.say(&format!("do {operation} {input}")).unwrap();
        assert!(word == "answer" && said.contains(due), "{operation}: {word} {said}");
    }

    pub(crate) fn sql(&mut self, sql: &str) -> Result<(), String> {
        match self.say(&format!("sql {}", sql.replace('\n', " ")))? {
            (word, _) if word == "answer" => Ok(()),
            (word, rest) => Err(format!("{word} {rest}")),
        }
    }

    fn step(&mut self, step: &Value) -> Result<(), String> {
        if step.get("do").is_some() {
            return self.operate(step);
        }
        for (name, given) in step.as_object().unwrap() {
            match name.as_str() {
                "begin" => self.sql("BEGIN")?,
                "commit" => self.sql("COMMIT")?,
                "rollback" => self.sql("ROLLBACK")?,
                "execute" => {
                    let given = self.filled(given);
                    let sql = self.written(given[0].as_str().unwrap(), &given[1]);
                    self.sql(&sql)?;
                }
                "sandbox" => self.sandbox.faults(&given.to_string())?,
                "wait" => std::thread::sleep(std::time::Duration::from_secs_f64(given.as_f64().unwrap())),
                "accepted" => {
                    for (id, times) in given.as_object().unwrap() {
                        let of = self.accepted(id).len() as u64;
                        fits(&json!(of), times, id)?;
                    }
                }
                "received" => {
                    for (id, due) in given.as_object().unwrap() {
                        let first = self.accepted(id).into_iter().next().unwrap_or_default();
                        let due = self.filled(due);
                        fits(&first, &due, id)?;
                    }
                }
                other => return Err(format!("this runner does not know {other:?}")),
            }
        }
        Ok(())
    }

    fn accepted(&self, id: &str) -> Vec<Value> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.sandbox.orders().into_iter().filter(|order| text(&order["externalId"]) == id).collect()
    }

    fn operate(&mut self, step: &Value) -> Result<(), String> {
        let input = self.filled(step.get("input").unwrap_or(&json!({})));
        let (word, said) = self.say(&format!("do {} {input}", step["do"].as_str().unwrap()))?;
        let said: Value = serde_json::from_str(&said).map_err(|error| format!("{word} {said}: {error}"))?;
        if let Some(due) = step.get("error") {
            if word != "error" {
                return Err(format!("no error, but {said}"));
            }
            fits(&said["kind"], &due["kind"], "kind").map_err(|why| format!("{why}: {said}"))?;
            let words = format!("{} {}", said["message"].as_str().unwrap(), said["next_step"].as_str().unwrap());
            if !words.contains(due["contains"].as_str().unwrap_or_default()) {
                return Err(words);
            }
            if let Some(paths) = due["problems"].as_array() {
                let mut got: Vec<_> =
                    said["problems"].as_array().unwrap().iter().map(|one| one["path"].to_string()).collect();
                let mut due: Vec<_> = paths.iter().map(Value::to_string).collect();
                got.sort();
                due.sort();
                return if got == due { Ok(()) } else { Err(format!("problems at {got:?}")) };
            }
            return Ok(());
        }
        if word != "answer" {
            return Err(format!("{word} {said}"));
        }
        if let Some(due) = step.get("answer") {
            let due = self.filled(due);
            fits(&said, &due, "answer")?;
        }
        for name in step["lacks"].as_array().into_iter().flatten() {
            fits(&said[name.as_str().unwrap()], &Value::Null, "lacks")?;
        }
        for (name, member) in step["keep"].as_object().into_iter().flatten() {
            self.kept.insert(name.clone(), said[member.as_str().unwrap()].clone());
        }
        Ok(())
    }

    /// The values in the place of their names.
    fn filled(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let filled: Map<_, _> =
                    members.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect();
                filled.into()
            }
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::String(text) => {
                let Some(name) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
                    return value.clone();
                };
                if let Some(design) = name.strip_prefix("design:") {
                    let sandbox = &self.sandbox;
                    return json!(
                        self.designs.entry(design.to_owned()).or_insert_with(|| sandbox.create_transaction())
                    );
                }
                if let Some(away) = name.strip_prefix("now") {
                    let away = if away.is_empty() { Ok(0) } else { away.parse::<i64>() };
                    return away.map_or_else(|_| value.clone(), |away| json!(self.now + away));
                }
                self.kept.get(name).unwrap_or(value).clone()
            }
            _ => value.clone(),
        }
    }

    /// A statement with its parameters in place of the question marks, as a host without them writes it.
    fn written(&self, sql: &str, params: &Value) -> String {
        let mut pieces = sql.split('?');
        let mut out = pieces.next().unwrap().to_owned();
        for (piece, param) in pieces.zip(params.as_array().unwrap()) {
            match param {
                Value::String(text) => {
                    let text = if self.escapes { text.replace('\\', "\\\\") } else { text.clone() };
                    out += &format!("'{}'", text.replace('\'', "''"));
                }
                other => out += &other.to_string(),
            }
            out += piece;
        }
        out
    }
}

/// An object has at least these members, a list as many items; the rest is the value itself.
fn fits(got: &Value, due: &Value, at: &str) -> Result<(), String> {
    let fine = match due {
        Value::String(any) if any == "{any}" => !got.is_null(),
        Value::Object(members) => {
            for (name, due) in members {
                fits(got.get(name).unwrap_or(&Value::Null), due, &format!("{at}.{name}"))?;
            }
            got.is_object()
        }
        Value::Array(items) => {
            let got = got.as_array().filter(|got| got.len() == items.len());
            for (number, (got, due)) in got.into_iter().flatten().zip(items).enumerate() {
                fits(got, due, &format!("{at}[{number}]"))?;
            }
            got.is_some()
        }
        _ => got == due,
    };
    if fine { Ok(()) } else { Err(format!("{at} is {got}, and {due} is due")) }
}
