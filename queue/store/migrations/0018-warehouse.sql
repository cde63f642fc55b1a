-- Deliveries to receiving systems in depth: order, waiting, withdrawing, reconciling, looking up.

ALTER TABLE delivery ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;    -- goes before the others, by day, too
ALTER TABLE delivery ADD COLUMN ask_first INTEGER NOT NULL DEFAULT 0; -- how an earlier try ended is not known
ALTER TABLE delivery ADD COLUMN waits_for TEXT; -- "handover", "code", "look-up": what has to be first; NULL: nothing
CREATE INDEX delivery_document ON delivery (document_id);
CREATE INDEX delivery_remote ON delivery (target, remote_name) WHERE remote_name IS NOT NULL;

-- What a receiving system said of its last refusal, in its own words: shown to the clerk, in no log.
ALTER TABLE delivery ADD COLUMN said TEXT;

-- The JSON of a record lies in its row: with a file of its own each commit into the queue would flush three times.
ALTER TABLE blob ADD COLUMN text TEXT; -- NULL: it lies in its file

-- Claims: target by target, urgent ones first. Waiting for another attempt.
CREATE INDEX delivery_due ON delivery (target, state, urgent DESC, created_us);
CREATE INDEX delivery_waits ON delivery (state, not_before_us) WHERE not_before_us > 0;
DROP INDEX delivery_reconcile;
CREATE INDEX delivery_reconcile ON delivery (target, urgent DESC, created_us) WHERE reconcile_asked = 1;

-- ---- what others hold (queue/store/remote_held.h) ----

-- What a target was asked about the papers of an owner for a procedure, and how that ended. The last answer stands until a newer one comes or
-- it is too old.
CREATE TABLE remote_asked (
    target         TEXT NOT NULL,
    owner_id       TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    asked_us       INTEGER NOT NULL, -- the last time
    outcome        TEXT NOT NULL CHECK (outcome IN ('hit', 'none', 'offline', 'refused')),
    error          TEXT,             -- why there was no answer
    attempts       INTEGER NOT NULL, -- in a row without an answer
    answered_us    INTEGER,          -- when the answer came that is kept; NULL: none did
    PRIMARY KEY (target, owner_id, procedure_code)
) STRICT, WITHOUT ROWID;

CREATE INDEX remote_asked_of ON remote_asked (owner_id, procedure_code);
CREATE INDEX remote_asked_age ON remote_asked (asked_us);

-- The papers of that answer.
CREATE TABLE remote_held (
    id             TEXT PRIMARY KEY,
    target         TEXT NOT NULL,
    owner_id       TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    entry          TEXT NOT NULL, -- JSON, as checked on coming in
    FOREIGN KEY (target, owner_id, procedure_code) REFERENCES remote_asked (target, owner_id, procedure_code)
) STRICT, WITHOUT ROWID;

CREATE INDEX remote_held_of ON remote_held (target, owner_id, procedure_code);

-- A paper reused may be held elsewhere: then `held` is what the answer said of it, and it is looked at again.
CREATE TABLE reuse_new (
    id               TEXT PRIMARY KEY,
    dossier_id       TEXT NOT NULL REFERENCES dossier (id),
    stage            TEXT NOT NULL CHECK (stage IN ('component', 'output', 'result')),
    paper_code       TEXT NOT NULL,
    class            INTEGER NOT NULL CHECK (class IN (2, 3)), -- 2 from a component, 3 from a result
    source           TEXT NOT NULL,                            -- who held it: 'local' or a target
    source_document  TEXT REFERENCES document (id),
    source_code      TEXT,                                     -- its result code then
    taken_us         INTEGER NOT NULL,
    taken_by         TEXT NOT NULL,
    undone_us        INTEGER,
    undone_by        TEXT,
    national         INTEGER NOT NULL DEFAULT 0,               -- the national warehouse held it (DuocLayTuKhoDMQG)
    held             TEXT,                                     -- JSON; NULL: local, or no longer kept
    file_sha256      TEXT,                                     -- of its file, where that was fetched
    file_bytes       INTEGER,
    checked_us       INTEGER,                                  -- when its holder last said that it is good
    problem          TEXT CHECK (problem IN ('gone', 'expired', 'replaced')) -- what its holder said since
) STRICT, WITHOUT ROWID;

