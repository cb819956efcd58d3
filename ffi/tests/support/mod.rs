//! What the C tests share: an installation in a temporary prefix, compiling through pkg-config, running with and without
//! valgrind, and the table of vectors.

mod table;

pub(crate) use table::vectors_table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub(crate) fn ffi() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the tests write.
pub(crate) fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// The text that a command prints; it must succeed.
pub(crate) fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Builds the release library once and installs it into a fresh prefix with the script that users run.
pub(crate) fn installation() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let target = scratch().parent().unwrap().to_path_buf();
        let prefix = scratch().join("prefix");
        _ = std::fs::remove_dir_all(&prefix);
        output(
            Command::new("make")
                .args(["--silent", "library", "install"])
                .arg(format!("PREFIX={}", prefix.display()))
                .current_dir(ffi().join(".."))
                .env("CARGO_TARGET_DIR", &target)
                .env("CARGO", env!("CARGO"))
                // Of a make that runs this test: its other jobs are not this one's.
                .env_remove("MAKEFLAGS"),
        );
        prefix
    })
}

/// The functions that a shared library exports, sorted.
pub(crate) fn functions_exported(library: &Path) -> Vec<String> {
    let text = output(Command::new("nm").args(["-D", "--defined-only"]).arg(library));
    let mut names: Vec<_> = text.lines().filter_map(|line| line.split(' ').next_back()).map(str::to_owned).collect();
    names.sort();
    names
}

/// The flags of an installed package, if it is there.
pub(crate) fn pkg_config(package: &str) -> Option<String> {
    let path = installation().join("lib/pkgconfig");
    let output =
        Command::new("pkg-config").args(["--cflags", "--libs", package]).env("PKG_CONFIG_PATH", path).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Plainly, and under valgrind where there is one.
pub(crate) fn ways() -> &'static [bool] {
    static VALGRIND: OnceLock<bool> = OnceLock::new();
    let there = || Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success());
    if *VALGRIND.get_or_init(there) {
        return &[false, true];
    }
    may_be_missing("valgrind");
    &[false]
}

/// What `make` installs may be missing where somebody runs cargo by hand, and nowhere else: no skipped test is called
/// green.
pub(crate) fn may_be_missing(what: &str) {
    assert!(
        std::env::var_os("MAKELEVEL").is_none() && std::env::var_os("CI").is_none(),
        "{what} is missing: `make test` installs it"
    );
    eprintln!("skipped: {what} is missing; `make test` installs it");
}

pub(crate) struct Program {
    pub(crate) name: String,
    path: PathBuf,
}

pub(crate) struct Output {
    pub(crate) code: i32,
    /// Standard output and standard error.
    pub(crate) text: String,
}

impl Output {
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.text);
        self
    }
}

/// How every program is compiled: nothing may be warned of.
const STRICT: &[&str] = &["-O1", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];

impl Program {
    fn compile(name: &str, source: &str, libraries: &[&str]) -> Self {
        let cpp = source.ends_with(".cc");
        let dir = scratch().join("programs");
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join(name);
        output(
            Command::new(if cpp { "c++" } else { "cc" })
                .arg(if cpp { "-std=c++17" } else { "-std=c99" })
                .args(STRICT)
                .arg(ffi().join(source))
                .args(libraries)
                .arg("-o")
                .arg(&path),
        );
        Self { name: name.to_owned(), path }
    }

    /// Built as anybody builds: with what pkg-config says.
    pub(crate) fn build(name: &str, source: &str, flags: &[&str]) -> Self {
        let ours = pkg_config("countersign").unwrap_or_else(|| panic!("pkg-config does not find the installation"));
        let rpath = format!("-Wl,-rpath,{}", installation().join("lib").display());
        let mut libraries: Vec<&str> = flags.to_vec();
        libraries.extend(ours.split_whitespace());
        libraries.push(&rpath);
        Self::compile(name, source, &libraries)
    }

    /// Linked with the static library, as include/README.md says; the flags stand before and behind it.
    pub(crate) fn build_static(name: &str, source: &str, before: &[&str], behind: &[&str]) -> Self {
        let include = format!("-I{}", installation().join("include").display());
        let library = installation().join("lib/libcountersign.a").display().to_string();
        let mut libraries = vec![include.as_str()];
        libraries.extend(before);
        libraries.push(&library);
        libraries.extend(behind);
        libraries.extend("-lutil -lrt -lpthread -lm -ldl -lc".split(' '));
        Self::compile(name, source, &libraries)
    }

    /// What runs it; `checked` under valgrind, which ends it with 9 for a leak or a wrong access.
    pub(crate) fn command(&self, checked: bool) -> Command {
        if !checked {
            return Command::new(&self.path);
        }
        let mut command = Command::new("valgrind");
        command
            .args(["--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible"])
            .arg("--error-exitcode=9")
            .arg(&self.path);
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, checked: bool, args: &[String], environment: &[(String, String)], input: &[u8]) -> Output {
        let mut child = self
            .command(checked)
            .args(args)
            .envs(environment.iter().cloned())
            // What a panic prints is looked at as well.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input closes it.
        _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        Output { code: output.status.code().unwrap_or(-1), text: String::from_utf8_lossy(&text).into_owned() }
    }
}
