-- A closer look at a part of a side (a card at 600 dpi) is a further image of it, too: "detail".
ALTER TABLE page ADD COLUMN kind_of_part TEXT CHECK (kind_of_part IN ('note', 'overlap', 'detail'));
UPDATE page SET kind_of_part = part_kind WHERE part_kind IS NOT NULL;
ALTER TABLE page DROP COLUMN part_kind;
ALTER TABLE page RENAME COLUMN kind_of_part TO part_kind;

-- The turn that a known way of scanning makes; recognition may find another one and then asks. turned_deg is a person's.
ALTER TABLE page ADD COLUMN known_turn_deg INTEGER CHECK (known_turn_deg IN (0, 90, 180, 270));

-- Where the image's corner lay on the glass; NULL: it did not come from there.
ALTER TABLE page ADD COLUMN glass_x_mm REAL;
ALTER TABLE page ADD COLUMN glass_y_mm REAL;
