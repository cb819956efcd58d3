//! Certificates made for one test run, and TLS servers that show them.

use super::{Server, read_request};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

/// An authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A PEM file with this authority, for the option `roots`.
    pub fn file(&self) -> TextFile {
        file(&self.pem())
    }

    /// A certificate for these names, valid in these years.
    pub fn issue(&self, names: &[&str], years: std::ops::Range<i32>) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params(names, years).signed_by(&key, &self.0).unwrap();
        Identity { chain: vec![certificate.der().clone()], key }
    }

    /// The authority's own certificate, used by a server.
    pub fn as_server(name: &str) -> (Identity, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = params(&[name], 2020..2040);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        let pem = certificate.pem();
        (Identity { chain: vec![certificate.der().clone()], key }, pem)
    }
}

fn params(names: &[&str], years: std::ops::Range<i32>) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_before = date_time_ymd(years.start, 1, 1);
    params.not_after = date_time_ymd(years.end, 1, 1);
    params
}

/// A certificate that nobody else issued, and not an authority's.
pub fn self_signed(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params(&[name], 2020..2040).self_signed(&key).unwrap();
    Identity { chain: vec![certificate.der().clone()], key }
}

/// A file of its own, gone when dropped.
pub struct TextFile(String);

impl TextFile {
    pub fn path(&self) -> &str {
        &self.0
    }
}

impl Drop for TextFile {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.0);
    }
}

pub fn file(text: &str) -> TextFile {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let path = format!("{}/{}-{number}.pem", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    std::fs::write(&path, text).unwrap();
    TextFile(path)
}

/// What a server shows.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

pub type TlsStream = StreamOwned<ServerConnection, TcpStream>;

impl Identity {
    pub fn config(&self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), key)
            .unwrap();
        Arc::new(config)
    }

    /// A server that hands each connection over once the handshake is done; others it drops.
    pub fn serve(&self, handle: impl Fn(TlsStream, usize) + Send + Sync + 'static) -> Server {
        let config = self.config(rustls::ALL_VERSIONS);
        Server::start(move |stream, number| {
            if let Some(stream) = accept(&config, stream) {
                handle(stream, number);
            }
        })
    }

    /// Answers every request with these bytes and keeps the connection.
    pub fn replying(&self, reply: Vec<u8>) -> Server {
        self.serve(move |mut stream, _| {
            while !read_request(&mut stream).is_empty() {
                if stream.write_all(&reply).and_then(|()| stream.flush()).is_err() {
                    return;
                }
            }
        })
    }
}

pub fn accept(config: &Arc<ServerConfig>, mut stream: TcpStream) -> Option<TlsStream> {
    let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).ok()?;
    }
    Some(StreamOwned::new(connection, stream))
}

/// The https address of a server by a name that its certificate carries.
pub fn https(server: &Server, path: &str) -> String {
    format!("https://localhost:{}{path}", server.address.port())
}
