-- Registers kept beside old scans (queue/store/register.h). A version for each import; of a folder's register of one name the
-- newest whole one is in use, the others are kept.
CREATE TABLE register (
    id           TEXT PRIMARY KEY,
    folder       TEXT NOT NULL,
    name         TEXT NOT NULL, -- the same name: a newer version of the same register
    file         TEXT NOT NULL,
    file_sha256  TEXT NOT NULL CHECK (length(file_sha256) = 64),
    map          TEXT NOT NULL, -- JSON: heading → column
    state        TEXT NOT NULL CHECK (state IN ('loading', 'current', 'replaced')),
    rows         INTEGER NOT NULL DEFAULT 0,
    imported_us  INTEGER NOT NULL,
    imported_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX register_current ON register (folder, name) WHERE state = 'current';
CREATE INDEX register_by_folder ON register (folder, state);

CREATE TABLE register_row (
    register_id  TEXT NOT NULL REFERENCES register (id),
    line         INTEGER NOT NULL, -- in the file
    number_key   TEXT,             -- daemon/model/register_column.h
    issue_date   TEXT,
    issuer_key   TEXT,
    data         TEXT NOT NULL,    -- JSON, as daemon/catalog/register_table.h has it
    PRIMARY KEY (register_id, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX register_row_number ON register_row (register_id, number_key) WHERE number_key IS NOT NULL;

-- Ways to write the file of a row: kind of name (register_keys.h), then the name.
CREATE TABLE register_path (
    register_id  TEXT NOT NULL REFERENCES register (id),
    folded       TEXT NOT NULL,
    line         INTEGER NOT NULL,
    exact        TEXT NOT NULL,
    PRIMARY KEY (register_id, folded, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX register_path_line ON register_path (register_id, line);

CREATE TRIGGER register_row_is_fixed BEFORE UPDATE ON register_row
BEGIN SELECT raise(ABORT, 'rows of registers never change'); END;
CREATE TRIGGER register_row_stays BEFORE DELETE ON register_row
WHEN (SELECT state FROM register WHERE id = old.register_id) <> 'loading'
BEGIN SELECT raise(ABORT, 'rows of registers are kept'); END;
CREATE TRIGGER register_stays BEFORE DELETE ON register WHEN old.state <> 'loading'
BEGIN SELECT raise(ABORT, 'registers are kept'); END;

-- What the next file of the folder needs not to be told again, and how far its papers are joined.
CREATE TABLE register_folder (
    folder     TEXT PRIMARY KEY,
    map        TEXT NOT NULL DEFAULT '{}', -- JSON: heading → column
    join_from  TEXT                        -- papers behind this id are to be joined anew; NULL: all are done
) STRICT, WITHOUT ROWID;

-- Papers of a folder that has a register, and the row of each.
CREATE TABLE register_document (
    document_id  TEXT PRIMARY KEY REFERENCES document (id),
    folder       TEXT NOT NULL,
    number_key   TEXT,
    issue_date   TEXT,
    issuer_key   TEXT,
    state        TEXT NOT NULL DEFAULT 'alone'
        CHECK (state IN ('alone', 'joined', 'question')), -- question: several rows, or several papers for one
    why          TEXT,                                    -- what joined it, or what is to be decided
    said_by      TEXT,                                    -- a person joined it, or (alone) said it has no row: that stays
    register_id  TEXT REFERENCES register (id),
    line         INTEGER,
    joined_us    INTEGER,
    CHECK ((state = 'joined') = (register_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX register_document_folder ON register_document (folder, document_id);
CREATE INDEX register_document_number ON register_document (folder, number_key) WHERE number_key IS NOT NULL;
CREATE INDEX register_document_row ON register_document (register_id, line) WHERE register_id IS NOT NULL;

CREATE TABLE register_file (
    document_id  TEXT NOT NULL REFERENCES document (id),
    folder       TEXT NOT NULL,
    folded       TEXT NOT NULL,
    exact        TEXT NOT NULL,
    PRIMARY KEY (document_id, folded)
) STRICT, WITHOUT ROWID;

CREATE INDEX register_file_name ON register_file (folder, folded);

-- What the register says of a field, beside what was read. how: same; settles (same, and the page's reading was likely: two
-- sources); differs; fills (nothing was read); text (it has no form of this field). late: the paper was compared already, so
-- it is only told.
ALTER TABLE field ADD COLUMN register_value TEXT;
ALTER TABLE field ADD COLUMN register_how TEXT CHECK (register_how IN ('same', 'settles', 'differs', 'fills', 'text'));
ALTER TABLE field ADD COLUMN register_late INTEGER NOT NULL DEFAULT 0;
ALTER TABLE field ADD COLUMN handwritten INTEGER NOT NULL DEFAULT 0; -- read from handwriting
