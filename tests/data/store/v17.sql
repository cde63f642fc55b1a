PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE blob (
    sha256      TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    created_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO blob VALUES('0d50ef5c22d4bea185fb759037fd86b2e1a5798138452862a02747fe1912e7d7',1397,1795403799459848);
INSERT INTO blob VALUES('3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',3,1795403799461574);
INSERT INTO blob VALUES('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,1795403799460781);
INSERT INTO blob VALUES('a5e5437ff8b0221c9ed4e54142d5b1cf8e3d281f5e7d6c93eddc42a968f020d5',50,1795403799445726);
INSERT INTO blob VALUES('a735183d8dbcc45e9ead5f1c3f0ecd2ef15f7ab3f1f0cb9a396d93b0a25a0f73',50,1795403799446722);
INSERT INTO blob VALUES('b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',13,1795403799448917);
INSERT INTO blob VALUES('b7e6bb82ccfdeb44c1f024b68883f4f6f6ca45efc95a7a76b4ca47567e6b00ae',50,1795403799454923);
INSERT INTO blob VALUES('dd4180c0940630622cca10c7094db7af8e3863ada40ee1382c5280164fa479ba',48,1795403799456161);
INSERT INTO blob VALUES('f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39',167,1795403799448482);
CREATE TABLE dossier (
    id          TEXT PRIMARY KEY,
    code        TEXT,
    kind        TEXT NOT NULL CHECK (kind IN ('counter', 'backlog')),
    papers      INTEGER CHECK (papers >= 0),
    created_us  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    closed_us   INTEGER,
    closed_by   TEXT
, sides INTEGER CHECK (sides >= 0), procedure_code TEXT, received_on TEXT CHECK (length(received_on) = 10), received_from TEXT CHECK (received_from IN ('said', 'code', 'created')), rule_set TEXT, rules_version TEXT REFERENCES catalog_version (id), owner_id TEXT, owner_name TEXT, owner_kind TEXT CHECK (owner_kind IN ('person', 'business', 'agency', 'other')), presenter_name TEXT, presenter_id TEXT, presenter_basis TEXT CHECK (presenter_basis IN ('self', 'authorised', 'guardian', 'post', 'other')), channel TEXT CHECK (channel IN ('direct', 'online', 'post', 'vneid')), owner_old_id TEXT) STRICT, WITHOUT ROWID;
INSERT INTO dossier VALUES('01a20667-db92-75ae-9db2-dd43386cfde9',NULL,'counter',1,1795403799442414,'uid:1000',NULL,NULL,NULL,'1.000894',NULL,NULL,NULL,NULL,'001099000001',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO dossier VALUES('01a20667-db93-792f-8517-818e3c8bfe3e',NULL,'counter',1,1795403799443582,'uid:1000',NULL,NULL,NULL,'1.000894',NULL,NULL,NULL,NULL,'001099000001',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE document (
    id               TEXT PRIMARY KEY,
    dossier_id       TEXT NOT NULL REFERENCES dossier (id),
    ordinal          INTEGER NOT NULL,
    state            TEXT NOT NULL,
    state_us         INTEGER NOT NULL,
    held_from        TEXT,
    held_reason      TEXT,
    held_ref         TEXT,
    attempts         INTEGER NOT NULL DEFAULT 0,
    not_before_us    INTEGER NOT NULL DEFAULT 0,
    version          INTEGER NOT NULL DEFAULT 1,
    replaces         TEXT REFERENCES document (id),
    replace_reason   TEXT,
    scan_finished    INTEGER NOT NULL DEFAULT 0,
    readings         INTEGER NOT NULL DEFAULT 0, -- proposals made so far
    type             TEXT,
    type_score       REAL,
    kind_abbr        TEXT,
    kind_name        TEXT,
    copied_us        INTEGER,
    copied_by        TEXT,
    confirmed_us     INTEGER,
    confirmed_by     TEXT,
    composed_sha256  TEXT REFERENCES blob (sha256),
    signed_sha256    TEXT REFERENCES blob (sha256),
    record_sha256    TEXT REFERENCES blob (sha256),
    result_code      TEXT UNIQUE,
    created_us       INTEGER NOT NULL,
    created_by       TEXT NOT NULL,
    copier           TEXT, passed_sha256 TEXT REFERENCES blob (sha256), stage TEXT CHECK (stage IN ('component', 'output', 'result')), paper_code TEXT, paper_from TEXT CHECK (paper_from IN ('said', 'read')), submitted_form TEXT CHECK (submitted_form IN
    ('original', 'register_copy', 'certified_ecopy', 'ecopy_with_original', 'photocopy', 'certified_copy')), copy_allowed INTEGER CHECK (copy_allowed IN (0, 1)), copy_decider TEXT, copy_reason TEXT, copy_decided_us INTEGER, copy_decided_by TEXT, separators TEXT, split TEXT CHECK (split IN ('off', 'propose', 'sure')), parted INTEGER NOT NULL DEFAULT 0, paper_procedure TEXT, -- full name of the person who compared and signs
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO document VALUES('01a20667-db93-7370-8384-b4740367a878','01a20667-db92-75ae-9db2-dd43386cfde9',1,'open',1795403799443214,NULL,NULL,NULL,0,0,1,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795403799443214,'uid:1000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO document VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','01a20667-db93-792f-8517-818e3c8bfe3e',1,'queued',1795403799459948,NULL,NULL,NULL,0,0,1,NULL,NULL,1,1,'decision',0.9000000000000000222,NULL,NULL,1795403799452979,'uid:1000',1795403799452979,'uid:1000','b7e6bb82ccfdeb44c1f024b68883f4f6f6ca45efc95a7a76b4ca47567e6b00ae','dd4180c0940630622cca10c7094db7af8e3863ada40ee1382c5280164fa479ba','0d50ef5c22d4bea185fb759037fd86b2e1a5798138452862a02747fe1912e7d7','001099000001.DECISION.12/QĐ-UBND.01',1795403799443890,'uid:1000','Cán Bộ Mẫu',NULL,'component','P1','said',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
CREATE TABLE page (
    id                 TEXT PRIMARY KEY,
    dossier_id         TEXT NOT NULL REFERENCES dossier (id),
    document_id        TEXT REFERENCES document (id),
    position           INTEGER NOT NULL,
    state              TEXT NOT NULL,
    state_us           INTEGER NOT NULL,
    held_from          TEXT,
    held_reason        TEXT,
    held_ref           TEXT,
    attempts           INTEGER NOT NULL DEFAULT 0,
    not_before_us      INTEGER NOT NULL DEFAULT 0,
    image_sha256       TEXT NOT NULL REFERENCES blob (sha256),
    pixel_sha256       TEXT NOT NULL,
    image_width_px     INTEGER NOT NULL,
    image_height_px    INTEGER NOT NULL,
    image_channels     INTEGER NOT NULL,
    image_bits         INTEGER NOT NULL,
    image_dpi          REAL NOT NULL,
    image_width_mm     REAL NOT NULL,
    image_height_mm    REAL NOT NULL,
    equal_to_previous  INTEGER NOT NULL DEFAULT 0,
    side               TEXT NOT NULL,
    sheet              INTEGER NOT NULL,
    device             TEXT NOT NULL,
    captured_us        INTEGER NOT NULL,
    captured_by        TEXT NOT NULL,
    info               TEXT, -- page_info as JSON, written by "recognize"
    blank              INTEGER NOT NULL DEFAULT 0,
    width_mm           REAL,
    height_mm          REAL,
    words_sha256       TEXT REFERENCES blob (sha256),
    thumb_sha256       TEXT REFERENCES blob (sha256),
    word_count         INTEGER,
    mean_confidence    REAL,
    starts_document    TEXT, job TEXT, sheet_of TEXT, turned_deg INTEGER -- clockwise, by a person or a known way of scanning; NULL: the machine's
    CHECK (turned_deg IN (0, 90, 180, 270)), replaces TEXT REFERENCES page (id), part_of TEXT REFERENCES page (id), blank_kept INTEGER NOT NULL DEFAULT 0, words_source TEXT, part_kind TEXT CHECK (part_kind IN ('note', 'overlap', 'detail')), known_turn_deg INTEGER CHECK (known_turn_deg IN (0, 90, 180, 270)), glass_x_mm REAL, glass_y_mm REAL, cut_off INTEGER NOT NULL DEFAULT 0 CHECK (cut_off IN (0, 1)), copy_mark TEXT, separator TEXT CHECK (separator IN ('patch', 'code', 'blank')), is_page INTEGER NOT NULL DEFAULT 0, -- {"value", "confidence"} as JSON, written by "understand"
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO page VALUES('01a20667-db94-73be-ae4a-df36e83b21b7','01a20667-db93-792f-8517-818e3c8bfe3e','01a20667-db93-7e41-94aa-49c0473fed2d',1,'recognized',1795403799449014,NULL,NULL,NULL,0,0,'a5e5437ff8b0221c9ed4e54142d5b1cf8e3d281f5e7d6c93eddc42a968f020d5','a5e5437ff8b0221c9ed4e54142d5b1cf8e3d281f5e7d6c93eddc42a968f020d5',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795403799445757,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,'{"value":true,"confidence":0.98999999999999999}',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0);
INSERT INTO page VALUES('01a20667-db96-7420-b519-cae59e226c1c','01a20667-db93-792f-8517-818e3c8bfe3e','01a20667-db93-7e41-94aa-49c0473fed2d',2,'recognized',1795403799450926,NULL,NULL,NULL,0,0,'a735183d8dbcc45e9ead5f1c3f0ecd2ef15f7ab3f1f0cb9a396d93b0a25a0f73','a735183d8dbcc45e9ead5f1c3f0ecd2ef15f7ab3f1f0cb9a396d93b0a25a0f73',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795403799446730,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0);
INSERT INTO page VALUES('01a20667-dba4-74f5-9013-fc01638f738d','01a20667-db92-75ae-9db2-dd43386cfde9','01a20667-db93-7370-8384-b4740367a878',1,'captured',1795403799460790,NULL,NULL,NULL,0,0,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795403799460790,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0);
INSERT INTO page VALUES('01a20667-dba5-7241-95bc-0c4eab798890','01a20667-db92-75ae-9db2-dd43386cfde9','01a20667-db93-7370-8384-b4740367a878',2,'captured',1795403799461582,NULL,NULL,NULL,0,0,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795403799461582,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0);
CREATE TABLE field (
    document_id      TEXT NOT NULL REFERENCES document (id),
    name             TEXT NOT NULL,
    proposed         INTEGER NOT NULL DEFAULT 1, -- 0: a person added it, the machine had not looked
    value            TEXT,
    raw              TEXT,
    confidence       REAL NOT NULL DEFAULT 0,
    page             INTEGER NOT NULL DEFAULT 0,
    box_x_mm         REAL NOT NULL DEFAULT 0,
    box_y_mm         REAL NOT NULL DEFAULT 0,
    box_w_mm         REAL NOT NULL DEFAULT 0,
    box_h_mm         REAL NOT NULL DEFAULT 0,
    source           TEXT NOT NULL DEFAULT 'none',
    needs_person     INTEGER NOT NULL DEFAULT 1,
    confirmed        INTEGER NOT NULL DEFAULT 0,
    confirmed_value  TEXT, -- NULL with confirmed = 1: the paper does not have it
    answered         INTEGER NOT NULL DEFAULT 0, -- 1: typed or chosen by the person, 0: the proposal stood
    confirmed_by     TEXT,
    confirmed_us     INTEGER, register_value TEXT, register_how TEXT CHECK (register_how IN ('same', 'settles', 'differs', 'fills', 'text')), register_late INTEGER NOT NULL DEFAULT 0, handwritten INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (document_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','abstract',1,'Về việc mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Về việc mẫu',0,'uid:1000',1795403799452979,NULL,NULL,0,0);
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','doc_name',1,'Quyết định mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Quyết định mẫu',0,'uid:1000',1795403799452979,NULL,NULL,0,0);
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','issue_date',1,'2026-03-05','05/3',0.4000000000000000222,1,100.0,34.0,40.0,5.0,'zone',1,1,'2026-03-05',1,'uid:1000',1795403799452979,NULL,NULL,0,0);
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','issuer',1,'UBND xã Mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'UBND xã Mẫu',0,'uid:1000',1795403799452979,NULL,NULL,0,0);
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','no_expiry',1,'true','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'true',0,'uid:1000',1795403799452979,NULL,NULL,0,0);
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','number_symbol',1,'12/QĐ-UBND','12/QD-UBND',0.94999999999999995559,1,30.10000000000000142,34.0,41.200000000000002843,5.0999999999999996447,'zone',0,1,'12/QĐ-UBND',0,'uid:1000',1795403799452979,NULL,NULL,0,0);
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','owner_id',1,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,'001099000001',1,'uid:1000',1795403799452979,NULL,NULL,0,0);
INSERT INTO field VALUES('01a20667-db93-7e41-94aa-49c0473fed2d','valid_until',0,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,NULL,0,'uid:1000',1795403799452979,NULL,NULL,0,0);
CREATE TABLE signature (
    document_id  TEXT NOT NULL REFERENCES document (id),
    ordinal      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    level        TEXT NOT NULL,
    signer       TEXT NOT NULL,
    serial       TEXT NOT NULL,
    signed_us    INTEGER NOT NULL,
    block_moved  INTEGER NOT NULL DEFAULT 0, intact INTEGER,
    PRIMARY KEY (document_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO signature VALUES('01a20667-db93-7e41-94aa-49c0473fed2d',1,'personal','B-B','Cán Bộ Mẫu','01',1000000,0,NULL);
CREATE TABLE delivery (
    id                 TEXT PRIMARY KEY,
    document_id        TEXT NOT NULL REFERENCES document (id),
    target             TEXT NOT NULL,
    state              TEXT NOT NULL,
    state_us           INTEGER NOT NULL,
    held_from          TEXT,
    held_reason        TEXT,
    held_ref           TEXT,
    attempts           INTEGER NOT NULL DEFAULT 0,
    not_before_us      INTEGER NOT NULL DEFAULT 0,
    filed              INTEGER NOT NULL DEFAULT 0, -- 1: a try has begun, filed_under is where it goes for good
    filed_under        TEXT, -- dossier code; NULL with filed = 1: without one
    remote_name        TEXT,
    receipt            TEXT, -- the target's answer as JSON, written by "accept"
    reconcile_asked    INTEGER NOT NULL DEFAULT 0,
    created_us         INTEGER NOT NULL,
    UNIQUE (document_id, target),
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO delivery VALUES('01a20667-dba3-7e8f-a88d-2985050ae492','01a20667-db93-7e41-94aa-49c0473fed2d','warehouse','queued',1795403799459909,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,0,1795403799459909);
CREATE TABLE claim (
    id              TEXT PRIMARY KEY,
    stage           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    subject_id      TEXT NOT NULL,
    owner           TEXT NOT NULL,
    claimed_us      INTEGER NOT NULL,
    lease_until_us  INTEGER NOT NULL, taken_in TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, subject_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE claim_ended (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject_id  TEXT NOT NULL,
    how         TEXT NOT NULL CHECK (how IN ('complete', 'fail'))
) STRICT, WITHOUT ROWID;
INSERT INTO claim_ended VALUES('01a20667-db97-76fd-a94d-ba734e5f6513','page','01a20667-db94-73be-ae4a-df36e83b21b7','complete');
INSERT INTO claim_ended VALUES('01a20667-db99-765e-81a6-ce1ddf78fa11','page','01a20667-db96-7420-b519-cae59e226c1c','complete');
INSERT INTO claim_ended VALUES('01a20667-db9b-7599-8e29-3c63f158499d','document','01a20667-db93-7e41-94aa-49c0473fed2d','complete');
INSERT INTO claim_ended VALUES('01a20667-db9e-70a7-9066-275f5228f8e0','document','01a20667-db93-7e41-94aa-49c0473fed2d','complete');
INSERT INTO claim_ended VALUES('01a20667-db9f-7568-a394-f1fd58048874','document','01a20667-db93-7e41-94aa-49c0473fed2d','complete');
INSERT INTO claim_ended VALUES('01a20667-dba0-7ad0-809f-8fcb5b5ef10e','document','01a20667-db93-7e41-94aa-49c0473fed2d','complete');
INSERT INTO claim_ended VALUES('01a20667-dba1-7462-acdb-cd52bc4f7642','document','01a20667-db93-7e41-94aa-49c0473fed2d','complete');
INSERT INTO claim_ended VALUES('01a20667-dba2-7174-ac68-6f8dc6f474ce','document','01a20667-db93-7e41-94aa-49c0473fed2d','complete');
CREATE TABLE audit (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us          INTEGER NOT NULL,
    principal      TEXT NOT NULL,
    role           TEXT NOT NULL,
    kind           TEXT NOT NULL,
    subject_id     TEXT NOT NULL,
    event          TEXT NOT NULL,
    from_state     TEXT,
    to_state       TEXT,
    detail         TEXT -- codes, counts and reasons; never field values
) STRICT;
INSERT INTO audit VALUES(1,1795403799442476,'uid:1000','clerk','dossier','01a20667-db92-75ae-9db2-dd43386cfde9','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(2,1795403799443292,'uid:1000','clerk','document','01a20667-db93-7370-8384-b4740367a878','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(3,1795403799443603,'uid:1000','clerk','dossier','01a20667-db93-792f-8517-818e3c8bfe3e','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(4,1795403799443911,'uid:1000','clerk','document','01a20667-db93-7e41-94aa-49c0473fed2d','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(5,1795403799445922,'uid:1000','clerk','page','01a20667-db94-73be-ae4a-df36e83b21b7','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(6,1795403799446769,'uid:1000','clerk','page','01a20667-db96-7420-b519-cae59e226c1c','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(7,1795403799447094,'uid:1000','clerk','document','01a20667-db93-7e41-94aa-49c0473fed2d','finish-scan',NULL,NULL,NULL);
INSERT INTO audit VALUES(8,1795403799449039,'sohoad','machine','page','01a20667-db94-73be-ae4a-df36e83b21b7','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(9,1795403799450933,'sohoad','machine','page','01a20667-db96-7420-b519-cae59e226c1c','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(10,1795403799452217,'sohoad','machine','document','01a20667-db93-7e41-94aa-49c0473fed2d','understand','open','read',NULL);
INSERT INTO audit VALUES(11,1795403799453691,'uid:1000','clerk','document','01a20667-db93-7e41-94aa-49c0473fed2d','compare','read','copied','fields answered 2, left as read 5');
INSERT INTO audit VALUES(12,1795403799454968,'sohoad','machine','document','01a20667-db93-7e41-94aa-49c0473fed2d','compose',NULL,NULL,NULL);
INSERT INTO audit VALUES(13,1795403799456244,'sohoad','machine','document','01a20667-db93-7e41-94aa-49c0473fed2d','sign','copied','signed',NULL);
INSERT INTO audit VALUES(14,1795403799456934,'sohoad','machine','document','01a20667-db93-7e41-94aa-49c0473fed2d','confirm','signed','extracted',NULL);
INSERT INTO audit VALUES(15,1795403799457682,'sohoad','machine','document','01a20667-db93-7e41-94aa-49c0473fed2d','code','extracted','coded',NULL);
INSERT INTO audit VALUES(16,1795403799459943,'sohoad','machine','delivery','01a20667-dba3-7e8f-a88d-2985050ae492','create',NULL,'queued','warehouse');
INSERT INTO audit VALUES(17,1795403799459955,'sohoad','machine','document','01a20667-db93-7e41-94aa-49c0473fed2d','queue','coded','queued',NULL);
INSERT INTO audit VALUES(18,1795403799460837,'uid:1000','clerk','page','01a20667-dba4-74f5-9013-fc01638f738d','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(19,1795403799461617,'uid:1000','clerk','page','01a20667-dba5-7241-95bc-0c4eab798890','capture',NULL,'captured',NULL);
CREATE TABLE sequence (
    prefix  TEXT PRIMARY KEY,
    next    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sequence VALUES('001099000001.DECISION.12/QĐ-UBND.*',2);
CREATE TABLE profile (
    name        TEXT PRIMARY KEY,
    settings    TEXT NOT NULL, -- JSON, as daemon/pipeline/scan_wish.h has it
    locked      INTEGER NOT NULL DEFAULT 0,
    updated_us  INTEGER NOT NULL,
    updated_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE device (
    identity    TEXT PRIMARY KEY,
    label       TEXT UNIQUE,
    profile     TEXT REFERENCES profile (name),
    updated_us  INTEGER NOT NULL,
    updated_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE question (
    page_id      TEXT NOT NULL REFERENCES page (id),
    code         TEXT NOT NULL,
    answer       TEXT CHECK (answer IN ('keep', 'removed')), -- NULL: open
    answered_by  TEXT,
    answered_us  INTEGER,
    PRIMARY KEY (page_id, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_folder (
    name         TEXT PRIMARY KEY,
    files        INTEGER NOT NULL DEFAULT 0, -- that lay there in the last whole sweep
    swept_us     INTEGER,
    dossier_id   TEXT REFERENCES dossier (id),
    dossier_day  TEXT -- local date that dossier is for
, feed_dossier_id TEXT REFERENCES dossier (id), feed_us INTEGER, feed_until_us INTEGER, feed_idle_us INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE import_item (
    id             TEXT PRIMARY KEY,
    folder         TEXT NOT NULL,
    path           TEXT NOT NULL, -- below the folder, as drivers/folder writes it
    size_bytes     INTEGER NOT NULL,
    mtime_us       INTEGER NOT NULL,
    kind           TEXT NOT NULL DEFAULT 'unknown',
    present        INTEGER NOT NULL DEFAULT 1, -- 0: the file is gone or another one has its name
    sweep          INTEGER NOT NULL,           -- the last one that saw it
    unit           TEXT,                       -- sub-folder whose images are one document
    state          TEXT NOT NULL
        CHECK (state IN ('found', 'stable', 'taken', 'paged', 'done', 'duplicate', 'refused', 'waiting')),
    state_us       INTEGER NOT NULL,
    code           TEXT, -- why it is refused or waits, or what came between the last time
    attempts       INTEGER NOT NULL DEFAULT 0,
    not_before_us  INTEGER NOT NULL DEFAULT 0,
    sha256         TEXT,
    duplicate_of   TEXT REFERENCES import_item (id),
    dossier_id     TEXT REFERENCES dossier (id),
    document_id    TEXT REFERENCES document (id),
    ordinal        INTEGER NOT NULL DEFAULT 0, -- among the files of the document
    pages          INTEGER,
    page_number    INTEGER NOT NULL DEFAULT 0, -- of the page begun last
    page_id        TEXT,                       -- its id: a row of page once it was committed
    facts          TEXT,                       -- JSON, as drivers/folder/copy_exception.h has it
    exceptions     TEXT NOT NULL DEFAULT '{}', -- JSON: what is wrong with it as a copy → its pages
    found_us       INTEGER NOT NULL, signatures TEXT, finishes INTEGER NOT NULL DEFAULT 1, fed INTEGER NOT NULL DEFAULT 0, text_sha256 TEXT REFERENCES blob (sha256), papers TEXT NOT NULL DEFAULT 'file'
    CHECK (papers IN ('file', 'folder', 'name', 'split')), late INTEGER NOT NULL DEFAULT 0, parted INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE page_layer (
    page_id       TEXT PRIMARY KEY,
    words_sha256  TEXT NOT NULL REFERENCES blob (sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_page (
    page_id  TEXT PRIMARY KEY,
    item_id  TEXT NOT NULL REFERENCES import_item (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE catalog_version (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    valid_from   TEXT NOT NULL CHECK (length(valid_from) = 10), -- day, Vietnam time
    source       TEXT,                                          -- who published it, as a person said
    file         TEXT NOT NULL,                                 -- its name, without folders
    file_sha256  TEXT NOT NULL CHECK (length(file_sha256) = 64),
    rows_sha256  TEXT NOT NULL CHECK (length(rows_sha256) = 64), -- of catalog_row.data in order, a line feed behind each
    rows         INTEGER NOT NULL,
    imported_us  INTEGER NOT NULL,
    imported_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE catalog_row (
    version_id  TEXT NOT NULL REFERENCES catalog_version (id),
    place       INTEGER NOT NULL, -- from 0, as in the file
    code        TEXT NOT NULL,
    folded      TEXT NOT NULL,    -- the name as it is searched: text_fold
    valid_from  TEXT,             -- of the row, both days inclusive
    valid_to    TEXT,
    data        TEXT NOT NULL,    -- object: column, text
    PRIMARY KEY (version_id, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE catalog_gap (
    kind      TEXT NOT NULL,
    code      TEXT NOT NULL,
    times     INTEGER NOT NULL,
    first_us  INTEGER NOT NULL,
    last_us   INTEGER NOT NULL,
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE reuse (
    id               TEXT PRIMARY KEY,
    dossier_id       TEXT NOT NULL REFERENCES dossier (id),
    stage            TEXT NOT NULL CHECK (stage IN ('component', 'output', 'result')),
    paper_code       TEXT NOT NULL,
    class            INTEGER NOT NULL CHECK (class IN (2, 3)), -- 2 from a component, 3 from a result
    source           TEXT NOT NULL CHECK (source IN ('local')), -- who held it
    source_document  TEXT REFERENCES document (id),
    source_code      TEXT,                                      -- its result code then
    taken_us         INTEGER NOT NULL,
    taken_by         TEXT NOT NULL,
    undone_us        INTEGER,
    undone_by        TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE scan_reason (
    id              TEXT PRIMARY KEY,
    document_id     TEXT NOT NULL REFERENCES document (id),
    dossier_id      TEXT NOT NULL REFERENCES dossier (id),
    procedure_code  TEXT,
    stage           TEXT NOT NULL,
    paper_code      TEXT NOT NULL,
    paper_name      TEXT NOT NULL,
    reason          TEXT NOT NULL,  -- daemon/model/scan_reasons.def
    note            TEXT,           -- a person's words: shown with the dossier, never in a report
    holder          TEXT,           -- who holds the data, as a person said
    against         TEXT CHECK (against IN ('held', 'exempt', 'online', 'rules')), -- what the reason set aside
    found           INTEGER NOT NULL, -- answers of the look-up that were fit
    found_document  TEXT REFERENCES document (id), -- the first of them
    asked           TEXT NOT NULL,  -- whom the look-up asked: 'local'
    given_us        INTEGER NOT NULL,
    given_by        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE demand (
    id           TEXT PRIMARY KEY,
    dossier_id   TEXT NOT NULL REFERENCES dossier (id),
    stage        TEXT NOT NULL CHECK (stage IN ('component', 'output', 'result')),
    paper_code   TEXT NOT NULL,
    asked_by     TEXT NOT NULL CHECK (asked_by IN ('owner', 'presenter', 'other')),
    asked_name   TEXT,
    asked_on     TEXT NOT NULL CHECK (length(asked_on) = 10),
    fee          TEXT NOT NULL CHECK (fee IN ('yes', 'no', 'exempt')),
    noted_us     INTEGER NOT NULL,
    noted_by     TEXT NOT NULL,
    ended_us     INTEGER,
    ended_by     TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE secret_mark (
    page_id      TEXT PRIMARY KEY REFERENCES page (id),
    document_id  TEXT NOT NULL REFERENCES document (id), -- it was found in; all of it is locked
    level        TEXT NOT NULL CHECK (level IN ('mat', 'toi_mat', 'tuyet_mat')),
    found_us     INTEGER NOT NULL,
    due_us       INTEGER, -- purged then unless answered; NULL: the only copy may be here, so it waits
    answer       TEXT CHECK (answer IN ('secret', 'not_secret', 'unanswered')), -- NULL: open
    answered_us  INTEGER,
    answered_by  TEXT,
    reason       TEXT,
    CHECK ((answer IS NULL) = (answered_us IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE purge (
    subject_id  TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('page', 'document')),
    reason      TEXT NOT NULL, -- code
    begun_us    INTEGER NOT NULL,
    begun_by    TEXT NOT NULL,
    done_us     INTEGER -- NULL: no row shows it any more, files may still be there
) STRICT, WITHOUT ROWID;
CREATE TABLE purge_blob (
    sha256  TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE model (
    id           TEXT PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('used', 'replaced', 'rolled_back', 'refused')),
    origin       TEXT NOT NULL CHECK (origin IN ('trained', 'imported')),
    sha256       TEXT REFERENCES blob (sha256), -- NULL: refused, or too old to be kept
    made_us      INTEGER NOT NULL,
    made_by      TEXT NOT NULL,
    used_us      INTEGER,                       -- since when it is in use, or was last
    from_papers  INTEGER NOT NULL,              -- confirmed papers it was taught from
    based_on     TEXT REFERENCES model (id),    -- in use when it came; NULL: the one built in
    figures      TEXT NOT NULL,                 -- JSON: verdict, what both tell of the judging papers
    CHECK (state != 'used' OR sha256 IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE TABLE register (
    id           TEXT PRIMARY KEY,
    folder       TEXT NOT NULL,
    name         TEXT NOT NULL, -- the same name: a newer version of the same register
    file         TEXT NOT NULL,
    file_sha256  TEXT NOT NULL CHECK (length(file_sha256) = 64),
    map          TEXT NOT NULL, -- JSON: heading → column
    state        TEXT NOT NULL CHECK (state IN ('loading', 'current', 'replaced')),
    rows         INTEGER NOT NULL DEFAULT 0,
    imported_us  INTEGER NOT NULL,
    imported_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO register VALUES('r1','old','so','so.csv','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','{}','current',1,1,'uid:1000');
CREATE TABLE register_row (
    register_id  TEXT NOT NULL REFERENCES register (id),
    line         INTEGER NOT NULL, -- in the file
    number_key   TEXT,             -- daemon/model/register_column.h
    issue_date   TEXT,
    issuer_key   TEXT,
    data         TEXT NOT NULL, purged_for TEXT REFERENCES document (id),    -- JSON, as daemon/catalog/register_table.h has it
    PRIMARY KEY (register_id, line)
) STRICT, WITHOUT ROWID;
INSERT INTO register_row VALUES('r1',2,'5/qd','2019-03-05',NULL,'{"line":2,"texts":{},"path":"a.jpg","values":{"number_symbol":"5/QĐ","issue_date":"2019-03-05"}}',NULL);
CREATE TABLE register_path (
    register_id  TEXT NOT NULL REFERENCES register (id),
    folded       TEXT NOT NULL,
    line         INTEGER NOT NULL,
    exact        TEXT NOT NULL,
    PRIMARY KEY (register_id, folded, line)
) STRICT, WITHOUT ROWID;
INSERT INTO register_path VALUES('r1','Aa.jpg',2,'Aa.jpg');
CREATE TABLE register_folder (
    folder     TEXT PRIMARY KEY,
    map        TEXT NOT NULL DEFAULT '{}', -- JSON: heading → column
    join_from  TEXT                        -- papers behind this id are to be joined anew; NULL: all are done
) STRICT, WITHOUT ROWID;
INSERT INTO register_folder VALUES('old','{}',NULL);
CREATE TABLE register_document (
    document_id  TEXT PRIMARY KEY REFERENCES document (id),
    folder       TEXT NOT NULL,
    number_key   TEXT,
    issue_date   TEXT,
    issuer_key   TEXT,
    state        TEXT NOT NULL DEFAULT 'alone'
        CHECK (state IN ('alone', 'joined', 'question')), -- question: several rows, or several papers for one
    why          TEXT,                                    -- what joined it, or what is to be decided
    said_by      TEXT,                                    -- a person joined it, or (alone) said it has no row: that stays
    register_id  TEXT REFERENCES register (id),
    line         INTEGER,
    joined_us    INTEGER,
    CHECK ((state = 'joined') = (register_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE register_file (
    document_id  TEXT NOT NULL REFERENCES document (id),
    folder       TEXT NOT NULL,
    folded       TEXT NOT NULL,
    exact        TEXT NOT NULL,
    PRIMARY KEY (document_id, folded)
) STRICT, WITHOUT ROWID;
CREATE TABLE result_code (
    code         TEXT PRIMARY KEY,
    document_id  TEXT NOT NULL REFERENCES document (id),
    provisional  INTEGER NOT NULL DEFAULT 0, -- 1: until the server's own is known
    given_us     INTEGER NOT NULL,
    given_by     TEXT NOT NULL,
    ended_us     INTEGER, -- another took its place
    ended_by     TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO result_code VALUES('001099000001.DECISION.12/QĐ-UBND.01','01a20667-db93-7e41-94aa-49c0473fed2d',0,1795403799457640,'sohoad',NULL,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('audit',19);
CREATE INDEX dossier_created ON dossier (created_us);
CREATE UNIQUE INDEX dossier_open_code ON dossier (code) WHERE closed_us IS NULL;
CREATE INDEX document_state ON document (state, created_us);
CREATE INDEX document_dossier ON document (dossier_id, ordinal);
CREATE INDEX document_replaces ON document (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX page_state ON page (state, captured_us);
CREATE INDEX page_document ON page (document_id, position);
CREATE INDEX page_dossier ON page (dossier_id, captured_us);
CREATE INDEX delivery_state ON delivery (state, created_us);
CREATE INDEX delivery_reconcile ON delivery (created_us) WHERE state = 'accepted' AND reconcile_asked = 1;
CREATE INDEX audit_subject ON audit (subject_id, seq);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never deleted');
END;
CREATE INDEX audit_read ON audit (subject_id, principal, detail, at_us) WHERE event = 'read';
CREATE INDEX page_part ON page (part_of) WHERE part_of IS NOT NULL;
CREATE UNIQUE INDEX import_item_place ON import_item (folder, path) WHERE present = 1;
CREATE INDEX import_item_state ON import_item (folder, state, id);
CREATE INDEX import_item_unit ON import_item (folder, unit, state) WHERE unit IS NOT NULL;
CREATE INDEX import_item_hash ON import_item (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX import_item_document ON import_item (document_id, ordinal) WHERE document_id IS NOT NULL;
CREATE INDEX import_page_item ON import_page (item_id);
CREATE INDEX catalog_version_kind ON catalog_version (kind, valid_from, imported_us);
CREATE INDEX catalog_row_code ON catalog_row (version_id, code);
CREATE TRIGGER catalog_version_stays BEFORE DELETE ON catalog_version
BEGIN SELECT raise(ABORT, 'versions of catalogues are kept'); END;
CREATE TRIGGER catalog_version_is_fixed BEFORE UPDATE ON catalog_version
BEGIN SELECT raise(ABORT, 'versions of catalogues never change'); END;
CREATE TRIGGER catalog_row_stays BEFORE DELETE ON catalog_row
BEGIN SELECT raise(ABORT, 'versions of catalogues are kept'); END;
CREATE TRIGGER catalog_row_is_fixed BEFORE UPDATE ON catalog_row
BEGIN SELECT raise(ABORT, 'versions of catalogues never change'); END;
CREATE INDEX field_owner ON field (confirmed_value) WHERE name = 'owner_id' AND confirmed = 1;
CREATE INDEX dossier_case ON dossier (code) WHERE code IS NOT NULL;
CREATE UNIQUE INDEX reuse_now ON reuse (dossier_id, stage, paper_code) WHERE undone_us IS NULL;
CREATE INDEX reuse_source ON reuse (source_document);
CREATE INDEX scan_reason_dossier ON scan_reason (dossier_id);
CREATE UNIQUE INDEX demand_now ON demand (dossier_id, stage, paper_code) WHERE ended_us IS NULL;
CREATE INDEX secret_mark_open ON secret_mark (document_id) WHERE answer IS NULL;
CREATE INDEX purge_begun ON purge (begun_us) WHERE done_us IS NULL;
CREATE UNIQUE INDEX model_used ON model (state) WHERE state = 'used';
CREATE INDEX model_made ON model (made_us);
CREATE INDEX document_confirmed ON document (confirmed_us) WHERE confirmed_us IS NOT NULL;
CREATE UNIQUE INDEX register_current ON register (folder, name) WHERE state = 'current';
CREATE INDEX register_by_folder ON register (folder, state);
CREATE INDEX register_row_number ON register_row (register_id, number_key) WHERE number_key IS NOT NULL;
CREATE INDEX register_path_line ON register_path (register_id, line);
CREATE TRIGGER register_row_stays BEFORE DELETE ON register_row
WHEN (SELECT state FROM register WHERE id = old.register_id) <> 'loading'
BEGIN SELECT raise(ABORT, 'rows of registers are kept'); END;
CREATE TRIGGER register_stays BEFORE DELETE ON register WHEN old.state <> 'loading'
BEGIN SELECT raise(ABORT, 'registers are kept'); END;
CREATE INDEX register_document_folder ON register_document (folder, document_id);
CREATE INDEX register_document_number ON register_document (folder, number_key) WHERE number_key IS NOT NULL;
CREATE INDEX register_document_row ON register_document (register_id, line) WHERE register_id IS NOT NULL;
CREATE INDEX register_file_name ON register_file (folder, folded);
CREATE UNIQUE INDEX result_code_of_document ON result_code (document_id) WHERE ended_us IS NULL;
CREATE TRIGGER result_code_stays BEFORE DELETE ON result_code
BEGIN SELECT raise(ABORT, 'result codes are never given again'); END;
CREATE TRIGGER result_code_is_fixed BEFORE UPDATE OF code, document_id, provisional ON result_code
BEGIN SELECT raise(ABORT, 'result codes never change'); END;
CREATE INDEX register_row_purged ON register_row (purged_for) WHERE purged_for IS NOT NULL;
CREATE TRIGGER register_row_is_fixed BEFORE UPDATE ON register_row
WHEN NOT (old.purged_for IS NULL AND new.register_id = old.register_id AND new.line = old.line
    AND new.number_key IS NULL AND new.issue_date IS NULL AND new.issuer_key IS NULL AND new.data = '{}'
    AND EXISTS (SELECT 1 FROM secret_mark WHERE document_id = new.purged_for AND answer IN ('secret', 'unanswered')))
BEGIN SELECT raise(ABORT, 'rows of registers never change'); END;
COMMIT;
PRAGMA user_version = 17;
PRAGMA application_id = 1399810159;
