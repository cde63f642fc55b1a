-- 1: a person wants all of the image as the page, though its papers are small and could be cut out (info.cut_mm).
ALTER TABLE page ADD COLUMN cut_off INTEGER NOT NULL DEFAULT 0 CHECK (cut_off IN (0, 1));
