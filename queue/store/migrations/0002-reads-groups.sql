-- Reads are audited once in a while for each person; the newest such row is looked up by every read.
CREATE INDEX audit_read ON audit (subject_id, principal, detail, at_us) WHERE event = 'read';

-- Which commit a claim became durable with: all claims of one commit may have lost their answers together.
ALTER TABLE claim ADD COLUMN taken_in TEXT NOT NULL DEFAULT '';
