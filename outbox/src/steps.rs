//! Steps and answers for a host in another language that runs the SQL itself: as JSON, or part by part for one that reads none.
//!
//! | step | its answer as JSON | part by part |
//! |---|---|---|
//! | `{"step":"sql","name":…,"sql":…,"params":[…],"rows":true,"commit":false,"stop":false}`: execute one statement | `{"rows":[[…],…]}`, `{"count":n}`, or `{"error":{"code":…,"sqlstate":…,"message":…,"lost":false}}` | [`Steps::row`] for each row, then [`Steps::executed`]; or [`Steps::failed`] |
//! | `{"step":"call","what":"send","account":…}`: say [`Steps::perform`] | nothing | nothing |
//! | `{"step":"wait","ms":n,"stop":true}`: wait | nothing | nothing |
//! | `{"step":"done","answer":…}`: it has ended | | |

use crate::engine::{Answer, Asked, Outcome, Step, Task};
use crate::operations::{Json, plain};
use crate::state::Event;
use crate::statement::{Dialect, Value, Wants};
use crate::trouble::{Trouble, TroubleKind};
use countersign::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::json;

/// A task whose steps are answered in a form that every language can write.
#[derive(Debug)]
pub struct Steps {
    dialect: Dialect,
    task: Task<Json>,
    at: At,
    /// Of the answer that is being told.
    rows: Vec<Vec<Value>>,
    /// The last statement gave trouble, and a wait is for another attempt.
    troubled: bool,
}

/// Where it stands.
#[derive(Debug)]
enum At {
    Begin,
    /// The step was handed out, and nothing is known of it yet.
    Asked(Step<Json>),
    Answered(Outcome),
    Ended,
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

const ENDED: &str = "This task has ended.";
const TWICE: &str = "The statement has its answer already: tell each once. What became of it counts as unknown now.";

/// What the host could not say may have been done all the same.
fn lost(error: &Error) -> Outcome {
    Outcome::Trouble(Trouble { kind: TroubleKind::Lost, message: error.message().to_owned() })
}

impl Steps {
    /// Of a task in a store of this dialect.
    pub fn new(dialect: Dialect, task: Task<Json>) -> Self {
        Self { dialect, task, at: At::Begin, rows: Vec::new(), troubled: false }
    }

    /// Goes on with the answer to the last step, and gives the next one, as JSON. At first, after a call and after a wait there is
    /// nothing to tell: give an empty text.
    ///
    /// # Errors
    /// Those of the task, which has then ended; `invalid_argument` for an answer that is none.
    pub fn next(&mut self, answer: &[u8]) -> Result<String, Error> {
        if let At::Asked(Step::Sql(statement)) = &self.at {
            let outcome = match std::mem::take(&mut self.rows)[..] {
                [] => self.answered(statement.name, answer).unwrap_or_else(|error| lost(&error)),
                _ => lost(&argument(TWICE)),
            };
            self.at = At::Answered(outcome);
        } else if !answer.is_empty() && self.has_an_answer() {
            self.at = At::Answered(lost(&argument(TWICE)));
        }
        let step = match self.advance()? {
            Step::Sql(statement) => {
                let params: Vec<_> = statement.params.iter().map(plain).collect();
                json!({
                    "step": "sql", "name": statement.name, "sql": statement.sql, "params": params,
                    "rows": statement.wants == Wants::Rows, "commit": statement.commit,
                    "stop": self.may_stop(),
                })
            }
            Step::Call(call) => {
                let what = match &call.what {
                    Asked::Look(_) => "look",
                    Asked::Send(_) => "send",
                    Asked::Check => "check",
                };
                json!({ "step": "call", "what": what, "account": call.name })
            }
            Step::Wait(ms) => json!({ "step": "wait", "ms": (*ms).max(0), "stop": self.may_stop() }),
            // As it is: what an order holds is not read once more.
            Step::Done(Ok(answer)) => return Ok(format!("{{\"step\":\"done\",\"answer\":{}}}", answer.get())),
            Step::Done(Err(_)) => return Err(argument(ENDED)),
        };
        Ok(step.to_string())
    }

    /// Goes on with what was told of the last step, and gives the next one; one that is done was done well.
    ///
    /// # Errors
    /// Those of the task, which has then ended; `invalid_argument` while a statement has no answer or a call was not performed, and
    /// then that step stands.
    pub fn advance(&mut self) -> Result<&Step<Json>, Error> {
        let outcome = match std::mem::replace(&mut self.at, At::Ended) {
            At::Begin => Outcome::Begin,
            At::Answered(outcome) => outcome,
            At::Asked(Step::Wait(_)) => Outcome::Waited,
            stays => {
                let why = match &stays {
                    At::Asked(Step::Sql(_)) => "The step was a statement, and its answer was not told.",
                    At::Asked(Step::Call(_)) => "The step was a call, and it was not performed.",
                    _ => ENDED,
                };
                self.at = stays;
                return Err(argument(why));
            }
        };
        self.rows = Vec::new();
        self.troubled = matches!(outcome, Outcome::Trouble(_)) || (self.troubled && matches!(outcome, Outcome::Waited));
        self.at = At::Asked(match self.task.next(Answer::of(outcome)?) {
            Step::Done(result) => Step::Done(Ok(result?)),
            step => step,
        });
        match &self.at {
            At::Asked(step) => Ok(step),
            _ => Err(argument(ENDED)),
        }
    }