INSERT INTO reuse_new (id, dossier_id, stage, paper_code, class, source, source_document, source_code, taken_us, taken_by, undone_us, undone_by)
    SELECT id, dossier_id, stage, paper_code, class, source, source_document, source_code, taken_us, taken_by, undone_us, undone_by FROM reuse;
DROP TABLE reuse;
ALTER TABLE reuse_new RENAME TO reuse;
CREATE UNIQUE INDEX reuse_now ON reuse (dossier_id, stage, paper_code) WHERE undone_us IS NULL;
CREATE INDEX reuse_source ON reuse (source_document);

-- Deliveries that wait, by what for.
CREATE INDEX delivery_waiting ON delivery (waits_for, created_us) WHERE waits_for IS NOT NULL;

CREATE INDEX result_code_open ON result_code (document_id) WHERE provisional = 1 AND ended_us IS NULL;

-- A code that whoever numbers gave, and what became of it.
CREATE TABLE reserved_code (
    document_id  TEXT PRIMARY KEY REFERENCES document (id),
    target       TEXT NOT NULL,
    code         TEXT NOT NULL,
    reserved_us  INTEGER NOT NULL,
    used         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Alarms and the report: how long things stand in a state, and what became of deliveries between two moments.
CREATE INDEX delivery_since ON delivery (state, state_us) WHERE state IN ('sent', 'accepted', 'held', 'withdrawing');
CREATE INDEX delivery_excused ON delivery (created_us) WHERE state = 'queued' AND (receipt IS NOT NULL OR waits_for IS NOT NULL);
CREATE INDEX delivery_tried ON delivery (state, attempts) WHERE attempts > 0;
CREATE INDEX audit_delivered ON audit (to_state, at_us) WHERE kind = 'delivery'
    AND to_state IN ('accepted', 'reconciled', 'held', 'rejected', 'failed', 'withdrawn');

-- ---- tasks: what a person has to do about a delivery (task.h) ----

CREATE TABLE task (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL, -- daemon/model/task_kind.def
    target       TEXT,
    delivery_id  TEXT REFERENCES delivery (id),
    document_id  TEXT REFERENCES document (id),
    dossier_id   TEXT REFERENCES dossier (id),
    remote_name  TEXT,
    detail       TEXT, -- codes and counts, no field values
    opened_us    INTEGER NOT NULL,
    opened_by    TEXT NOT NULL,
    closed_us    INTEGER,
    closed_by    TEXT,
    closed_how   TEXT,
    closed_note  TEXT,
    CHECK ((closed_us IS NULL) = (closed_how IS NULL))
) STRICT, WITHOUT ROWID;

-- The same thing is one task, however often it is found.
CREATE UNIQUE INDEX task_open ON task (kind, coalesce(target, ''), coalesce(delivery_id, ''),
    coalesce(document_id, ''), coalesce(dossier_id, ''), coalesce(remote_name, '')) WHERE closed_us IS NULL;
CREATE INDEX task_delivery ON task (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX task_document ON task (document_id) WHERE document_id IS NOT NULL;

-- ---- withdrawn, handed over (queue/store/withdraw.h, handover.h, incident.h) ----

-- Papers that a person took back; undone: before the first byte about it left.
CREATE TABLE withdrawal (
    id            TEXT PRIMARY KEY,
    document_id   TEXT NOT NULL REFERENCES document (id),
    reason        TEXT NOT NULL,    -- a person's words: never leaves the station
    wrong_person  INTEGER NOT NULL, -- it was seen by somebody it is not about
    from_state    TEXT NOT NULL,
    asked_us      INTEGER NOT NULL,
    asked_by      TEXT NOT NULL,
    undone_us     INTEGER,
    undone_by     TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX withdrawal_now ON withdrawal (document_id) WHERE undone_us IS NULL;

-- What a target is told about a record it has or may have, and what it answered. Goes when that is undone.
CREATE TABLE delivery_withdrawal (
    delivery_id  TEXT PRIMARY KEY REFERENCES delivery (id),
    reason_code  TEXT NOT NULL CHECK (reason_code IN ('withdrawn', 'wrong-person', 'replaced')),
    replaced_by  TEXT REFERENCES document (id),
    from_state   TEXT NOT NULL,
    asked_us     INTEGER NOT NULL,
    asked_by     TEXT NOT NULL,
    begun_us     INTEGER, -- the first try: from then on there is no way back
    receipt      TEXT,    -- JSON; NULL with ended_us: nothing had been sent
    ended_us     INTEGER
) STRICT, WITHOUT ROWID;

-- A case in which personal data reached somebody it is not about (regulations 9.7).
CREATE TABLE incident (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('wrong-person')),
    dossier_id   TEXT NOT NULL REFERENCES dossier (id),
    document_id  TEXT NOT NULL REFERENCES document (id),
    noted_us     INTEGER NOT NULL,
    noted_by     TEXT NOT NULL,
    undone_us    INTEGER, -- the withdrawal was undone: it was none
    undone_by    TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX incident_noted ON incident (noted_us);
CREATE INDEX incident_dossier ON incident (dossier_id);
CREATE INDEX incident_document ON incident (document_id);

ALTER TABLE delivery ADD COLUMN record_sha256 TEXT REFERENCES blob (sha256); -- a record of its own; NULL: the document's
ALTER TABLE delivery ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0; -- from the citizen: 1 sent so, 2 to be shown, 3 shown
ALTER TABLE delivery ADD COLUMN shown TEXT; -- what the target answered to that, JSON
CREATE INDEX delivery_hidden ON delivery (target, urgent DESC, created_us) WHERE hidden = 2;
ALTER TABLE dossier ADD COLUMN handed_us INTEGER; -- its result was handed over
ALTER TABLE dossier ADD COLUMN handed_by TEXT;
ALTER TABLE signature ADD COLUMN certificate_sha256 TEXT; -- of a file signed by others: by which certificate
ALTER TABLE result_code ADD COLUMN retired_us INTEGER; -- its document was withdrawn
ALTER TABLE result_code ADD COLUMN retired_by TEXT;

-- What is known of the way to each target, over switch-offs.
CREATE TABLE line (
    target        TEXT PRIMARY KEY,
    down_since_us INTEGER NOT NULL DEFAULT 0, -- since when nothing gets through; 0: it does
    served_us     INTEGER NOT NULL            -- when something could be delivered in a night window, or nothing waited
) STRICT, WITHOUT ROWID;
ALTER TABLE dossier ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0; -- its records are, those to come, too

-- ---- reconciling: what the targets hold against what was sent (reconcile.h) ----

CREATE TABLE reconcile_run (
    id          TEXT PRIMARY KEY,
    target      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    way         TEXT NOT NULL DEFAULT 'listing' CHECK (way IN ('listing', 'each')), -- each: asked for one by one
    begun_us    INTEGER NOT NULL,
    begun_by    TEXT NOT NULL,
    ended_us    INTEGER,
    behind      TEXT NOT NULL DEFAULT '', -- names up to this one were compared
    restored_us INTEGER, -- not NULL: after a restore; records made since then are not in this store
    expected    INTEGER NOT NULL DEFAULT 0, -- records the target is to have
    objects     INTEGER NOT NULL DEFAULT 0, -- listed so far
    same        INTEGER NOT NULL DEFAULT 0, -- records
    asked       INTEGER NOT NULL DEFAULT 0, -- size or tag differs: read back
    missing     INTEGER NOT NULL DEFAULT 0, -- not listed: asked for by name
    extra       INTEGER NOT NULL DEFAULT 0,
    others      INTEGER NOT NULL DEFAULT 0, -- objects of other stations and programs
    codes       INTEGER NOT NULL DEFAULT 0, -- result codes learned from there
    code        TEXT -- why it failed, or why it is not to be believed
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX reconcile_running ON reconcile_run (target) WHERE state = 'running';
CREATE INDEX reconcile_of_target ON reconcile_run (target, begun_us);

-- What a run has seen of a delivery's files; rows of earlier runs count for nothing.
CREATE TABLE reconcile_mark (
    delivery_id  TEXT PRIMARY KEY REFERENCES delivery (id),
    run_us       INTEGER NOT NULL, -- begun_us of the run
    parts        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- a backup that was put back (restored.h) ----

-- The database file as it was opened last; beside it lies `opened` with the counter.
CREATE TABLE opening (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    counter   INTEGER NOT NULL,
    inode     INTEGER NOT NULL,
    birth_ns  INTEGER NOT NULL
) STRICT;

CREATE TABLE restored (
    found_us   INTEGER PRIMARY KEY,
    found_by   TEXT NOT NULL,
    how        TEXT NOT NULL, -- "file" "counter" "person"
    newest_us  INTEGER NOT NULL, -- the last moment this store knows of
    looked_us  INTEGER -- since then codes are given again: every target was compared, or a person said so
) STRICT;

-- Result codes that a target shows and this store did not give, or no longer knows of.
CREATE TABLE code_seen (
    code         TEXT PRIMARY KEY,
    record_id    TEXT NOT NULL,
    target       TEXT NOT NULL,
    remote_name  TEXT NOT NULL,
    seen_us      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- retention: the second look before contents go (due_purge.h) ----

CREATE TABLE purge_look (
    document_id  TEXT PRIMARY KEY REFERENCES document (id),
    asked_us     INTEGER NOT NULL,
    ended_us     INTEGER,
    why          TEXT -- "purged", an error's name, or why it is not due any more
) STRICT, WITHOUT ROWID;

CREATE INDEX purge_looking ON purge_look (asked_us) WHERE ended_us IS NULL;
CREATE INDEX document_closed ON document (state_us) WHERE state = 'closed';

-- ---- a site without line: records on their way by stick (stick.h) ----

CREATE TABLE stick (
    id          TEXT PRIMARY KEY,
    target      TEXT NOT NULL,
    begun_us    INTEGER NOT NULL,
    begun_by    TEXT NOT NULL,
    written_us  INTEGER, -- whole, with its manifest
    ended_us    INTEGER,
    ended_how   TEXT CHECK (ended_how IN ('returned', 'lost', 'failed')),
    CHECK ((ended_us IS NULL) = (ended_how IS NULL))
) STRICT, WITHOUT ROWID;

ALTER TABLE delivery ADD COLUMN stick TEXT REFERENCES stick (id); -- with waits_for = 'stick': on its way by it
CREATE INDEX delivery_stick ON delivery (stick) WHERE stick IS NOT NULL;

-- The places of a queue list, as QUEUE_PLACE of view.c has them: its first page reads no table through.
CREATE INDEX delivery_place ON delivery (
    CASE WHEN state IN ('reconciled', 'withdrawn') THEN 5 WHEN state = 'held' THEN 0
        WHEN state IN ('failed', 'rejected') THEN 1 WHEN attempts > 0 THEN 2
        WHEN state IN ('queued', 'sending', 'sent') THEN 3 ELSE 4 END,
    -attempts,
    CASE WHEN state IN ('queued', 'sending', 'sent') THEN created_us ELSE -state_us END,
    id, state);
