-- Schema 1. Package sqlite opens with what the tables are for.
-- Columns are what rows are found by; record is the rest, as JSON.
-- Text is compared byte by byte (BINARY, SQLite's own default).
-- An account is written cloud/number, as in the history.

CREATE TABLE images (
	product TEXT    NOT NULL,
	region  TEXT    NOT NULL, -- '' where the product has none
	id      TEXT    NOT NULL,
	owner   TEXT    NOT NULL, -- cloud/number
	name    TEXT    NOT NULL,
	public  INTEGER NOT NULL,
	record  TEXT    NOT NULL,
	shares  TEXT    NOT NULL, -- a line for each, in list order: number, start and, if it has one, end in seconds of 1970
	PRIMARY KEY (product, region, id)
) WITHOUT ROWID;

-- Each ends with the key, so that its lists come in the order of the key.
CREATE INDEX images_by_owner ON images (owner, product, region, id, name);
CREATE INDEX images_by_name  ON images (name, product, region, id, owner);
CREATE INDEX images_public   ON images (product, region, id) WHERE public = 1;

-- The reverse of images.shares, kept in step with it by every write. The key
-- has the shares that one account holds of one owner together, oldest first.
CREATE TABLE shares (
	account TEXT    NOT NULL, -- cloud/number
	product TEXT    NOT NULL,
	region  TEXT    NOT NULL,
	owner   TEXT    NOT NULL, -- cloud/number
	at      INTEGER NOT NULL, -- seconds of 1970
	image   TEXT    NOT NULL,
	until   INTEGER,          -- the same; NULL: no end
	PRIMARY KEY (account, product, region, owner, at, image)
) WITHOUT ROWID;

CREATE INDEX shares_ending ON shares (account, product, region, owner, until) WHERE until IS NOT NULL;

-- Whom an owner shares with in a region, in list order: one row for each such
-- group of shares, kept in step with it by every write.
CREATE TABLE grantees (
	owner   TEXT    NOT NULL, -- cloud/number
	product TEXT    NOT NULL,
	region  TEXT    NOT NULL,
	first   INTEGER NOT NULL, -- the start of the oldest share, ended or not
	digits  INTEGER NOT NULL, -- the length of account: shorter numbers come first
	account TEXT    NOT NULL, -- number
	ends    INTEGER,          -- when the first share of the group ends: from then on first has to be looked up
	PRIMARY KEY (owner, product, region, first, digits, account)
) WITHOUT ROWID;

CREATE INDEX grantees_ending ON grantees (owner, product, region, ends) WHERE ends IS NOT NULL;

-- digits is the length of id: shorter numbers come first.
CREATE TABLE accounts (
	cloud  TEXT    NOT NULL,
	digits INTEGER NOT NULL,
	id     TEXT    NOT NULL,
	record TEXT    NOT NULL,
	PRIMARY KEY (cloud, digits, id)
);

-- The keys and numbers of all accounts and users: authentication is one look-up.
CREATE TABLE keys (
	cloud    TEXT    NOT NULL,
	id       TEXT    NOT NULL,
	account  TEXT    NOT NULL, -- number
	user     TEXT    NOT NULL, -- '' for the account's own
	sealed   TEXT    NOT NULL,
	disabled INTEGER NOT NULL,
	PRIMARY KEY (cloud, id)
) WITHOUT ROWID;

CREATE TABLE numbers (
	cloud   TEXT NOT NULL,
	number  TEXT NOT NULL,
	account TEXT NOT NULL, -- number
	user    TEXT NOT NULL, -- '' for the account's own
	PRIMARY KEY (cloud, number)
) WITHOUT ROWID;

-- The history. record is the very text whose SHA-256 is hash. Every index ends
-- with the position, SQLite's row id, so that its lists come in that order.
CREATE TABLE events (
	position INTEGER PRIMARY KEY,
	entity   TEXT    NOT NULL,
	seq      INTEGER NOT NULL, -- numbers the chain of the entity, from 1
	hash     TEXT    NOT NULL, -- the next entry of the entity carries it
	time     INTEGER NOT NULL, -- milliseconds of 1970
	latest   INTEGER NOT NULL, -- the greatest time so far: unlike time it never falls, so it can be searched
	actor    TEXT    NOT NULL,
	token    TEXT    NOT NULL, -- idempotency key, '' for none
	record   TEXT    NOT NULL
);

CREATE INDEX events_by_entity ON events (entity);
CREATE INDEX events_by_actor  ON events (actor);
CREATE INDEX events_by_latest ON events (latest);
CREATE UNIQUE INDEX events_by_token ON events (token) WHERE token <> '';

-- The accounts whose share an entry begins or ends.
CREATE TABLE event_accounts (
	account  TEXT    NOT NULL, -- cloud/number
	position INTEGER NOT NULL,
	PRIMARY KEY (account, position)
) WITHOUT ROWID;

CREATE TABLE settings (
	name TEXT PRIMARY KEY,
	text TEXT NOT NULL
) WITHOUT ROWID;

-- What the file is, for Open and for the file(1) command: "imgs".
PRAGMA application_id = 0x696d6773;
