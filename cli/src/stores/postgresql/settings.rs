//! How a server of PostgreSQL is reached, by the conventions of its own clients: what the URL says, else the service that it
//! names, else the environment, else what is usual. The password is looked for in the password file at last.

use crate::stores::address::Address;
use countersign::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A parameter, and the variable that has it where the URL does not.
const CONVENTIONS: &[(&str, &str)] = &[
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("dbname", "PGDATABASE"),
    ("passfile", "PGPASSFILE"),
    ("service", "PGSERVICE"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("application_name", "PGAPPNAME"),
    ("options", "PGOPTIONS"),
];

/// The parameters of a URL.
pub(crate) fn parameters() -> Vec<&'static str> {
    CONVENTIONS.iter().map(|(name, _)| *name).collect()
}

const PORT: u16 = 5432;
/// Where servers of this machine listen, by their distributions.
const FOLDERS: &[&str] = &["/run/postgresql", "/var/run/postgresql", "/tmp"];

/// What is done with TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SslMode {
    Disable,
    /// Where the server takes nothing else.
    Allow,
    /// Where the server has it.
    Prefer,
    /// Without asking whose server it is.
    Require,
    /// Its certificate is signed by whom we trust.
    VerifyCa,
    /// And has the name that we asked for.
    VerifyFull,
}

/// Whom we trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Whom the system trusts.
    System,
    File(PathBuf),
}

/// Where a server is, and how to reach it.
#[derive(Clone)]
pub(crate) struct Settings {
    /// Names, or folders with a socket in them, and ports.
    pub(crate) hosts: Vec<(String, u16)>,
    /// Without one, whoever runs this.
    pub(crate) user: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) ssl: SslMode,
    pub(crate) roots: Option<Roots>,
    /// `disable`, `prefer` or `require`.
    pub(crate) channel_binding: tokio_postgres::config::ChannelBinding,
    pub(crate) timeout: Duration,
    /// Servers that take no writes are passed over.
    pub(crate) writes: bool,
    pub(crate) application: String,
    pub(crate) options: Option<String>,
    password: Option<String>,
    passfile: Option<PathBuf>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgresql")
            .field("hosts", &self.hosts)
            .field("database", &self.database)
            .field("ssl", &self.ssl)
            .finish_non_exhaustive()
    }
}

/// What is asked of the process's surroundings.
pub(crate) trait World {
    fn variable(&self, name: &str) -> Option<String>;
    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
}

/// The real ones.
pub(crate) struct Process;

impl World for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

fn refuse(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// Each of a list, as many as there are hosts.
fn ports(text: Option<&str>, hosts: usize) -> Result<Vec<u16>, Error> {
    let wrong =
        || refuse("port is none: give 1 to 65535, one for all hosts or one for each, with commas between them.");
    let given: Result<Vec<u16>, Error> = text
        .unwrap_or_default()
        .split(',')
        .map(
            |port| {
                if port.is_empty() { Ok(PORT) } else { port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong) }
            },
        )
        .collect();
    match given? {
        ports if ports.len() == hosts => Ok(ports),
        ports if ports.len() == 1 => Ok(vec![ports[0]; hosts]),
        _ => Err(wrong()),
    }
}

