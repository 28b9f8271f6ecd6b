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
  (workflow_id, projection, version, sequence, excluded_us, size);
CREATE INDEX snapshots_time ON snapshots
  (workflow_id, projection, version, latest_us, sequence) WHERE excluded_us IS NULL;
CREATE INDEX snapshots_excluding ON snapshots
  (workflow_id, projection, version, sequence, latest_us, excluded_us) WHERE excluded_us IS NOT NULL;

-- What the snapshots of a projection take: those that leave nothing out, and the others; and the bytes of
-- the events in the largest.
CREATE TABLE totals (
  workflow_id TEXT    NOT NULL,
  projection  TEXT    NOT NULL,
  version     TEXT    NOT NULL,
  complete    INTEGER NOT NULL,
  excluding   INTEGER NOT NULL,
  event_bytes INTEGER NOT NULL,
  PRIMARY KEY (workflow_id, projection, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER snapshots_added AFTER INSERT ON snapshots BEGIN
  INSERT INTO totals VALUES (NEW.workflow_id, NEW.projection, NEW.version,
    iif(NEW.excluded_us IS NULL, NEW.size, 0), iif(NEW.excluded_us IS NULL, 0, NEW.size),
    NEW.event_bytes)
  ON CONFLICT DO UPDATE SET complete = complete + excluded.complete,
    excluding = excluding + excluded.excluding,
    event_bytes = max(event_bytes, excluded.event_bytes);
END;
CREATE TRIGGER snapshots_removed AFTER DELETE ON snapshots BEGIN
  UPDATE totals SET complete = complete - iif(OLD.excluded_us IS NULL, OLD.size, 0),
    excluding = excluding - iif(OLD.excluded_us IS NULL, 0, OLD.size)
  WHERE workflow_id = OLD.workflow_id AND projection = OLD.projection AND version = OLD.version;
END;

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
