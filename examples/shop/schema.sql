-- What the shop keeps beside the outbox, in SQLite as in PostgreSQL. A line has no price: that is asked for when it matters.
CREATE TABLE IF NOT EXISTS shop_products (external_id TEXT PRIMARY KEY, title TEXT NOT NULL, price BIGINT NOT NULL, picture TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS shop_lines (cart TEXT, account TEXT, item TEXT, quantity INTEGER NOT NULL, PRIMARY KEY (cart, account, item));
CREATE TABLE IF NOT EXISTS shop_orders (id TEXT PRIMARY KEY, cart TEXT NOT NULL UNIQUE, email TEXT NOT NULL, total BIGINT NOT NULL, bought TEXT NOT NULL, paid INTEGER NOT NULL DEFAULT 0);
