-- Schema 1 of .jc/cache.db: what is derived from the log and can be deleted at any time. When it has to
-- change, the number rises and the old file is emptied: there is nothing in it to migrate.
-- PRAGMA application_id and user_version are set by cache.c.

CREATE TABLE cache (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  store_id TEXT NOT NULL
) STRICT;

-- A state of one projection of one workflow, behind the event of that sequence. `digest` is over all
-- other columns. excluded_us: events of that time and later are left out of it; null: none is.
CREATE TABLE snapshots (
  id           INTEGER PRIMARY KEY,
  workflow_id  TEXT    NOT NULL,
  projection   TEXT    NOT NULL,
  version      TEXT    NOT NULL,
  sequence     INTEGER NOT NULL,
  latest_us    INTEGER NOT NULL,
  excluded_us  INTEGER,
  size         INTEGER NOT NULL,
  events       INTEGER NOT NULL,
  event_bytes  INTEGER NOT NULL,
  timestamp_us INTEGER NOT NULL,
  event_hash   BLOB    NOT NULL,
  digest       BLOB    NOT NULL,
  state        BLOB    NOT NULL
) STRICT;

CREATE INDEX snapshots_sequence ON snapshots
  (workflow_id, projection, version, sequence, excluded_us, size, event_bytes);
CREATE INDEX snapshots_time ON snapshots
  (workflow_id, projection, version, latest_us, sequence) WHERE excluded_us IS NULL;
CREATE INDEX snapshots_excluding ON snapshots
  (workflow_id, projection, version, sequence, latest_us, excluded_us) WHERE excluded_us IS NOT NULL;

-- The least and the greatest timestamp of every 100 events of a workflow, up to 100 such spans a row.
CREATE TABLE spans (
  workflow_id TEXT    NOT NULL,
  number      INTEGER NOT NULL,
  before_hash BLOB    NOT NULL,
  event_hash  BLOB    NOT NULL,
  digest      BLOB    NOT NULL,
  times       BLOB    NOT NULL,
  PRIMARY KEY (workflow_id, number)
) STRICT, WITHOUT ROWID;

-- How far a follower has read the log.
CREATE TABLE followers (
  name       TEXT    PRIMARY KEY,
  position   INTEGER NOT NULL,
  event_hash BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
