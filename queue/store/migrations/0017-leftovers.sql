-- A row of a register about a secret paper that was purged: only its place stays (queue/store/register_purge.h).
ALTER TABLE register_row ADD COLUMN purged_for TEXT REFERENCES document (id);

CREATE INDEX register_row_purged ON register_row (purged_for) WHERE purged_for IS NOT NULL;

DROP TRIGGER register_row_is_fixed;
CREATE TRIGGER register_row_is_fixed BEFORE UPDATE ON register_row
WHEN NOT (old.purged_for IS NULL AND new.register_id = old.register_id AND new.line = old.line
    AND new.number_key IS NULL AND new.issue_date IS NULL AND new.issuer_key IS NULL AND new.data = '{}'
    AND EXISTS (SELECT 1 FROM secret_mark WHERE document_id = new.purged_for AND answer IN ('secret', 'unanswered')))
BEGIN SELECT raise(ABORT, 'rows of registers never change'); END;

-- Of papers that were purged before this their rows are looked for now.
UPDATE register_folder SET join_from = 'k' WHERE folder IN (SELECT m.folder FROM register_document m
    JOIN secret_mark s ON s.document_id = m.document_id WHERE s.answer IN ('secret', 'unanswered'));

-- The procedure whose paper `paper_code` is. Of before only the dossier's is known.
ALTER TABLE document ADD COLUMN paper_procedure TEXT;
UPDATE document SET paper_procedure = (SELECT s.procedure_code FROM dossier s WHERE s.id = dossier_id) WHERE paper_code IS NOT NULL;

-- The number of nine digits that a person with one of twelve had before (regulations 8.3), as a person said.
ALTER TABLE dossier ADD COLUMN owner_old_id TEXT;
