//! Getting a connection: by URL, by environment and by files; and what is said where there is none.

use crate::server::{Kind, PASSWORD, Server};
use crate::shop::{Shop, secretly};
use crate::support::{Files, countersign};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

fn servers() -> [Server; 2] {
    [Server::postgresql(&[]), Server::mariadb(&[])]
}

#[test]
fn what_keeps_a_connection_from_being_made_is_said() {
    for server in servers() {
        let postgresql = server.kind == Kind::Postgresql;
        let scheme = if postgresql { "postgresql" } else { "mysql" };
        let port = server.port("port");
        let mut shop = Shop::new(String::new());
        for (store, kind, words) in [
            (
                format!("{scheme}://shop:wrong@127.0.0.1:{port}/shop"),
                "store",
                if postgresql { "password" } else { "Access denied" },
            ),
            (server.at("port", "missing"), "store", "missing"),
            (
                format!("{scheme}://shop:{PASSWORD}@127.0.0.1:1/shop"),
                "store_busy",
                "127.0.0.1:1 cannot be reached: Connection refused",
            ),
            (format!("{scheme}://shop:{PASSWORD}@nowhere.invalid/shop"), "store_busy", "nowhere.invalid"),
            // A server, and none of its tables.
            (server.url(), "store", "`install` makes them"),
        ] {
            shop.store = store.clone();
            let ran = shop.run(&["list", "--json"]).exits(1).json();
            let error = &ran["error"];
            assert!(error["message"].as_str().unwrap().contains(words) && error["kind"] == kind, "{store}: {ran}");
        }
        for (store, words) in [
            (format!("{scheme}://shop:{PASSWORD}@127.0.0.1:{port}/shop?sslmod=require"), "sslmod"),
            (format!("{scheme}://shop:{PASSWORD}@127.0.0.1:no/shop"), "port"),
            (format!("{scheme}:shop"), "://"),
        ] {
            shop.store = store.clone();
            let told = shop.run(&["list"]).exits(2).stderr;
            assert!(told.contains(words) && told.contains("COUNTERSIGN_OUTBOX_STORE"), "{store}: {told}");
        }
        if postgresql {
            // Somebody listens, and says nothing.
            let mute = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = mute.local_addr().unwrap();
            shop.store = format!("postgresql://shop:{PASSWORD}@{address}/shop?connect_timeout=1");
            let told = shop.run(&["list"]).exits(1).stderr;
            assert!(told.contains(&format!("{address} cannot be reached: it has not answered for 1 s.")), "{told}");
        }
    }
}

#[test]
fn the_store_is_named_without_its_password() {
    for server in servers() {
        let shop = Shop::open(server.url());
        let name = server.url().replace(PASSWORD, "…");
        assert_eq!(shop.run(&["install"]).exits(0).stdout, format!("installed: {name}\n"));
        assert_eq!(
            shop.run(&["install", "--json"]).exits(0).json(),
            serde_json::json!({ "store": name, "installed": true })
        );
        shop.enqueue(&shop.order("1")).exits(0);
        assert_eq!(shop.run(&["drain", "--json"]).exits(0).json()["stores"][0]["store"], name.as_str());
        assert!(shop.run(&["stats", "--prometheus"]).exits(0).stdout.contains(&format!("store=\"{name}\"")));
        assert_eq!(shop.run(&["check", "--json"]).exits(0).json()["stores"][0]["durability"], "full");
    }
}