impl Settings {
    /// By a URL, and what stands around the process.
    pub(crate) fn of(address: &Address, world: &impl World) -> Result<Self, Error> {
        let home = world.variable("HOME").map(PathBuf::from);
        let mut all: BTreeMap<&str, String> = BTreeMap::new();
        for (name, variable) in CONVENTIONS {
            all.extend(world.variable(variable).map(|value| (*name, value)));
        }
        if let Some(name) = address.parameter("service").map(str::to_owned).or_else(|| all.get("service").cloned()) {
            all.extend(service(&name, world, home.as_deref())?);
        }
        for (name, _) in CONVENTIONS {
            all.extend(address.parameter(name).map(|value| (*name, value.to_owned())));
        }
        for (name, value) in [("user", &address.user), ("password", &address.password), ("dbname", &address.database)] {
            all.extend(value.clone().map(|value| (name, value)));
        }
        let of = |name: &str| all.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let hosts = if address.hosts.is_empty() {
            let names: Vec<String> = of("host").unwrap_or_default().split(',').map(str::to_owned).collect();
            let ports = ports(of("port"), names.len())?;
            names
                .into_iter()
                .zip(ports)
                .map(|(name, port)| (if name.is_empty() { here(port, world) } else { name }, port))
                .collect()
        } else {
            let ports = ports(of("port"), address.hosts.len())?;
            address
                .hosts
                .iter()
                .zip(ports)
                .map(|((name, port), other)| (name.clone(), port.unwrap_or(other)))
                .collect::<Vec<_>>()
        };
        let roots = match of("sslrootcert") {
            Some("system") => Some(Roots::System),
            Some(path) => Some(Roots::File(path.into())),
            None => home
                .as_ref()
                .map(|home| home.join(".postgresql/root.crt"))
                .filter(|path| world.exists(path))
                .map(Roots::File),
        };
        let ssl = match (of("sslmode"), &roots) {
            (None, Some(Roots::System)) => SslMode::VerifyFull,
            (Some("verify-full"), _) => SslMode::VerifyFull,
            (Some("disable"), _) => SslMode::Disable,
            // Anybody can be known to an authority of the internet: without a name that says nothing.
            (Some(_), Some(Roots::System)) => {
                return Err(refuse("sslrootcert=system goes with sslmode=verify-full alone."));
            }
            (Some("allow"), _) => SslMode::Allow,
            (Some("prefer") | None, _) => SslMode::Prefer,
            // As PostgreSQL's own clients have it, since there are files of roots.
            (Some("require"), Some(_)) | (Some("verify-ca"), Some(_)) => SslMode::VerifyCa,
            (Some("require"), None) => SslMode::Require,
            (Some("verify-ca"), None) => {
                return Err(refuse(
                    "sslmode=verify-ca asks who signed the server's certificate: name the file of whom you trust in sslrootcert.",
                ));
            }
            (Some(_), _) => {
                return Err(refuse("sslmode is none: give disable, allow, prefer, require, verify-ca or verify-full."));
            }
        };
        let channel_binding = match of("channel_binding") {
            Some("disable") => tokio_postgres::config::ChannelBinding::Disable,
            Some("prefer") | None => tokio_postgres::config::ChannelBinding::Prefer,
            Some("require") => tokio_postgres::config::ChannelBinding::Require,
            Some(_) => return Err(refuse("channel_binding is none: give disable, prefer or require.")),
        };
        let writes = match of("target_session_attrs") {
            // Of several servers one takes writes.
            None => hosts.len() > 1,
            Some("any") => false,
            Some("read-write" | "primary") => true,
            Some(_) => {
                return Err(refuse(
                    "target_session_attrs is none for an outbox, which writes: give any, read-write or primary.",
                ));
            }
        };
        let timeout = match of("connect_timeout").map(str::parse::<u64>) {
            None => Duration::from_secs(10),
            Some(Ok(seconds @ 1..=3600)) => Duration::from_secs(seconds),
            Some(_) => return Err(refuse("connect_timeout is none: give 1 to 3600 seconds.")),
        };
        Ok(Self {
            user: of("user").map(str::to_owned).or_else(|| world.variable("USER")),
            database: of("dbname").map(str::to_owned),
            ssl,
            roots,
            channel_binding,
            timeout,
            writes,
            application: of("application_name").unwrap_or("countersign").to_owned(),
            options: of("options").map(str::to_owned),
            password: of("password").map(str::to_owned),
            passfile: of("passfile").map(PathBuf::from).or_else(|| home.map(|home| home.join(".pgpass"))),
            hosts,
        })
    }

    /// The password for one of the hosts, where there is one.
    pub(crate) fn password(&self, (host, port): &(String, u16), user: &str) -> Result<Option<String>, Error> {
        if self.password.is_some() {
            return Ok(self.password.clone());
        }
        let Some(path) = self.passfile.as_deref().filter(|path| path.is_file()) else { return Ok(None) };
        let unreadable =
            |why: &dyn fmt::Display| refuse(format!("The password file {} is not used: {why}.", path.display()));
        #[cfg(unix)]
        {
            let mode = std::fs::metadata(path).map_err(|why| unreadable(&why))?;
            if std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o077 != 0 {
                return Err(unreadable(&"others may read it. Say `chmod 0600`"));
            }
        }
        let text = std::fs::read_to_string(path).map_err(|why| unreadable(&why))?;
        let host = if host.starts_with('/') { "localhost" } else { host };
        let database = self.database.as_deref().unwrap_or(user);
        Ok(text.lines().find_map(|line| line_matches(line, &[host, &port.to_string(), database, user])))
    }
}

