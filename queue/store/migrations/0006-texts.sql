-- The words of the text that came with a page's file, where it can be believed, before they are placed on the page.
-- Written before the page counts.
CREATE TABLE page_layer (
    page_id       TEXT PRIMARY KEY,
    words_sha256  TEXT NOT NULL REFERENCES blob (sha256)
) STRICT, WITHOUT ROWID;

ALTER TABLE page ADD COLUMN words_source TEXT; -- "text layer": of the file; NULL: recognised

ALTER TABLE import_item ADD COLUMN text_sha256 TEXT REFERENCES blob (sha256); -- what a Word or register file says

-- Which files are one paper, as daemon/model/import_papers.h names it; of a file that was parted: 'file'.
ALTER TABLE import_item ADD COLUMN papers TEXT NOT NULL DEFAULT 'file'
    CHECK (papers IN ('file', 'folder', 'name', 'split'));
ALTER TABLE import_item ADD COLUMN late INTEGER NOT NULL DEFAULT 0; -- 1: its paper was compared already, so it became another
