//! TLS to a server of PostgreSQL: whom we trust, and what binds a password to the channel that it was shown on.

use super::settings::{Roots, Settings, SslMode};
use countersign::{Error, ErrorKind};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

/// Makes channels as the settings say.
#[derive(Clone, Debug)]
pub(crate) struct Tls(Arc<ClientConfig>);

fn refuse(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

impl Tls {
    pub(crate) fn of(settings: &Settings) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let unusable = |why: rustls::Error| refuse(format!("TLS cannot be set up: {why}."));
        let verifier: Arc<dyn ServerCertVerifier> = match (settings.ssl, &settings.roots) {
            (SslMode::VerifyCa | SslMode::VerifyFull, Some(Roots::File(path))) => {
                let wrong = |why: &dyn std::fmt::Display| refuse(format!("sslrootcert {}: {why}.", path.display()));
                let certificates: Result<Vec<_>, _> =
                    CertificateDer::pem_file_iter(path).map_err(|why| wrong(&why))?.collect();
                let certificates = certificates.map_err(|why| wrong(&why))?;
                if certificates.is_empty() {
                    return Err(wrong(&"there is no certificate in it"));
                }
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(certificates.iter().cloned());
                let trusted = Trusted { certificates, roots, named: settings.ssl == SslMode::VerifyFull };
                Arc::new(Judge { provider: Arc::clone(&provider), trusted: Some(trusted) })
            }
            (SslMode::VerifyFull, _) => Arc::new(Verifier::new(Arc::clone(&provider)).map_err(unusable)?),
            _ => Arc::new(Judge { provider: Arc::clone(&provider), trusted: None }),
        };
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(unusable)?;
        let config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

/// Judges a certificate as PostgreSQL's own clients do. That the server has its key is always asked.
#[derive(Debug)]
struct Judge {
    provider: Arc<CryptoProvider>,
    /// `None` does not ask whose server it is.
    trusted: Option<Trusted>,
}

/// The certificates of a file, and what they signed.
#[derive(Debug)]
struct Trusted {
    certificates: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
    /// The certificate must have the name that was asked for.
    named: bool,
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(trusted) = &self.trusted {
            let parsed = ParsedCertificate::try_from(own)?;
            // One that signed itself may stand in the file as it is.
            if !trusted.certificates.iter().any(|known| known == own) {
                let algorithms = self.provider.signature_verification_algorithms.all;
                verify_server_cert_signed_by_trust_anchor(&parsed, &trusted.roots, others, now, algorithms)?;
            }
            if trusted.named {
                verify_server_name(&parsed, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Channel;
    type TlsConnect = Connect;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Connect> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other);
        // The driver asks for a socket of this machine as well, which has no name and no TLS.
        let name = if host.is_empty() { ServerName::try_from("localhost").map_err(io::Error::other) } else { name };
        Ok(Connect(Arc::clone(&self.0), name?))
    }
}

/// A channel to be.
pub(crate) struct Connect(Arc<ClientConfig>, ServerName<'static>);

impl TlsConnect<Socket> for Connect {
    type Stream = Channel;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Channel>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        let Self(config, name) = self;
        Box::pin(async move {
            TlsConnector::from(config).connect(name, socket).await.map(|stream| Channel(Box::new(stream)))
        })
    }
}

/// A channel.
pub(crate) struct Channel(Box<tokio_rustls::client::TlsStream<Socket>>);

impl TlsStream for Channel {
    fn channel_binding(&self) -> ChannelBinding {
        let certificates = self.0.get_ref().1.peer_certificates();
        let hash = certificates.and_then(|certificates| end_point(certificates.first()?));
        hash.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl AsyncRead for Channel {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, space: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, space)
    }
}

impl AsyncWrite for Channel {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// The contents of the first element of DER, and what comes after it.
fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = der.get(1..)?.split_first()?;
    let (length, rest) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f)).filter(|(bytes, _)| bytes.len() <= 4)?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    rest.split_at_checked(length)
}

/// The certificate's hash by the algorithm that it is signed with (RFC 5929: tls-server-end-point); `None` for one that has none of
/// its own.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (body, _) = element(certificate)?;
    let (_, after) = element(body)?;
    let (algorithm, _) = element(after)?;
    let (oid, _) = element(algorithm)?;
    Some(match oid {
        // 1.2.840.113549.1.1 (RSA) .11 .12 .13, 1.2.840.10045.4.3 (ECDSA) .2 .3 .4; MD5 and SHA-1 count as SHA-256.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4 | 5 | 11] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2] => {
            Sha256::digest(certificate).to_vec()
        }
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3] => {
            Sha384::digest(certificate).to_vec()
        }
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4] => {
            Sha512::digest(certificate).to_vec()
        }
        _ => return None,
    })
}
