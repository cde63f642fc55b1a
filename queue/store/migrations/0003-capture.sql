-- What people settled about a scanner. It hangs on the identity, which outlives plugs, ports and names.
CREATE TABLE profile (
    name        TEXT PRIMARY KEY,
    settings    TEXT NOT NULL, -- JSON, as daemon/pipeline/scan_wish.h has it
    locked      INTEGER NOT NULL DEFAULT 0,
    updated_us  INTEGER NOT NULL,
    updated_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    identity    TEXT PRIMARY KEY,
    label       TEXT UNIQUE,
    profile     TEXT REFERENCES profile (name),
    updated_us  INTEGER NOT NULL,
    updated_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How many written sides the person counted; NULL: not counted.
ALTER TABLE dossier ADD COLUMN sides INTEGER CHECK (sides >= 0);

ALTER TABLE page ADD COLUMN job TEXT;          -- scan job that brought it
ALTER TABLE page ADD COLUMN sheet_of TEXT;     -- the job that counted `sheet`; NULL: `job` (a back of a second pass lies on a sheet of the first)
ALTER TABLE page ADD COLUMN turned_deg INTEGER -- clockwise, by a person or a known way of scanning; NULL: the machine's
    CHECK (turned_deg IN (0, 90, 180, 270));
ALTER TABLE page ADD COLUMN replaces TEXT REFERENCES page (id);
-- A further image of the same side: with its note on, or the next part of a side larger than the glass.
ALTER TABLE page ADD COLUMN part_of TEXT REFERENCES page (id);
ALTER TABLE page ADD COLUMN part_kind TEXT CHECK (part_kind IN ('note', 'overlap'));
ALTER TABLE page ADD COLUMN blank_kept INTEGER NOT NULL DEFAULT 0; -- 1: a person says the empty side stays

CREATE INDEX page_part ON page (part_of) WHERE part_of IS NOT NULL;

-- What about a page a person must look at before the paper is compared ("one_color", "equal_neighbour", "short"…).
-- An open "equal_neighbour" goes when the neighbour does.
CREATE TABLE question (
    page_id      TEXT NOT NULL REFERENCES page (id),
    code         TEXT NOT NULL,
    answer       TEXT CHECK (answer IN ('keep', 'removed')), -- NULL: open
    answered_by  TEXT,
    answered_us  INTEGER,
    PRIMARY KEY (page_id, code)
) STRICT, WITHOUT ROWID;
