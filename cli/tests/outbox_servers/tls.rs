//! TLS to real servers: a certificate that is right, one of somebody else, and one with another name.

use crate::server::{PASSWORD, Server};
use crate::shop::Shop;
use crate::support::Files;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use std::process::Command;

/// Whoever signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A server's certificate for this name, and its key.
    fn signs(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }
}

/// What each row asks for, and what comes of it: `None` for a connection, else words of the refusal.
type Row = (&'static str, String, Option<&'static str>);

fn judge(shop: &mut Shop, url: &dyn Fn(&str) -> String, rows: &[Row]) {
    for (host, query, refused) in rows {
        shop.store = format!("{}?{query}", url(host));
        let ran = shop.run(&["list"]);
        match refused {
            None => _ = ran.exits(0),
            Some(words) => {
                let told = ran.exits(1).stderr;
                assert!(told.starts_with("error: ") && told.contains(words), "{host} {query}: {words}: {told}");
            }
        }
    }
}

#[test]
fn postgresql_is_asked_who_it_is() {
    let files = Files::new();
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let (certificate, key) = ours.signs("localhost");
    let own = files.write("own.crt", &certificate);
    let pair = format!("{own},{}", files.write("own.key", key));
    let (ca, stranger) = (files.write("ca.crt", ours.0.pem()), files.write("stranger.crt", other.0.pem()));
    let server = Server::postgresql(&["--tls", &pair, "--option", "log_connections=on"]);
    let port = server.port("port");
    let url = |host: &str| format!("postgresql://shop:{PASSWORD}@{host}:{port}/shop");
    let mut shop = Shop::open(server.url());
    assert_eq!(server.sql("SELECT count(*) FROM pg_stat_ssl WHERE ssl"), "1");
    let empty = files.write("empty.crt", "");
    judge(
        &mut shop,
        &url,
        &[
            ("localhost", format!("sslmode=verify-full&sslrootcert={ca}"), None),
            ("localhost", format!("sslmode=verify-full&sslrootcert={ca}&channel_binding=require"), None),
            // It may stand in the file itself.
            ("localhost", format!("sslmode=verify-full&sslrootcert={own}"), None),
            ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={ca}"), Some("not valid for name")),
            ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}"), None),
            ("127.0.0.1", format!("sslmode=require&sslrootcert={ca}"), None),
            ("localhost", format!("sslmode=verify-full&sslrootcert={stranger}"), Some("UnknownIssuer")),
            ("localhost", format!("sslmode=verify-ca&sslrootcert={stranger}"), Some("UnknownIssuer")),
            ("localhost", format!("sslmode=require&sslrootcert={stranger}"), Some("UnknownIssuer")),
            // Whom the system trusts, this is not.
            ("localhost", "sslmode=verify-full".to_owned(), Some("UnknownIssuer")),
            ("localhost", "sslrootcert=system".to_owned(), Some("UnknownIssuer")),
            ("127.0.0.1", "sslmode=require".to_owned(), None),
            ("127.0.0.1", "sslmode=require&channel_binding=require".to_owned(), None),
            ("127.0.0.1", "sslmode=disable".to_owned(), None),
            ("127.0.0.1", "sslmode=verify-ca".to_owned(), Some("sslrootcert")),
            ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={}", files.missing()), Some("sslrootcert")),
            ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={empty}"), Some("no certificate in it")),
        ],
    );
    // What really went over the wire, by the server's own word.
    let mut logged = |query: &str| {
        let from = std::fs::read_to_string(format!("{}/log", server.folder())).unwrap().len();
        shop.store = format!("{}?{query}&application_name=judged", url("127.0.0.1"));
        let ran = shop.run(&["list"]);
        let log = std::fs::read_to_string(format!("{}/log", server.folder())).unwrap();
        let log = log[from..].to_owned();
        (ran.code, log.contains("SSL enabled"), log.lines().filter(|line| line.contains("judged")).count())
    };
    assert_eq!(logged("sslmode=prefer"), (0, true, 1));
    assert_eq!(logged("sslmode=allow"), (0, false, 1));
    assert_eq!(logged("sslmode=disable"), (0, false, 1));
    // A server that takes nothing else, and one that takes it from nobody.
    let rules = |kind: &str| {
        let rule = format!("{kind} all all 127.0.0.1/32 scram-sha-256\nlocal all all scram-sha-256\n");
        std::fs::write(format!("{}/data/pg_hba.conf", server.folder()), rule).unwrap();
        // Over the socket, which no rule of these is about.
        let port = server.port("port").to_string();
        let mut psql = Command::new("psql");
        psql.args([
            "-X",
            "-q",
            "-h",
            server.folder(),
            "-p",
            &port,
            "-U",
            "shop",
            "-c",
            "SELECT pg_reload_conf()",
            "shop",
        ]);
        assert!(psql.env("PGPASSWORD", PASSWORD).output().unwrap().status.success());
        std::thread::sleep(std::time::Duration::from_millis(300));
    };
    rules("hostssl");
    assert_eq!(logged("sslmode=allow"), (0, true, 1));
    assert_eq!(logged("sslmode=disable").0, 1);
    rules("hostnossl");
    assert_eq!(logged("sslmode=prefer"), (0, false, 1));
    assert_eq!(logged("sslmode=require").0, 1);
}

