-- Whose case it is, who brought it and how (R-08; regulations 1.1, 3.4). NULL: nobody has said it yet.
ALTER TABLE dossier ADD COLUMN owner_id TEXT;         -- số định danh, CMND or tax code, digits as the checks want them
ALTER TABLE dossier ADD COLUMN owner_name TEXT;
ALTER TABLE dossier ADD COLUMN owner_kind TEXT CHECK (owner_kind IN ('person', 'business', 'agency', 'other'));
ALTER TABLE dossier ADD COLUMN presenter_name TEXT;
ALTER TABLE dossier ADD COLUMN presenter_id TEXT;
ALTER TABLE dossier ADD COLUMN presenter_basis TEXT CHECK (presenter_basis IN ('self', 'authorised', 'guardian', 'post', 'other'));
ALTER TABLE dossier ADD COLUMN channel TEXT CHECK (channel IN ('direct', 'online', 'post', 'vneid'));

-- Pages that carry the mark of a secret paper (queue/store/secret.h; R-03, regulations 2.1.3).
CREATE TABLE secret_mark (
    page_id      TEXT PRIMARY KEY REFERENCES page (id),
    document_id  TEXT NOT NULL REFERENCES document (id), -- it was found in; all of it is locked
    level        TEXT NOT NULL CHECK (level IN ('mat', 'toi_mat', 'tuyet_mat')),
    found_us     INTEGER NOT NULL,
    due_us       INTEGER, -- purged then unless answered; NULL: the only copy may be here, so it waits
    answer       TEXT CHECK (answer IN ('secret', 'not_secret', 'unanswered')), -- NULL: open
    answered_us  INTEGER,
    answered_by  TEXT,
    reason       TEXT,
    CHECK ((answer IS NULL) = (answered_us IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX secret_mark_open ON secret_mark (document_id) WHERE answer IS NULL;

-- Contents that were removed for good (queue/store/purge.h): of a page or document only this row and its own, emptied, stay.
CREATE TABLE purge (
    subject_id  TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('page', 'document')),
    reason      TEXT NOT NULL, -- code
    begun_us    INTEGER NOT NULL,
    begun_by    TEXT NOT NULL,
    done_us     INTEGER -- NULL: no row shows it any more, files may still be there
) STRICT, WITHOUT ROWID;

CREATE INDEX purge_begun ON purge (begun_us) WHERE done_us IS NULL;

-- Files that are still to be removed from the disk, by name.
CREATE TABLE purge_blob (
    sha256  TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What the citizen handed in (regulations 2.1.2, 14.4), and what the supervisor said about a copy (R-03, C3).
ALTER TABLE document ADD COLUMN submitted_form TEXT CHECK (submitted_form IN
    ('original', 'register_copy', 'certified_ecopy', 'ecopy_with_original', 'photocopy', 'certified_copy'));
ALTER TABLE page ADD COLUMN copy_mark TEXT; -- JSON: what the page says about being a copy, written by "recognize"
ALTER TABLE document ADD COLUMN copy_allowed INTEGER CHECK (copy_allowed IN (0, 1));
ALTER TABLE document ADD COLUMN copy_decider TEXT; -- the supervisor, as the clerk names them
ALTER TABLE document ADD COLUMN copy_reason TEXT;
ALTER TABLE document ADD COLUMN copy_decided_us INTEGER;
ALTER TABLE document ADD COLUMN copy_decided_by TEXT; -- who recorded it
