-- Which wanted paper of the case a document is (queue/store/component.h): its stage and the code it has there. said: by a
-- person; read: proposed by type and title; NULL: nobody has said and nothing was read. A person may say: none of them.
ALTER TABLE document ADD COLUMN stage TEXT CHECK (stage IN ('component', 'output', 'result'));
ALTER TABLE document ADD COLUMN paper_code TEXT;
ALTER TABLE document ADD COLUMN paper_from TEXT CHECK (paper_from IN ('said', 'read'));

-- Papers of one owner are looked for before a scan (R-01).
CREATE INDEX field_owner ON field (confirmed_value) WHERE name = 'owner_id' AND confirmed = 1;

-- The dossiers of one case: it comes back with its result.
CREATE INDEX dossier_case ON dossier (code) WHERE code IS NOT NULL;

-- A held paper taken over for a wanted one: no scan (regulations 1, 14.4). One at a time for each wanted paper.
CREATE TABLE reuse (
    id               TEXT PRIMARY KEY,
    dossier_id       TEXT NOT NULL REFERENCES dossier (id),
    stage            TEXT NOT NULL CHECK (stage IN ('component', 'output', 'result')),
    paper_code       TEXT NOT NULL,
    class            INTEGER NOT NULL CHECK (class IN (2, 3)), -- 2 from a component, 3 from a result
    source           TEXT NOT NULL CHECK (source IN ('local')), -- who held it
    source_document  TEXT REFERENCES document (id),
    source_code      TEXT,                                      -- its result code then
    taken_us         INTEGER NOT NULL,
    taken_by         TEXT NOT NULL,
    undone_us        INTEGER,
    undone_by        TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX reuse_now ON reuse (dossier_id, stage, paper_code) WHERE undone_us IS NULL;
CREATE INDEX reuse_source ON reuse (source_document);

-- Why a paper was scanned although rules or data said it need not be (R-01, R-03; regulations 3.6).
CREATE TABLE scan_reason (
    id              TEXT PRIMARY KEY,
    document_id     TEXT NOT NULL REFERENCES document (id),
    dossier_id      TEXT NOT NULL REFERENCES dossier (id),
    procedure_code  TEXT,
    stage           TEXT NOT NULL,
    paper_code      TEXT NOT NULL,
    paper_name      TEXT NOT NULL,
    reason          TEXT NOT NULL,  -- daemon/model/scan_reasons.def
    note            TEXT,           -- a person's words: shown with the dossier, never in a report
    holder          TEXT,           -- who holds the data, as a person said
    against         TEXT CHECK (against IN ('held', 'exempt', 'online', 'rules')), -- what the reason set aside
    found           INTEGER NOT NULL, -- answers of the look-up that were fit
    found_document  TEXT REFERENCES document (id), -- the first of them
    asked           TEXT NOT NULL,  -- whom the look-up asked: 'local'
    given_us        INTEGER NOT NULL,
    given_by        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX scan_reason_dossier ON scan_reason (dossier_id);

-- The citizen asked for a paper to be digitized that need not be (regulations 1.3). The last one not ended holds.
CREATE TABLE demand (
    id           TEXT PRIMARY KEY,
    dossier_id   TEXT NOT NULL REFERENCES dossier (id),
    stage        TEXT NOT NULL CHECK (stage IN ('component', 'output', 'result')),
    paper_code   TEXT NOT NULL,
    asked_by     TEXT NOT NULL CHECK (asked_by IN ('owner', 'presenter', 'other')),
    asked_name   TEXT,
    asked_on     TEXT NOT NULL CHECK (length(asked_on) = 10),
    fee          TEXT NOT NULL CHECK (fee IN ('yes', 'no', 'exempt')),
    noted_us     INTEGER NOT NULL,
    noted_by     TEXT NOT NULL,
    ended_us     INTEGER,
    ended_by     TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX demand_now ON demand (dossier_id, stage, paper_code) WHERE ended_us IS NULL;
