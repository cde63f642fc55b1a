-- Catalogues (daemon/model/catalog_kind.h): a version for each import, never changed afterwards. The one that holds on a
-- day is the newest by valid_from, then by imported_us.
CREATE TABLE catalog_version (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    valid_from   TEXT NOT NULL CHECK (length(valid_from) = 10), -- day, Vietnam time
    source       TEXT,                                          -- who published it, as a person said
    file         TEXT NOT NULL,                                 -- its name, without folders
    file_sha256  TEXT NOT NULL CHECK (length(file_sha256) = 64),
    rows_sha256  TEXT NOT NULL CHECK (length(rows_sha256) = 64), -- of catalog_row.data in order, a line feed behind each
    rows         INTEGER NOT NULL,
    imported_us  INTEGER NOT NULL,
    imported_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX catalog_version_kind ON catalog_version (kind, valid_from, imported_us);

CREATE TABLE catalog_row (
    version_id  TEXT NOT NULL REFERENCES catalog_version (id),
    place       INTEGER NOT NULL, -- from 0, as in the file
    code        TEXT NOT NULL,
    folded      TEXT NOT NULL,    -- the name as it is searched: text_fold
    valid_from  TEXT,             -- of the row, both days inclusive
    valid_to    TEXT,
    data        TEXT NOT NULL,    -- object: column, text
    PRIMARY KEY (version_id, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX catalog_row_code ON catalog_row (version_id, code);

CREATE TRIGGER catalog_version_stays BEFORE DELETE ON catalog_version
BEGIN SELECT raise(ABORT, 'versions of catalogues are kept'); END;
CREATE TRIGGER catalog_version_is_fixed BEFORE UPDATE ON catalog_version
BEGIN SELECT raise(ABORT, 'versions of catalogues never change'); END;
CREATE TRIGGER catalog_row_stays BEFORE DELETE ON catalog_row
BEGIN SELECT raise(ABORT, 'versions of catalogues are kept'); END;
CREATE TRIGGER catalog_row_is_fixed BEFORE UPDATE ON catalog_row
BEGIN SELECT raise(ABORT, 'versions of catalogues never change'); END;

-- What was looked for and is in no catalogue: for IT staff to fill. code "": the catalogue has no version at all.
CREATE TABLE catalog_gap (
    kind      TEXT NOT NULL,
    code      TEXT NOT NULL,
    times     INTEGER NOT NULL,
    first_us  INTEGER NOT NULL,
    last_us   INTEGER NOT NULL,
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;

-- What the case is about, and by which rules its papers are wanted (regulations 0, R-VER; R-02).
ALTER TABLE dossier ADD COLUMN procedure_code TEXT;
ALTER TABLE dossier ADD COLUMN received_on TEXT CHECK (length(received_on) = 10);
ALTER TABLE dossier ADD COLUMN received_from TEXT CHECK (received_from IN ('said', 'code', 'created'));
ALTER TABLE dossier ADD COLUMN rule_set TEXT; -- daemon/model/rule_sets.def
ALTER TABLE dossier ADD COLUMN rules_version TEXT REFERENCES catalog_version (id);
