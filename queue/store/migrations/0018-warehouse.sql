-- Deliveries to receiving systems in depth: order, waiting, withdrawing, reconciling, looking up.

ALTER TABLE delivery ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;    -- goes before the others, by day, too
ALTER TABLE delivery ADD COLUMN ask_first INTEGER NOT NULL DEFAULT 0; -- how an earlier try ended is not known
ALTER TABLE delivery ADD COLUMN waits_for TEXT; -- "handover", "code", "look-up": what has to be first; NULL: nothing
CREATE INDEX delivery_document ON delivery (document_id);
CREATE INDEX delivery_remote ON delivery (target, remote_name) WHERE remote_name IS NOT NULL;
