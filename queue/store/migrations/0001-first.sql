-- Ids are UUIDv7 text, times UTC microseconds, states those of daemon/model/doc_state.def.
-- Rows are never deleted but claims (work taken) and fields (a proposal that is made again).

CREATE TABLE blob (
    sha256      TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    created_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier (
    id          TEXT PRIMARY KEY,
    code        TEXT,
    kind        TEXT NOT NULL CHECK (kind IN ('counter', 'backlog')),
    papers      INTEGER CHECK (papers >= 0),
    created_us  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    closed_us   INTEGER,
    closed_by   TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX dossier_created ON dossier (created_us);

-- A dossier code returns later (the result, months after the components): one open dossier per code.
CREATE UNIQUE INDEX dossier_open_code ON dossier (code) WHERE closed_us IS NULL;

CREATE TABLE document (
    id               TEXT PRIMARY KEY,
    dossier_id       TEXT NOT NULL REFERENCES dossier (id),
    ordinal          INTEGER NOT NULL,
    state            TEXT NOT NULL,
    state_us         INTEGER NOT NULL,
    held_from        TEXT,
    held_reason      TEXT,
    held_ref         TEXT,
    attempts         INTEGER NOT NULL DEFAULT 0,
    not_before_us    INTEGER NOT NULL DEFAULT 0,
    version          INTEGER NOT NULL DEFAULT 1,
    replaces         TEXT REFERENCES document (id),
    replace_reason   TEXT,
    scan_finished    INTEGER NOT NULL DEFAULT 0,
    readings         INTEGER NOT NULL DEFAULT 0, -- proposals made so far
    type             TEXT,
    type_score       REAL,
    kind_abbr        TEXT,
    kind_name        TEXT,
    copied_us        INTEGER,
    copied_by        TEXT,
    confirmed_us     INTEGER,
    confirmed_by     TEXT,
    composed_sha256  TEXT REFERENCES blob (sha256),
    signed_sha256    TEXT REFERENCES blob (sha256),
    record_sha256    TEXT REFERENCES blob (sha256),
    result_code      TEXT UNIQUE,
    created_us       INTEGER NOT NULL,
    created_by       TEXT NOT NULL,
    copier           TEXT, -- full name of the person who compared and signs
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX document_state ON document (state, created_us);
CREATE INDEX document_dossier ON document (dossier_id, ordinal);
CREATE INDEX document_replaces ON document (replaces) WHERE replaces IS NOT NULL;

CREATE TABLE page (
    id                 TEXT PRIMARY KEY,
    dossier_id         TEXT NOT NULL REFERENCES dossier (id),
    document_id        TEXT REFERENCES document (id),
    position           INTEGER NOT NULL,
    state              TEXT NOT NULL,
    state_us           INTEGER NOT NULL,
    held_from          TEXT,
    held_reason        TEXT,
    held_ref           TEXT,
    attempts           INTEGER NOT NULL DEFAULT 0,
    not_before_us      INTEGER NOT NULL DEFAULT 0,
    image_sha256       TEXT NOT NULL REFERENCES blob (sha256),
    pixel_sha256       TEXT NOT NULL,
    image_width_px     INTEGER NOT NULL,
    image_height_px    INTEGER NOT NULL,
    image_channels     INTEGER NOT NULL,
    image_bits         INTEGER NOT NULL,
    image_dpi          REAL NOT NULL,
    image_width_mm     REAL NOT NULL,
    image_height_mm    REAL NOT NULL,
    equal_to_previous  INTEGER NOT NULL DEFAULT 0,
    side               TEXT NOT NULL,
    sheet              INTEGER NOT NULL,
    device             TEXT NOT NULL,
    captured_us        INTEGER NOT NULL,
    captured_by        TEXT NOT NULL,
    info               TEXT, -- page_info as JSON, written by "recognize"
    blank              INTEGER NOT NULL DEFAULT 0,
    width_mm           REAL,
    height_mm          REAL,
    words_sha256       TEXT REFERENCES blob (sha256),
    thumb_sha256       TEXT REFERENCES blob (sha256),
    word_count         INTEGER,
    mean_confidence    REAL,
    starts_document    TEXT, -- {"value", "confidence"} as JSON, written by "understand"
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX page_state ON page (state, captured_us);
CREATE INDEX page_document ON page (document_id, position);
CREATE INDEX page_dossier ON page (dossier_id, captured_us);

CREATE TABLE field (
    document_id      TEXT NOT NULL REFERENCES document (id),
    name             TEXT NOT NULL,
    proposed         INTEGER NOT NULL DEFAULT 1, -- 0: a person added it, the machine had not looked
    value            TEXT,
    raw              TEXT,
    confidence       REAL NOT NULL DEFAULT 0,
    page             INTEGER NOT NULL DEFAULT 0,
    box_x_mm         REAL NOT NULL DEFAULT 0,
    box_y_mm         REAL NOT NULL DEFAULT 0,
    box_w_mm         REAL NOT NULL DEFAULT 0,
    box_h_mm         REAL NOT NULL DEFAULT 0,
    source           TEXT NOT NULL DEFAULT 'none',
    needs_person     INTEGER NOT NULL DEFAULT 1,
    confirmed        INTEGER NOT NULL DEFAULT 0,
    confirmed_value  TEXT, -- NULL with confirmed = 1: the paper does not have it
    answered         INTEGER NOT NULL DEFAULT 0, -- 1: typed or chosen by the person, 0: the proposal stood
    confirmed_by     TEXT,
    confirmed_us     INTEGER,
    PRIMARY KEY (document_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE signature (
    document_id  TEXT NOT NULL REFERENCES document (id),
    ordinal      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    level        TEXT NOT NULL,
    signer       TEXT NOT NULL,
    serial       TEXT NOT NULL,
    signed_us    INTEGER NOT NULL,
    block_moved  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (document_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
    id                 TEXT PRIMARY KEY,
    document_id        TEXT NOT NULL REFERENCES document (id),
    target             TEXT NOT NULL,
    state              TEXT NOT NULL,
    state_us           INTEGER NOT NULL,
    held_from          TEXT,
    held_reason        TEXT,
    held_ref           TEXT,
    attempts           INTEGER NOT NULL DEFAULT 0,
    not_before_us      INTEGER NOT NULL DEFAULT 0,
    filed              INTEGER NOT NULL DEFAULT 0, -- 1: a try has begun, filed_under is where it goes for good
    filed_under        TEXT, -- dossier code; NULL with filed = 1: without one
    remote_name        TEXT,
    receipt            TEXT, -- the target's answer as JSON, written by "accept"
    reconcile_asked    INTEGER NOT NULL DEFAULT 0,
    created_us         INTEGER NOT NULL,
    UNIQUE (document_id, target),
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_state ON delivery (state, created_us);
CREATE INDEX delivery_reconcile ON delivery (created_us) WHERE state = 'accepted' AND reconcile_asked = 1;

-- Work taken. A claim is alive until its lease ends; a dead one is taken over by the next owner.
CREATE TABLE claim (
    id              TEXT PRIMARY KEY,
    stage           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    subject_id      TEXT NOT NULL,
    owner           TEXT NOT NULL,
    claimed_us      INTEGER NOT NULL,
    lease_until_us  INTEGER NOT NULL,
    UNIQUE (kind, subject_id)
) STRICT, WITHOUT ROWID;

-- Claims that ended since the owner began: an answer that got lost is asked for again, and done once.
CREATE TABLE claim_ended (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject_id  TEXT NOT NULL,
    how         TEXT NOT NULL CHECK (how IN ('complete', 'fail'))
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us          INTEGER NOT NULL,
    principal      TEXT NOT NULL,
    role           TEXT NOT NULL,
    kind           TEXT NOT NULL,
    subject_id     TEXT NOT NULL,
    event          TEXT NOT NULL,
    from_state     TEXT,
    to_state       TEXT,
    detail         TEXT -- codes, counts and reasons; never field values
) STRICT;

CREATE INDEX audit_subject ON audit (subject_id, seq);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never deleted');
END;

-- The next number of each result-code prefix: only ever counts up, so no code returns.
CREATE TABLE sequence (
    prefix  TEXT PRIMARY KEY,
    next    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
