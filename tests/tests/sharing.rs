//! One signer serves all threads.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::{BodyDigest, Error, Parts, Scheme, Secret, Signer, Timestamp};

const fn shareable<T: Send + Sync + 'static>() {}
const _: () = {
    shareable::<Signer>();
    shareable::<Secret>();
    shareable::<Error>();
    shareable::<Timestamp>();
};

#[test]
fn eight_threads_sign_and_verify_with_one_signer() {
    let now = Timestamp::from_unix(1_577_836_800);
    let date = now.http_date();
    for scheme in [Scheme::Soa(BodyDigest::Sha512), Scheme::Vws] {
        let signer = Signer::new("access-key", "secret-key", scheme).unwrap();
        let bodies: Vec<Vec<u8>> = (0..200).map(|n| vec![n as u8; n * 7]).collect();
        let work = || -> Vec<String> {
            let sign = |body: &Vec<u8>| {
                let content_type = "application/json";
                let value = signer
                    .authorization(&Parts { method: "POST", path: "/graphql", content_type, date: &date, body })
                    .unwrap();
                let headers = [("authorization", &*value), ("date", &*date), ("content-type", content_type)];
                signer.verify("POST", "/graphql", body, &headers, now, Some(300)).unwrap();
                value
            };
            bodies.iter().map(sign).collect()
        };
        let alone = work();
        let together: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(together.iter().all(|values| *values == alone));
        // A clone is the same signer.
        let copy = signer.clone();
        drop(signer);
        let parts =
            Parts { method: "POST", path: "/graphql", content_type: "application/json", date: &date, body: b"" };
        assert_eq!(copy.authorization(&parts).unwrap(), alone[0]);
    }
}
