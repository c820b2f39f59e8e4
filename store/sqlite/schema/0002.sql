-- Schema 2: whatever page of a list is asked for, it is found without reading
-- the list. What is counted is filled in by migrate.go, in the same transaction.

-- What lists are narrowed by; the record says the same.
ALTER TABLE images ADD COLUMN family TEXT NOT NULL DEFAULT '';
ALTER TABLE images ADD COLUMN state  TEXT;    -- NULL: available
ALTER TABLE images ADD COLUMN ready  INTEGER; -- when it becomes available, in milliseconds of 1970; NULL: the state stays

-- A record that is damaged stays so, and is reported when it is read.
UPDATE images
SET family = ifnull(record ->> 'Family', ''),
    state  = nullif(record ->> 'State', 'available'),
    ready  = iif(record ->> 'State' <> 'available', CAST(round(unixepoch(record ->> 'ReadyAt', 'subsec') * 1000) AS INTEGER), NULL)
WHERE json_valid(record) AND (record ->> 'Family' <> '' OR record ->> 'State' <> 'available');

-- state and ready stand in each index that images are counted by.
DROP INDEX images_by_owner;
DROP INDEX images_public;
CREATE INDEX images_by_owner        ON images (owner, product, region, id, state, ready);
CREATE INDEX images_by_owner_name   ON images (owner, name, product, region, id);
CREATE INDEX images_by_family       ON images (owner, family, product, region, id, state, ready) WHERE family <> '';
CREATE INDEX images_public          ON images (product, region, id, owner, state, ready) WHERE public = 1;
CREATE INDEX images_public_by_owner ON images (owner, product, region, id, state, ready) WHERE public = 1;

-- The same of the image that is shared: written with it, like the share.
ALTER TABLE shares ADD COLUMN state  TEXT;
ALTER TABLE shares ADD COLUMN ready  INTEGER;
ALTER TABLE shares ADD COLUMN public INTEGER NOT NULL DEFAULT 0;

CREATE INDEX shares_public ON shares (account, product, region, image, until, state, ready) WHERE public = 1;

-- The images that are made of a snapshot, written with images.
CREATE TABLE snapshots (
	snapshot TEXT NOT NULL,
	product  TEXT NOT NULL,
	region   TEXT NOT NULL,
	id       TEXT NOT NULL, -- the image's
	PRIMARY KEY (snapshot, product, region, id)
) WITHOUT ROWID;

INSERT OR IGNORE INTO snapshots (snapshot, product, region, id)
SELECT s.value ->> 'ID', images.product, images.region, images.id
FROM images, json_each(iif(json_valid(record), record, '{}'), '$.Snapshots') s;

-- How many entries long lists have, block by block: see tallies.go. A block
-- goes from its own place to that of the next block of its level.
CREATE TABLE tallies (
	list      TEXT    NOT NULL, -- which, like: held tencent/101104350000 cvm ap-guangzhou
	level     INTEGER NOT NULL, -- 0: a block of entries; else of blocks of the level below
	owner     TEXT    NOT NULL, -- the place: '' where the list is ordered by id alone
	at        INTEGER NOT NULL, -- the same: 0; the first block of all begins at the least number there is
	id        TEXT    NOT NULL,
	n         INTEGER NOT NULL, -- entries
	available INTEGER NOT NULL, -- those of images that are available or will be
	ready     INTEGER NOT NULL, -- from when on the latter all are, in milliseconds of 1970
	ends      INTEGER NOT NULL, -- until when no share of the block has ended, in seconds of 1970; 253402300800 (year 10000) where none does
	PRIMARY KEY (list, level, owner, at, id)
) WITHOUT ROWID;
