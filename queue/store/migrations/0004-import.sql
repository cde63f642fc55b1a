-- Folders that paper comes in as files.
CREATE TABLE import_folder (
    name         TEXT PRIMARY KEY,
    files        INTEGER NOT NULL DEFAULT 0, -- that lay there in the last whole sweep
    swept_us     INTEGER,
    dossier_id   TEXT REFERENCES dossier (id),
    dossier_day  TEXT -- local date that dossier is for
) STRICT, WITHOUT ROWID;

CREATE TABLE import_item (
    id             TEXT PRIMARY KEY,
    folder         TEXT NOT NULL,
    path           TEXT NOT NULL, -- below the folder, as drivers/folder writes it
    size_bytes     INTEGER NOT NULL,
    mtime_us       INTEGER NOT NULL,
    kind           TEXT NOT NULL DEFAULT 'unknown',
    present        INTEGER NOT NULL DEFAULT 1, -- 0: the file is gone or another one has its name
    sweep          INTEGER NOT NULL,           -- the last one that saw it
    unit           TEXT,                       -- sub-folder whose images are one document
    state          TEXT NOT NULL
        CHECK (state IN ('found', 'stable', 'taken', 'paged', 'done', 'duplicate', 'refused', 'waiting')),
    state_us       INTEGER NOT NULL,
    code           TEXT, -- why it is refused or waits, or what came between the last time
    attempts       INTEGER NOT NULL DEFAULT 0,
    not_before_us  INTEGER NOT NULL DEFAULT 0,
    sha256         TEXT,
    duplicate_of   TEXT REFERENCES import_item (id),
    dossier_id     TEXT REFERENCES dossier (id),
    document_id    TEXT REFERENCES document (id),
    ordinal        INTEGER NOT NULL DEFAULT 0, -- among the files of the document
    pages          INTEGER,
    page_number    INTEGER NOT NULL DEFAULT 0, -- of the page begun last
    page_id        TEXT,                       -- its id: a row of page once it was committed
    facts          TEXT,                       -- JSON, as drivers/folder/copy_exception.h has it
    exceptions     TEXT NOT NULL DEFAULT '{}', -- JSON: what is wrong with it as a copy → its pages
    found_us       INTEGER NOT NULL,
    CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX import_item_place ON import_item (folder, path) WHERE present = 1;
CREATE INDEX import_item_state ON import_item (folder, state, id);
CREATE INDEX import_item_unit ON import_item (folder, unit, state) WHERE unit IS NOT NULL;
CREATE INDEX import_item_hash ON import_item (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX import_item_document ON import_item (document_id, ordinal) WHERE document_id IS NOT NULL;
