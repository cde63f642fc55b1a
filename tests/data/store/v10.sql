PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE blob (
    sha256      TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    created_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO blob VALUES('3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',3,1795379342473940);
INSERT INTO blob VALUES('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,1795379342473210);
INSERT INTO blob VALUES('a916f4c1c2a6501ff69dffc966dff9f5332fa724a0aed77f813ef652742729e8',48,1795379342468999);
INSERT INTO blob VALUES('ac260f040d26b3394e692b0055350884a778b956564bf257e0090eab649cc3e1',50,1795379342467739);
INSERT INTO blob VALUES('b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',13,1795379342462785);
INSERT INTO blob VALUES('bb72ea137e5ae9dad33e4fabad2e7e5acd5b67f0ac7884a6f5f10ce00fb6bdc5',1222,1795379342472355);
INSERT INTO blob VALUES('f186897c401a20774e1b0ef5a725e08a013cfde5830339b2b5829382156ce968',50,1795379342460906);
INSERT INTO blob VALUES('f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39',167,1795379342462350);
INSERT INTO blob VALUES('f6a9cb340c009a6a7cd8eb4fb520dfcfe4f974b677f3fbbce0c6450c0f724f27',50,1795379342459993);
CREATE TABLE dossier (
    id          TEXT PRIMARY KEY,
    code        TEXT,
    kind        TEXT NOT NULL CHECK (kind IN ('counter', 'backlog')),
    papers      INTEGER CHECK (papers >= 0),
    created_us  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    closed_us   INTEGER,
    closed_by   TEXT
, sides INTEGER CHECK (sides >= 0), procedure_code TEXT, received_on TEXT CHECK (length(received_on) = 10), received_from TEXT CHECK (received_from IN ('said', 'code', 'created')), rule_set TEXT, rules_version TEXT REFERENCES catalog_version (id)) STRICT, WITHOUT ROWID;
INSERT INTO dossier VALUES('01a204f2-ac78-7a28-ad64-04ee289509e7',NULL,'counter',1,1795379342456648,'uid:1000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO dossier VALUES('01a204f2-ac79-790a-9893-da52c1ebc2d9',NULL,'counter',1,1795379342457573,'uid:1000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
    copier           TEXT, passed_sha256 TEXT REFERENCES blob (sha256), -- full name of the person who compared and signs
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO document VALUES('01a204f2-ac79-748f-8260-5a4951c48a06','01a204f2-ac78-7a28-ad64-04ee289509e7',1,'open',1795379342457284,NULL,NULL,NULL,0,0,1,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795379342457284,'uid:1000',NULL,NULL);
INSERT INTO document VALUES('01a204f2-ac79-7d64-befe-577f0c971450','01a204f2-ac79-790a-9893-da52c1ebc2d9',1,'queued',1795379342472446,NULL,NULL,NULL,0,0,1,NULL,NULL,1,1,'decision',0.9000000000000000222,NULL,NULL,1795379342465834,'uid:1000',1795379342465834,'uid:1000','ac260f040d26b3394e692b0055350884a778b956564bf257e0090eab649cc3e1','a916f4c1c2a6501ff69dffc966dff9f5332fa724a0aed77f813ef652742729e8','bb72ea137e5ae9dad33e4fabad2e7e5acd5b67f0ac7884a6f5f10ce00fb6bdc5','001099000001.DECISION.12/QĐ-UBND.01',1795379342457837,'uid:1000','Cán Bộ Mẫu',NULL);
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
    CHECK (turned_deg IN (0, 90, 180, 270)), replaces TEXT REFERENCES page (id), part_of TEXT REFERENCES page (id), blank_kept INTEGER NOT NULL DEFAULT 0, words_source TEXT, part_kind TEXT CHECK (part_kind IN ('note', 'overlap', 'detail')), known_turn_deg INTEGER CHECK (known_turn_deg IN (0, 90, 180, 270)), glass_x_mm REAL, glass_y_mm REAL, cut_off INTEGER NOT NULL DEFAULT 0 CHECK (cut_off IN (0, 1)), -- {"value", "confidence"} as JSON, written by "understand"
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO page VALUES('01a204f2-ac7a-71e3-9f8c-06ec5e23cdde','01a204f2-ac79-790a-9893-da52c1ebc2d9','01a204f2-ac79-7d64-befe-577f0c971450',1,'recognized',1795379342462866,NULL,NULL,NULL,0,0,'f6a9cb340c009a6a7cd8eb4fb520dfcfe4f974b677f3fbbce0c6450c0f724f27','f6a9cb340c009a6a7cd8eb4fb520dfcfe4f974b677f3fbbce0c6450c0f724f27',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795379342460022,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,'{"value":true,"confidence":0.98999999999999999}',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO page VALUES('01a204f2-ac7c-781c-9caa-e01e77c28e94','01a204f2-ac79-790a-9893-da52c1ebc2d9','01a204f2-ac79-7d64-befe-577f0c971450',2,'recognized',1795379342464343,NULL,NULL,NULL,0,0,'f186897c401a20774e1b0ef5a725e08a013cfde5830339b2b5829382156ce968','f186897c401a20774e1b0ef5a725e08a013cfde5830339b2b5829382156ce968',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795379342460913,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO page VALUES('01a204f2-ac88-7cf9-bf33-0736062c76a6','01a204f2-ac78-7a28-ad64-04ee289509e7','01a204f2-ac79-748f-8260-5a4951c48a06',1,'captured',1795379342473218,NULL,NULL,NULL,0,0,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795379342473218,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO page VALUES('01a204f2-ac89-78f1-83b3-abcc27dae54e','01a204f2-ac78-7a28-ad64-04ee289509e7','01a204f2-ac79-748f-8260-5a4951c48a06',2,'captured',1795379342473948,NULL,NULL,NULL,0,0,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795379342473948,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,0);
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
    confirmed_us     INTEGER,
    PRIMARY KEY (document_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','abstract',1,'Về việc mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Về việc mẫu',0,'uid:1000',1795379342465834);
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','doc_name',1,'Quyết định mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Quyết định mẫu',0,'uid:1000',1795379342465834);
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','issue_date',1,'2026-03-05','05/3',0.4000000000000000222,1,100.0,34.0,40.0,5.0,'zone',1,1,'2026-03-05',1,'uid:1000',1795379342465834);
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','issuer',1,'UBND xã Mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'UBND xã Mẫu',0,'uid:1000',1795379342465834);
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','no_expiry',1,'true','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'true',0,'uid:1000',1795379342465834);
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','number_symbol',1,'12/QĐ-UBND','12/QD-UBND',0.94999999999999995559,1,30.10000000000000142,34.0,41.200000000000002843,5.0999999999999996447,'zone',0,1,'12/QĐ-UBND',0,'uid:1000',1795379342465834);
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','owner_id',1,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,'001099000001',1,'uid:1000',1795379342465834);
INSERT INTO field VALUES('01a204f2-ac79-7d64-befe-577f0c971450','valid_until',0,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,NULL,0,'uid:1000',1795379342465834);
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
INSERT INTO signature VALUES('01a204f2-ac79-7d64-befe-577f0c971450',1,'personal','B-B','Cán Bộ Mẫu','01',1000000,0,NULL);
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
INSERT INTO delivery VALUES('01a204f2-ac88-7693-9f57-02e0600517db','01a204f2-ac79-7d64-befe-577f0c971450','warehouse','queued',1795379342472410,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,0,1795379342472410);
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
INSERT INTO claim_ended VALUES('01a204f2-ac7d-7824-b953-3aa1aed6a8d3','page','01a204f2-ac7a-71e3-9f8c-06ec5e23cdde','complete');
INSERT INTO claim_ended VALUES('01a204f2-ac7f-7370-933d-3d0e13df9a46','page','01a204f2-ac7c-781c-9caa-e01e77c28e94','complete');
INSERT INTO claim_ended VALUES('01a204f2-ac80-7ca3-88f2-b9a21f367b4c','document','01a204f2-ac79-7d64-befe-577f0c971450','complete');
INSERT INTO claim_ended VALUES('01a204f2-ac82-7f0a-8af4-2f260446b01a','document','01a204f2-ac79-7d64-befe-577f0c971450','complete');
INSERT INTO claim_ended VALUES('01a204f2-ac84-72d9-9ffe-d8c0aa3f2245','document','01a204f2-ac79-7d64-befe-577f0c971450','complete');
INSERT INTO claim_ended VALUES('01a204f2-ac85-785a-bdf2-f3541d714851','document','01a204f2-ac79-7d64-befe-577f0c971450','complete');
INSERT INTO claim_ended VALUES('01a204f2-ac86-72c4-9e73-30dfe02b64fd','document','01a204f2-ac79-7d64-befe-577f0c971450','complete');
INSERT INTO claim_ended VALUES('01a204f2-ac86-7fba-9fc8-f9fac8f60337','document','01a204f2-ac79-7d64-befe-577f0c971450','complete');
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
INSERT INTO audit VALUES(1,1795379342456687,'uid:1000','clerk','dossier','01a204f2-ac78-7a28-ad64-04ee289509e7','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(2,1795379342457318,'uid:1000','clerk','document','01a204f2-ac79-748f-8260-5a4951c48a06','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(3,1795379342457586,'uid:1000','clerk','dossier','01a204f2-ac79-790a-9893-da52c1ebc2d9','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(4,1795379342457845,'uid:1000','clerk','document','01a204f2-ac79-7d64-befe-577f0c971450','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(5,1795379342460190,'uid:1000','clerk','page','01a204f2-ac7a-71e3-9f8c-06ec5e23cdde','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(6,1795379342460948,'uid:1000','clerk','page','01a204f2-ac7c-781c-9caa-e01e77c28e94','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(7,1795379342461239,'uid:1000','clerk','document','01a204f2-ac79-7d64-befe-577f0c971450','finish-scan',NULL,NULL,NULL);
INSERT INTO audit VALUES(8,1795379342462891,'sohoad','machine','page','01a204f2-ac7a-71e3-9f8c-06ec5e23cdde','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(9,1795379342464349,'sohoad','machine','page','01a204f2-ac7c-781c-9caa-e01e77c28e94','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(10,1795379342465390,'sohoad','machine','document','01a204f2-ac79-7d64-befe-577f0c971450','understand','open','read',NULL);
INSERT INTO audit VALUES(11,1795379342466564,'uid:1000','clerk','document','01a204f2-ac79-7d64-befe-577f0c971450','compare','read','copied','fields answered 2, left as read 5');
INSERT INTO audit VALUES(12,1795379342467780,'sohoad','machine','document','01a204f2-ac79-7d64-befe-577f0c971450','compose',NULL,NULL,NULL);
INSERT INTO audit VALUES(13,1795379342469074,'sohoad','machine','document','01a204f2-ac79-7d64-befe-577f0c971450','sign','copied','signed',NULL);
INSERT INTO audit VALUES(14,1795379342469807,'sohoad','machine','document','01a204f2-ac79-7d64-befe-577f0c971450','confirm','signed','extracted',NULL);
INSERT INTO audit VALUES(15,1795379342470577,'sohoad','machine','document','01a204f2-ac79-7d64-befe-577f0c971450','code','extracted','coded',NULL);
INSERT INTO audit VALUES(16,1795379342472441,'sohoad','machine','delivery','01a204f2-ac88-7693-9f57-02e0600517db','create',NULL,'queued','warehouse');
INSERT INTO audit VALUES(17,1795379342472452,'sohoad','machine','document','01a204f2-ac79-7d64-befe-577f0c971450','queue','coded','queued',NULL);
INSERT INTO audit VALUES(18,1795379342473252,'uid:1000','clerk','page','01a204f2-ac88-7cf9-bf33-0736062c76a6','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(19,1795379342473999,'uid:1000','clerk','page','01a204f2-ac89-78f1-83b3-abcc27dae54e','capture',NULL,'captured',NULL);
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
COMMIT;
PRAGMA user_version = 10;
PRAGMA application_id = 1399810159;
