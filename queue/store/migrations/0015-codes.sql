-- Every result code ever given (regulations 2.5): unique here, and never given again, whatever became of its document.
CREATE TABLE result_code (
    code         TEXT PRIMARY KEY,
    document_id  TEXT NOT NULL REFERENCES document (id),
    provisional  INTEGER NOT NULL DEFAULT 0, -- 1: until the server's own is known
    given_us     INTEGER NOT NULL,
    given_by     TEXT NOT NULL,
    ended_us     INTEGER, -- another took its place
    ended_by     TEXT
) STRICT, WITHOUT ROWID;

-- The code a document bears now: one.
CREATE UNIQUE INDEX result_code_of_document ON result_code (document_id) WHERE ended_us IS NULL;

INSERT INTO result_code (code, document_id, given_us, given_by)
SELECT result_code, id, state_us, 'sohoad' FROM document WHERE result_code IS NOT NULL;

CREATE TRIGGER result_code_stays BEFORE DELETE ON result_code
BEGIN SELECT raise(ABORT, 'result codes are never given again'); END;
CREATE TRIGGER result_code_is_fixed BEFORE UPDATE OF code, document_id, provisional ON result_code
BEGIN SELECT raise(ABORT, 'result codes never change'); END;
