//! Steps and answers as JSON, for a host in another language that runs the SQL itself.
//!
//! | step | its answer |
//! |---|---|
//! | `{"step":"sql","name":…,"sql":…,"params":[…],"rows":true,"commit":false}`: execute one statement | `{"rows":[[…],…]}`, `{"count":n}`, or `{"error":{"code":…,"sqlstate":…,"message":…,"lost":false}}` |
//! | `{"step":"call","what":"send","account":…}`: say [`Steps::perform`] | nothing |
//! | `{"step":"wait","ms":n}`: wait | nothing |
//! | `{"step":"done","answer":…}`: it has ended | |

use crate::engine::{Answer, Asked, Call, Outcome, Step, Task, Told};
use crate::operations::{Json, plain};
use crate::statement::{Dialect, Value, Wants};
use crate::trouble::{Trouble, TroubleKind};
use countersign::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::json;

/// A task whose steps and answers are JSON.
#[derive(Debug)]
pub struct Steps {
    dialect: Dialect,
    task: Task<Json>,
    at: At,
}

/// Where it stands.
#[derive(Debug)]
enum At {
    Begin,
    Sql(&'static str),
    Call(Box<Call>),
    Told(Told),
    Wait,
    Done,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Given {
    rows: Option<Vec<Vec<Cell>>>,
    count: Option<u64>,
    error: Option<Fault>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    code: i64,
    sqlstate: String,
    message: String,
    lost: bool,
}

/// A value as a driver gives it. A fraction is one of the server's clock, and is read as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Null,
    Int(i64),
    Bool(bool),
    Other(f64),
    Text(String),
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Int(number) => Self::Int(number),
            Cell::Bool(is) => Self::Int(i64::from(is)),
            Cell::Other(number) => Self::Text(number.to_string()),
            Cell::Text(text) => Self::Text(text),
        }
    }
}

fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

impl Steps {
    /// Of a task in a store of this dialect.
    pub fn new(dialect: Dialect, task: Task<Json>) -> Self {
        Self { dialect, task, at: At::Begin }
    }

    /// Goes on with the answer to the last step, and gives the next one. At first, after a call and after a wait there is nothing
    /// to tell: give an empty text.
    ///
    /// # Errors
    /// Those of the task, which has then ended; `invalid_argument` for an answer that is none.
    pub fn next(&mut self, answer: &[u8]) -> Result<String, Error> {
        let outcome = match std::mem::replace(&mut self.at, At::Done) {
            At::Begin => Outcome::Begin,
            At::Sql(name) => match self.answered(name, answer) {
                Ok(outcome) => outcome,
                // What the host could not say may have been done all the same.
                Err(error) => {
                    Outcome::Trouble(Trouble { kind: TroubleKind::Lost, message: error.message().to_owned() })
                }
            },
            At::Call(call) => {
                self.at = At::Call(call);
                return Err(argument("The step was a call, and it was not performed."));
            }
            At::Told(told) => Outcome::Told(told),
            At::Wait => Outcome::Waited,
            At::Done => return Err(argument("This task has ended.")),
        };
        let (at, step) = match self.task.next(Answer::of(outcome)?) {
            Step::Sql(statement) => {
                let params: Vec<_> = statement.params.iter().map(plain).collect();
                let step = json!({
                    "step": "sql", "name": statement.name, "sql": statement.sql, "params": params,
                    "rows": statement.wants == Wants::Rows, "commit": statement.commit,
                });
                (At::Sql(statement.name), step)
            }
            Step::Call(call) => {
                let what = match &call.what {
                    Asked::Look(_) => "look",
                    Asked::Send(_) => "send",
                    Asked::Check => "check",
                };
                let step = json!({ "step": "call", "what": what, "account": call.name });
                (At::Call(call), step)
            }
            Step::Wait(ms) => (At::Wait, json!({ "step": "wait", "ms": ms.max(0) })),
            // As it is: what an order holds is not read once more.
            Step::Done(result) => {
                return result.map(|answer| format!("{{\"step\":\"done\",\"answer\":{}}}", answer.get()));
            }
        };
        self.at = at;
        Ok(step.to_string())
    }

    /// Makes the call of the last step, over the account's own client: an order exactly once.
    ///
    /// # Errors
    /// `invalid_argument` where the last step was no call. What the platform does is no error: the rows tell.
    pub fn perform(&mut self) -> Result<(), Error> {
        match std::mem::replace(&mut self.at, At::Done) {
            At::Call(call) => {
                self.at = At::Told(call.perform());
                Ok(())
            }
            other => {
                self.at = other;
                Err(argument("The last step was no call."))
            }
        }
    }

    fn answered(&self, name: &str, answer: &[u8]) -> Result<Outcome, Error> {
        let given: Given = serde_json::from_slice(answer)
            .map_err(|error| argument(format!("The answer to the statement is none: {error}.")))?;
        match (given.rows, given.count, given.error) {
            (Some(rows), None, None) => {
                Ok(Outcome::Rows(rows.into_iter().map(|row| row.into_iter().map(Value::from).collect()).collect()))
            }
            (None, Some(count), None) => Ok(Outcome::Count(count)),
            (None, None, Some(fault)) => {
                let mut trouble = Trouble::of(self.dialect, name, fault.code, &fault.sqlstate, &fault.message);
                if fault.lost {
                    trouble.kind = TroubleKind::Lost;
                }
                Ok(Outcome::Trouble(trouble))
            }
            _ => Err(argument("Answer a statement with one of rows, count and error.")),
        }
    }
}