#[test]
fn postgresql_is_found_by_the_conventions_of_its_own_clients() {
    let files = Files::new();
    let server = Server::postgresql(&["--option", "log_connections=on"]);
    let shop = Shop::open(server.url());
    let port = server.port("port").to_string();
    let bare = |store: &str| countersign(["outbox", "list"]).env("COUNTERSIGN_OUTBOX_STORE", store);
    let all = [("PGHOST", "127.0.0.1"), ("PGPORT", &port), ("PGUSER", "shop"), ("PGDATABASE", "shop")];
    let named = format!("postgresql://shop@127.0.0.1:{port}/shop");
    secretly(bare("postgresql://").envs(&all).env("PGPASSWORD", PASSWORD)).exits(0);
    secretly(bare(&named).env("PGPASSWORD", PASSWORD)).exits(0);
    assert!(secretly(bare(&named)).exits(1).stderr.contains("password"));
    // A file of passwords, which nobody else may read.
    let passwords = files.write(
        "pgpass",
        format!("other:*:*:*:no\n127.0.0.1:{port}:*:shop:{PASSWORD}\nlocalhost:*:shop:*:{PASSWORD}\n"),
    );
    let told = secretly(bare(&named).env("PGPASSFILE", &passwords)).exits(1).stderr;
    assert!(told.contains("chmod 0600"), "{told}");
    std::fs::set_permissions(&passwords, std::fs::Permissions::from_mode(0o600)).unwrap();
    secretly(bare(&named).env("PGPASSFILE", &passwords)).exits(0);
    secretly(bare(&format!("{named}?passfile={passwords}"))).exits(0);
    std::fs::copy(&passwords, format!("{}/.pgpass", files.directory())).unwrap();
    secretly(bare(&named).env("HOME", files.directory())).exits(0);
    let folder = server.folder().replace('/', "%2F");
    for socket in [
        format!("postgresql://shop@{folder}:{port}/shop"),
        format!("postgresql:///shop?user=shop&host={folder}&port={port}"),
    ] {
        secretly(bare(&socket).env("PGPASSFILE", &passwords)).exits(0);
    }
    let services = files.write(
        "services",
        format!("[shop]\nhost=127.0.0.1\nport={port}\nuser=shop\ndbname=shop\npassfile={passwords}\n"),
    );
    secretly(bare("postgresql://?service=shop").env("PGSERVICEFILE", &services)).exits(0);
    secretly(
        bare("postgresql://").env("PGSERVICEFILE", &services).env("PGSERVICE", "shop").env("PGHOST", "nowhere.invalid"),
    )
    .exits(0);
    // The whole name in a file, as a service of systemd gets it.
    let store = files.write("store", format!("{}\n", server.url()));
    secretly(countersign(["outbox", "list"]).env("COUNTERSIGN_OUTBOX_STORE_FILE", &store)).exits(0);
    // As the server sees it.
    let log = || std::fs::read_to_string(format!("{}/log", server.folder())).unwrap();
    assert!(log().contains("application_name=countersign"), "{}", log());
    secretly(bare(&named).env("PGPASSWORD", PASSWORD).env("PGAPPNAME", "shops-worker")).exits(0);
    assert!(log().contains("application_name=shops-worker"));
    // What the server is told wrongly is the server's to say.
    let told = secretly(bare(&named).env("PGPASSWORD", PASSWORD).env("PGOPTIONS", "-c work_mem=no")).exits(1).stderr;
    assert!(told.contains("work_mem"), "{told}");
    drop(shop);
}

#[test]
fn mysql_is_found_by_its_socket_and_its_variable() {
    let server = Server::mariadb(&[]);
    let _shop = Shop::open(server.url());
    let port = server.port("port");
    let bare = |store: &str| countersign(["outbox", "list"]).env("COUNTERSIGN_OUTBOX_STORE", store);
    let socket = server.folder();
    for store in [
        format!("mysql://shop@127.0.0.1:{port}/shop"),
        format!("mariadb://shop@127.0.0.1:{port}/shop?connect-timeout=3"),
        // A name with more than one address.
        format!("mysql://shop@localhost:{port}/shop"),
        format!("mysql://shop@/shop?socket={socket}"),
        format!("mysql://127.0.0.1:1,shop@127.0.0.1:{port}/shop").replace("127.0.0.1:1,shop@", "shop@127.0.0.1:1,"),
    ] {
        secretly(bare(&store).env("MYSQL_PWD", PASSWORD)).exits(0);
        assert!(secretly(bare(&store)).exits(1).stderr.contains("Access denied"));
    }
    let told = secretly(bare(&format!("mysql://shop@127.0.0.1:{port}"))).exits(1).stderr;
    assert!(told.contains("no database"), "{told}");
}