/// The folder with the socket of a server here, or the name of this machine.
fn here(port: u16, world: &impl World) -> String {
    let folder = FOLDERS.iter().find(|folder| world.exists(&Path::new(folder).join(format!(".s.PGSQL.{port}"))));
    folder.map_or_else(|| "localhost".to_owned(), |folder| (*folder).to_owned())
}

/// The password of a line `host:port:database:user:password` of a password file, if it is for these. A `*` stands for any; a
/// backslash stands before a colon or a backslash that belongs to a field.
fn line_matches(line: &str, wanted: &[&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            // The password may be written either way.
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            '\\' => letters.next()?,
            letter => letter,
        };
        fields.last_mut()?.push(letter);
    }
    let password = fields.pop().filter(|_| fields.len() == 4)?;
    let fits = fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
    fits.then_some(password).filter(|password| !password.is_empty())
}

/// What a service file says of a service.
fn service(name: &str, world: &impl World, home: Option<&Path>) -> Result<Vec<(&'static str, String)>, Error> {
    let own =
        world.variable("PGSERVICEFILE").map(PathBuf::from).or_else(|| home.map(|home| home.join(".pg_service.conf")));
    let folder = world.variable("PGSYSCONFDIR").unwrap_or_else(|| "/etc/postgresql-common".to_owned());
    for path in own.into_iter().chain([Path::new(&folder).join("pg_service.conf")]) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let mut lines = text.lines().map(str::trim).skip_while(|line| *line != format!("[{name}]")).skip(1).peekable();
        if lines.peek().is_none() && !text.contains(&format!("[{name}]")) {
            continue;
        }
        let mut all = Vec::new();
        for line in
            lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            let known = CONVENTIONS.iter().find(|(known, _)| *known == key.trim());
            let (known, _) = known.ok_or_else(|| {
                refuse(format!(
                    "{} has {:.40?} for the service {name:.40?}, which this command does not know.",
                    path.display(),
                    key.trim()
                ))
            })?;
            all.push((*known, value.trim().to_owned()));
        }
        return Ok(all);
    }
    Err(refuse(format!("No service file has the service {name:.40?}: see PGSERVICEFILE.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Around(Vec<(&'static str, String)>, Vec<PathBuf>);

    impl World for Around {
        fn variable(&self, name: &str) -> Option<String> {
            self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        }
        fn exists(&self, path: &Path) -> bool {
            self.1.iter().any(|known| known == path)
        }
    }

    fn with(url: &str, variables: &[(&'static str, &str)], files: &[&str]) -> Result<Settings, Error> {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let around = Around(variables, files.iter().map(PathBuf::from).collect());
        Settings::of(&Address::read(url).unwrap(), &around)
    }

    #[test]
    fn the_url_goes_before_the_environment() {
        let around = [
            ("PGHOST", "a,b"),
            ("PGPORT", "5433"),
            ("PGUSER", "u"),
            ("PGDATABASE", "d"),
            ("PGPASSWORD", "p"),
            ("PGCONNECT_TIMEOUT", "3"),
        ];
        let settings = with("postgresql://", &around, &[]).unwrap();
        let hosts = [("a".to_owned(), 5433), ("b".to_owned(), 5433)];
        assert_eq!((&settings.hosts[..], settings.writes, settings.timeout.as_secs()), (&hosts[..], true, 3));
        assert_eq!(
            (settings.user.as_deref(), settings.database.as_deref(), settings.application.as_str()),
            (Some("u"), Some("d"), "countersign")
        );
        let settings = with("postgresql://v:canary@c:1,d/shop?application_name=w", &around, &[]).unwrap();
        assert_eq!(settings.hosts, [("c".to_owned(), 1), ("d".to_owned(), 5433)]);
        assert_eq!(
            (settings.user.as_deref(), settings.database.as_deref(), settings.application.as_str()),
            (Some("v"), Some("shop"), "w")
        );
        assert_eq!(settings.password(&settings.hosts[0], "v").unwrap().as_deref(), Some("canary"));
        assert!(!format!("{settings:?}").contains("canary"));
        let settings = with("postgresql:///shop?host=/run/x&port=6&user=w", &[], &[]).unwrap();
        assert_eq!(
            (settings.hosts, settings.user.as_deref(), settings.writes),
            (vec![("/run/x".to_owned(), 6)], Some("w"), false)
        );
        for (files, due) in [(&["/tmp/.s.PGSQL.5432"][..], "/tmp"), (&[], "localhost")] {
            assert_eq!(with("postgresql:///shop", &[], files).unwrap().hosts, [(due.to_owned(), 5432)]);
        }
    }

    #[test]
    fn the_modes_of_tls_mean_what_they_mean_elsewhere() {
        let root = "/home/shop/.postgresql/root.crt";
        for (query, files, ssl, roots) in [
            ("", &[][..], SslMode::Prefer, None),
            ("sslmode=disable", &[root][..], SslMode::Disable, Some(Roots::File(root.into()))),
            ("sslmode=require", &[], SslMode::Require, None),
            ("sslmode=require", &[root], SslMode::VerifyCa, Some(Roots::File(root.into()))),
            ("sslmode=verify-ca&sslrootcert=/ca", &[], SslMode::VerifyCa, Some(Roots::File("/ca".into()))),
            ("sslmode=verify-full", &[], SslMode::VerifyFull, None),
            ("sslrootcert=system", &[], SslMode::VerifyFull, Some(Roots::System)),
        ] {
            let settings = with(&format!("postgresql://db/shop?{query}"), &[("HOME", "/home/shop")], files).unwrap();
            assert_eq!((settings.ssl, settings.roots), (ssl, roots), "{query}");
        }
        for (query, words) in [
            ("sslmode=verify-ca", "sslrootcert"),
            ("sslmode=on", "verify-full"),
            ("sslmode=require&sslrootcert=system", "verify-full"),
            ("target_session_attrs=standby", "writes"),
            ("connect_timeout=0", "seconds"),
            ("port=1,2", "port"),
            ("channel_binding=yes", "require"),
        ] {
            let refused = with(&format!("postgresql://db/shop?{query}"), &[], &[]);
            assert!(refused.is_err_and(|error| error.message().contains(words)), "{query}");
        }
    }

    #[test]
    fn lines_of_a_password_file_are_read_as_they_are_written() {
        let wanted = ["db", "5432", "shop", "u:x"];
        for (line, password) in [
            ("db:5432:shop:u\\:x:secret", Some("secret")),
            ("*:*:*:*:se\\:cr\\\\et", Some("se:cr\\et")),
            ("*:*:*:*:se:cret", Some("se:cret")),
            ("db:5433:*:*:secret", None),
            ("#*:*:*:*:secret", None),
            ("db:5432:shop", None),
            ("", None),
        ] {
            assert_eq!(line_matches(line, &wanted).as_deref(), password, "{line}");
        }
    }

    #[test]
    fn a_service_goes_between_the_url_and_the_environment() {
        let path = std::env::temp_dir().join(format!("countersign-service-{}", std::process::id()));
        std::fs::write(&path, "# ours\n[other]\nhost=x\n[shop]\nhost = db\nuser=u\n\n[bad]\nkrbsrvname=x\n").unwrap();
        let file = ("PGSERVICEFILE", path.to_str().unwrap());
        let settings =
            with("postgresql://v@/?service=shop", &[file, ("PGHOST", "no"), ("PGDATABASE", "d")], &[]).unwrap();
        assert_eq!(
            (settings.hosts[0].0.as_str(), settings.user.as_deref(), settings.database.as_deref()),
            ("db", Some("v"), Some("d"))
        );
        for (name, words) in [("bad", "krbsrvname"), ("none", "none")] {
            let refused = with(&format!("postgresql://?service={name}"), &[file], &[]);
            assert!(refused.is_err_and(|error| error.message().contains(words)), "{name}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
