-- Which file a page came from. Written before the page counts; a page that never did is no row of `page`.
CREATE TABLE import_page (
    page_id  TEXT PRIMARY KEY,
    item_id  TEXT NOT NULL REFERENCES import_item (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_page_item ON import_page (item_id);

-- 1: it held several papers and was parted, which is done once.
ALTER TABLE import_item ADD COLUMN parted INTEGER NOT NULL DEFAULT 0;

-- Of files that came before: where one file made the document, and the page begun last.
INSERT INTO import_page (page_id, item_id)
SELECT p.id, i.id FROM import_item i JOIN page p ON p.document_id = i.document_id AND p.device = 'import/' || i.folder
WHERE NOT EXISTS (SELECT 1 FROM import_item o WHERE o.document_id = i.document_id AND o.id <> i.id);
INSERT OR IGNORE INTO import_page (page_id, item_id)
SELECT p.id, i.id FROM import_item i JOIN page p ON p.id = i.page_id;
