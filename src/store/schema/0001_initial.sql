-- Version 1. See src/store/mod.rs for what each table means to its users.

-- Resource documents: one JSON body a resource.
CREATE TABLE document (
    service TEXT NOT NULL,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    name    TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (service, kind, account, region, name)
) WITHOUT ROWID, STRICT;

-- Record logs. Ordinals below first_ordinal have been trimmed; AUTOINCREMENT because an id is never used twice.
CREATE TABLE log (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    first_ordinal INTEGER NOT NULL DEFAULT 1,
    sealed        INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Packed records. key = log id in the upper bits, ordinal of the first record in the lower 40 (segment.rs).
CREATE TABLE segment (
    key             INTEGER PRIMARY KEY,
    count           INTEGER NOT NULL,
    last_arrival_ms INTEGER NOT NULL,
    records         BLOB NOT NULL
) STRICT;

-- Logs whose segments still wait to be deleted in small steps.
CREATE TABLE dropped_log (id INTEGER PRIMARY KEY) STRICT;

-- How far a consumer has processed a log, and the state that belongs to those positions.
CREATE TABLE position (
    consumer TEXT NOT NULL,
    log      INTEGER NOT NULL,
    ordinal  INTEGER NOT NULL,
    PRIMARY KEY (consumer, log)
) WITHOUT ROWID, STRICT;

CREATE TABLE consumer_state (
    consumer TEXT NOT NULL PRIMARY KEY,
    state    BLOB NOT NULL
) WITHOUT ROWID, STRICT;
