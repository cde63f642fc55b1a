-- How a pile becomes papers (daemon/model/parting.h), as its profile said; NULL: by where its pages came from.
ALTER TABLE document ADD COLUMN separators TEXT;
ALTER TABLE document ADD COLUMN split TEXT CHECK (split IN ('off', 'propose', 'sure'));
-- 1: parted, or put together by a person: it is not parted by itself (again).
ALTER TABLE document ADD COLUMN parted INTEGER NOT NULL DEFAULT 0;

-- A rejected page that was set aside as a separator sheet, and which kind it is.
ALTER TABLE page ADD COLUMN separator TEXT CHECK (separator IN ('patch', 'code', 'blank'));
ALTER TABLE page ADD COLUMN is_page INTEGER NOT NULL DEFAULT 0; -- 1: a person said that it is no separator