/// As PostgreSQL's own manual makes one: it signed itself as an authority, and has no name but the common one.
#[test]
fn a_certificate_that_signed_itself_is_trusted_where_it_is_named() {
    let files = Files::new();
    let (certificate, key) = (files.write("own.crt", ""), files.write("own.key", ""));
    let args =
        ["req", "-new", "-x509", "-days", "2", "-nodes", "-newkey", "rsa:2048", "-sha384", "-subj", "/CN=localhost"];
    let made = Command::new("openssl").args(args).args(["-out", &certificate, "-keyout", &key]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let server = Server::postgresql(&["--tls", &format!("{certificate},{key}")]);
    let port = server.port("port");
    let url = |host: &str| format!("postgresql://shop:{PASSWORD}@{host}:{port}/shop");
    let mut shop = Shop::open(server.url());
    judge(
        &mut shop,
        &url,
        &[
            ("localhost", format!("sslmode=verify-ca&sslrootcert={certificate}&channel_binding=require"), None),
            ("localhost", format!("sslmode=verify-full&sslrootcert={certificate}"), Some("not valid for name")),
        ],
    );
}

#[test]
fn mariadb_is_asked_who_it_is() {
    let files = Files::new();
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let (certificate, key) = ours.signs("localhost");
    let (certificate, key) = (files.write("own.crt", certificate), files.write("own.key", key));
    let (ca, stranger) = (files.write("ca.crt", ours.0.pem()), files.write("stranger.crt", other.0.pem()));
    let server = Server::mariadb(&[
        "--option",
        &format!("ssl-cert={certificate}"),
        "--option",
        &format!("ssl-key={key}"),
        "--option",
        &format!("ssl-ca={ca}"),
    ]);
    let port = server.port("port");
    let url = |host: &str| format!("mysql://shop:{PASSWORD}@{host}:{port}/shop");
    let mut shop = Shop::open(server.url());
    judge(
        &mut shop,
        &url,
        &[
            ("localhost", format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={ca}"), None),
            ("localhost", format!("ssl-ca={ca}"), None),
            ("127.0.0.1", format!("ssl-ca={ca}"), Some("not valid for name")),
            ("localhost", format!("ssl-ca={stranger}"), Some("UnknownIssuer")),
            ("localhost", "ssl-mode=VERIFY_IDENTITY".to_owned(), Some("UnknownIssuer")),
            ("127.0.0.1", "ssl-mode=REQUIRED".to_owned(), None),
            ("127.0.0.1", "ssl-mode=required".to_owned(), None),
            ("127.0.0.1", "ssl-mode=DISABLED".to_owned(), None),
            ("127.0.0.1", format!("ssl-mode=VERIFY_CA&ssl-ca={ca}"), Some("VERIFY_IDENTITY")),
            ("127.0.0.1", format!("ssl-mode=PREFERRED&ssl-ca={ca}"), Some("VERIFY_IDENTITY")),
            ("127.0.0.1", "ssl-mode=on".to_owned(), Some("VERIFY_IDENTITY")),
            ("127.0.0.1", format!("ssl-ca={}", files.missing()), Some("ssl-ca")),
        ],
    );
    server.sql("CREATE USER closed@'%' IDENTIFIED BY 'shop-secret' REQUIRE SSL; GRANT ALL ON shop.* TO closed@'%'");
    for (query, code) in [("", 0), ("?ssl-mode=REQUIRED", 0), ("?ssl-mode=DISABLED", 1)] {
        shop.store = format!("mysql://closed:{PASSWORD}@127.0.0.1:{port}/shop{query}");
        shop.run(&["list"]).exits(code);
    }
}
