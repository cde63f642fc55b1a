-- Models of paper types that this station taught or took from another (ocr/learn). One is in use, or the one that is built
-- in. What a model was not used for is kept as figures only.
CREATE TABLE model (
    id           TEXT PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('used', 'replaced', 'rolled_back', 'refused')),
    origin       TEXT NOT NULL CHECK (origin IN ('trained', 'imported')),
    sha256       TEXT REFERENCES blob (sha256), -- NULL: refused, or too old to be kept
    made_us      INTEGER NOT NULL,
    made_by      TEXT NOT NULL,
    used_us      INTEGER,                       -- since when it is in use, or was last
    from_papers  INTEGER NOT NULL,              -- confirmed papers it was taught from
    based_on     TEXT REFERENCES model (id),    -- in use when it came; NULL: the one built in
    figures      TEXT NOT NULL,                 -- JSON: verdict, what both tell of the judging papers
    CHECK (state != 'used' OR sha256 IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX model_used ON model (state) WHERE state = 'used';
CREATE INDEX model_made ON model (made_us);

-- Confirmed papers since the last try.
CREATE INDEX document_confirmed ON document (confirmed_us) WHERE confirmed_us IS NOT NULL;