    /// Whether nothing is lost, and nobody waits, if the task is dropped at the step that stands: no order is taken.
    pub fn may_stop(&self) -> bool {
        match &self.at {
            At::Asked(Step::Sql(statement)) => statement.name == Event::Claimed.name(),
            // Until another attempt at a statement: perhaps at writing down what became of an order.
            At::Asked(Step::Wait(_)) => !self.troubled,
            _ => false,
        }
    }

    /// Tells a row of the statement's answer; `None` is one that could not be read, because of this.
    ///
    /// # Errors
    /// `invalid_argument` where that is no answer: the statement then counts as one whose answer was lost.
    pub fn row(&mut self, row: Result<Vec<Value>, Error>) -> Result<(), Error> {
        let wants = self.wants()?;
        let told = row.and_then(|row| match wants {
            Wants::Rows => Ok(row),
            Wants::Count => Err(argument("The statement has no rows: tell how many it changed.")),
        });
        match told {
            Ok(row) => self.rows.push(row),
            Err(error) => return self.unreadable(error),
        }
        Ok(())
    }

    /// Tells that the statement was executed: how many rows it changed, or how many were told.
    ///
    /// # Errors
    /// `invalid_argument` where that is no answer: the statement then counts as one whose answer was lost.
    pub fn executed(&mut self, count: i64) -> Result<(), Error> {
        let outcome = match (self.wants()?, u64::try_from(count)) {
            (Wants::Count, Ok(count)) => Outcome::Count(count),
            (Wants::Rows, Ok(count)) if count == self.rows.len() as u64 => {
                Outcome::Rows(std::mem::take(&mut self.rows))
            }
            (Wants::Rows, Ok(count)) => {
                let told = self.rows.len();
                return self.unreadable(argument(format!("The statement has {count} rows, and {told} were told.")));
            }
            // What drivers say when a statement failed.
            (_, Err(_)) => return self.unreadable(argument(format!("{count} is no number of rows."))),
        };
        self.at = At::Answered(outcome);
        Ok(())
    }

    /// Tells what the database said when it failed; with `lost`, that nobody knows whether the statement was executed.
    ///
    /// # Errors
    /// `invalid_argument` where that is no answer: the statement then counts as one whose answer was lost.
    pub fn failed(&mut self, number: i64, words: Result<(String, String), Error>, lost: bool) -> Result<(), Error> {
        self.wants()?;
        let (At::Asked(Step::Sql(statement)), Ok((sqlstate, message))) = (&self.at, &words) else {
            return words.map(|_| ()).or_else(|error| self.unreadable(error));
        };
        let mut trouble = Trouble::of(self.dialect, statement.name, number, sqlstate, message);
        if lost {
            trouble.kind = TroubleKind::Lost;
        }
        self.at = At::Answered(Outcome::Trouble(trouble));
        Ok(())
    }

    /// Makes the call of the last step, over the account's own client: an order exactly once.
    ///
    /// # Errors
    /// `invalid_argument` where the last step was no call. What the platform does is no error: the rows tell.
    pub fn perform(&mut self) -> Result<(), Error> {
        match std::mem::replace(&mut self.at, At::Ended) {
            At::Asked(Step::Call(call)) => {
                self.at = At::Answered(Outcome::Told(call.perform()));
                Ok(())
            }
            other => {
                self.at = other;
                Err(argument("The last step was no call."))
            }
        }
    }

    /// What the statement answers, if it waits for that. A second answer contradicts the first one, and neither counts.
    fn wants(&mut self) -> Result<Wants, Error> {
        match &self.at {
            At::Asked(Step::Sql(statement)) => Ok(statement.wants),
            _ if self.has_an_answer() => self.unreadable(argument(TWICE)),
            _ => Err(argument("The last step was no statement.")),
        }
    }

    fn has_an_answer(&self) -> bool {
        matches!(&self.at, At::Answered(Outcome::Rows(_) | Outcome::Count(_) | Outcome::Trouble(_)))
    }

    fn unreadable<T>(&mut self, error: Error) -> Result<T, Error> {
        self.at = At::Answered(lost(&error));
        Err(error)
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
