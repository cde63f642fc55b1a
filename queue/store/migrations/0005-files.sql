-- A file that others signed is the document's PDF as it is; NULL: we compose it.
ALTER TABLE document ADD COLUMN passed_sha256 TEXT REFERENCES blob (sha256);
ALTER TABLE signature ADD COLUMN intact INTEGER; -- of others: does it fit the file; NULL: ours, checked when it was made

ALTER TABLE import_item ADD COLUMN signatures TEXT; -- JSON, as daemon/workers/import_signatures.h has it
-- 0: it only joins a document that somebody is still scanning into, who will say when that is done.
ALTER TABLE import_item ADD COLUMN finishes INTEGER NOT NULL DEFAULT 1;
ALTER TABLE import_item ADD COLUMN fed INTEGER NOT NULL DEFAULT 0; -- 1: a copier brought it, a person says into which dossier

-- The dossier that a copier's folder feeds, and until when.
ALTER TABLE import_folder ADD COLUMN feed_dossier_id TEXT REFERENCES dossier (id);
ALTER TABLE import_folder ADD COLUMN feed_us INTEGER;
ALTER TABLE import_folder ADD COLUMN feed_until_us INTEGER;
ALTER TABLE import_folder ADD COLUMN feed_idle_us INTEGER;
