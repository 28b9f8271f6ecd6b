-- Schema 1 of .jc/events.db: the log. docs/FORMAT.md describes it; it only ever grows.
-- PRAGMA application_id and user_version are set by schema.c.

CREATE TABLE events (
  position       INTEGER PRIMARY KEY CHECK (position > 0),
  id             TEXT    NOT NULL UNIQUE,
  workflow_id    TEXT    NOT NULL,
  sequence       INTEGER NOT NULL,
  timestamp      TEXT    NOT NULL,
  event_type     TEXT    NOT NULL,
  agent_id       TEXT,
  correlation_id TEXT,
  causation_id   TEXT,
  data           TEXT,
  data_hash      TEXT,
  hash           TEXT    NOT NULL,
  UNIQUE (workflow_id, sequence)
) STRICT;

CREATE INDEX events_type ON events (event_type, position);
CREATE INDEX events_timestamp ON events (timestamp);
CREATE INDEX events_correlation ON events (correlation_id, position) WHERE correlation_id IS NOT NULL;

CREATE TABLE store (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  store_id TEXT    NOT NULL,
  epoch    INTEGER NOT NULL,
  format   INTEGER NOT NULL,
  gaps     INTEGER NOT NULL
) STRICT;

-- These are for every other client: jc itself runs with triggers off and an authorizer that denies
-- UPDATE and DELETE on the log.
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
  SELECT RAISE(ABORT, 'events are never changed: append a new event');
END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
  SELECT RAISE(ABORT, 'events are never deleted: append a new event');
END;
CREATE TRIGGER events_are_appended BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  -- A position that is not given reads as -1 here and becomes the next one.
  OR NEW.position NOT IN (-1, 1 + (SELECT coalesce(max(position), 0) FROM events))
  OR NEW.sequence IS NOT 1 + (SELECT coalesce(max(sequence), 0) FROM events
                              WHERE workflow_id = NEW.workflow_id)
BEGIN
  SELECT RAISE(ABORT, 'events are appended with a new id, a new position and the next sequence');
END;
