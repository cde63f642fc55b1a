PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE blob (
    sha256      TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    created_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO blob VALUES('06151e358e5f4c1b5c1a6a6e744fb6667ef3f3da675cff318e9f2bf9b7f2e0a0',50,1795369742246412);
INSERT INTO blob VALUES('293c2d3654d34f4a09e53f97da0f36353b8b502f2161eef9ccb6bc6934c17df3',1173,1795369742315069);
INSERT INTO blob VALUES('3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',3,1795369742318417);
INSERT INTO blob VALUES('455e438b4b4401887fddd5543d07df543a32effe2e4f5b42a588df630d45c145',50,1795369742294422);
INSERT INTO blob VALUES('4dc1e21e10b7cfa92f868b4d99971249eacc66c8364753dc4d4f6548494358cb',48,1795369742309734);
INSERT INTO blob VALUES('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,1795369742316535);
INSERT INTO blob VALUES('b1d5fe892e40817b619bcc8bb6b8b7f09dbe9497dee48ee83fc71478dba8077f',50,1795369742258350);
INSERT INTO blob VALUES('b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',13,1795369742272076);
INSERT INTO blob VALUES('f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39',167,1795369742270399);
CREATE TABLE dossier (
    id          TEXT PRIMARY KEY,
    code        TEXT,
    kind        TEXT NOT NULL CHECK (kind IN ('counter', 'backlog')),
    papers      INTEGER CHECK (papers >= 0),
    created_us  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    closed_us   INTEGER,
    closed_by   TEXT
, sides INTEGER CHECK (sides >= 0)) STRICT, WITHOUT ROWID;
INSERT INTO dossier VALUES('01a20460-2f9f-78cc-8000-a74df3eb0206',NULL,'counter',1,1795369742239564,'uid:1000',NULL,NULL,NULL);
INSERT INTO dossier VALUES('01a20460-2fa0-78c0-861f-eeaeda85799a',NULL,'counter',1,1795369742240554,'uid:1000',NULL,NULL,NULL);
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
INSERT INTO document VALUES('01a20460-2fa0-73df-875e-2c07d8b4116a','01a20460-2f9f-78cc-8000-a74df3eb0206',1,'open',1795369742240241,NULL,NULL,NULL,0,0,1,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795369742240241,'uid:1000',NULL,NULL);
INSERT INTO document VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','01a20460-2fa0-78c0-861f-eeaeda85799a',1,'queued',1795369742315166,NULL,NULL,NULL,0,0,1,NULL,NULL,1,1,'decision',0.9000000000000000222,NULL,NULL,1795369742282593,'uid:1000',1795369742282593,'uid:1000','455e438b4b4401887fddd5543d07df543a32effe2e4f5b42a588df630d45c145','4dc1e21e10b7cfa92f868b4d99971249eacc66c8364753dc4d4f6548494358cb','293c2d3654d34f4a09e53f97da0f36353b8b502f2161eef9ccb6bc6934c17df3','001099000001.DECISION.12/QĐ-UBND.01',1795369742240832,'uid:1000','Cán Bộ Mẫu',NULL);
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
    CHECK (turned_deg IN (0, 90, 180, 270)), replaces TEXT REFERENCES page (id), part_of TEXT REFERENCES page (id), blank_kept INTEGER NOT NULL DEFAULT 0, words_source TEXT, part_kind TEXT CHECK (part_kind IN ('note', 'overlap', 'detail')), known_turn_deg INTEGER CHECK (known_turn_deg IN (0, 90, 180, 270)), glass_x_mm REAL, glass_y_mm REAL, -- {"value", "confidence"} as JSON, written by "understand"
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO page VALUES('01a20460-2fa1-734f-bd16-1c434c0b4d09','01a20460-2fa0-78c0-861f-eeaeda85799a','01a20460-2fa0-7d4f-b285-242cb69dabd6',1,'recognized',1795369742272180,NULL,NULL,NULL,0,0,'06151e358e5f4c1b5c1a6a6e744fb6667ef3f3da675cff318e9f2bf9b7f2e0a0','06151e358e5f4c1b5c1a6a6e744fb6667ef3f3da675cff318e9f2bf9b7f2e0a0',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795369742246446,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,'{"value":true,"confidence":0.98999999999999999}',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a20460-2faa-77a9-a63d-8250f02828d0','01a20460-2fa0-78c0-861f-eeaeda85799a','01a20460-2fa0-7d4f-b285-242cb69dabd6',2,'recognized',1795369742273829,NULL,NULL,NULL,0,0,'b1d5fe892e40817b619bcc8bb6b8b7f09dbe9497dee48ee83fc71478dba8077f','b1d5fe892e40817b619bcc8bb6b8b7f09dbe9497dee48ee83fc71478dba8077f',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795369742258437,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a20460-2feb-7c24-b9a4-4144a3c33cbb','01a20460-2f9f-78cc-8000-a74df3eb0206','01a20460-2fa0-73df-875e-2c07d8b4116a',1,'captured',1795369742316544,NULL,NULL,NULL,0,0,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795369742316544,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a20460-2fed-711e-b069-6e10eebd8810','01a20460-2f9f-78cc-8000-a74df3eb0206','01a20460-2fa0-73df-875e-2c07d8b4116a',2,'captured',1795369742318427,NULL,NULL,NULL,0,0,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795369742318427,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','abstract',1,'Về việc mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Về việc mẫu',0,'uid:1000',1795369742282593);
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','doc_name',1,'Quyết định mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Quyết định mẫu',0,'uid:1000',1795369742282593);
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','issue_date',1,'2026-03-05','05/3',0.4000000000000000222,1,100.0,34.0,40.0,5.0,'zone',1,1,'2026-03-05',1,'uid:1000',1795369742282593);
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','issuer',1,'UBND xã Mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'UBND xã Mẫu',0,'uid:1000',1795369742282593);
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','no_expiry',1,'true','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'true',0,'uid:1000',1795369742282593);
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','number_symbol',1,'12/QĐ-UBND','12/QD-UBND',0.94999999999999995559,1,30.10000000000000142,34.0,41.200000000000002843,5.0999999999999996447,'zone',0,1,'12/QĐ-UBND',0,'uid:1000',1795369742282593);
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','owner_id',1,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,'001099000001',1,'uid:1000',1795369742282593);
INSERT INTO field VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6','valid_until',0,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,NULL,0,'uid:1000',1795369742282593);
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
INSERT INTO signature VALUES('01a20460-2fa0-7d4f-b285-242cb69dabd6',1,'personal','B-B','Cán Bộ Mẫu','01',1000000,0,NULL);
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
INSERT INTO delivery VALUES('01a20460-2feb-7208-996c-1ad5c79c4141','01a20460-2fa0-7d4f-b285-242cb69dabd6','warehouse','queued',1795369742315126,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,0,1795369742315126);
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
INSERT INTO claim_ended VALUES('01a20460-2fb6-7820-b292-e1e6c8cab676','page','01a20460-2fa1-734f-bd16-1c434c0b4d09','complete');
INSERT INTO claim_ended VALUES('01a20460-2fc0-7981-9ec0-7f1d4c5bf8ad','page','01a20460-2faa-77a9-a63d-8250f02828d0','complete');
INSERT INTO claim_ended VALUES('01a20460-2fc2-73f7-8edc-e59578c05e98','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','complete');
INSERT INTO claim_ended VALUES('01a20460-2fce-79be-bc6e-72e2cdc909f2','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','complete');
INSERT INTO claim_ended VALUES('01a20460-2fda-791a-aba0-afcb49c2175e','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','complete');
INSERT INTO claim_ended VALUES('01a20460-2fe6-78ed-a055-3479ad796636','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','complete');
INSERT INTO claim_ended VALUES('01a20460-2fe7-7a7e-a47e-a8fa7c3f2f55','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','complete');
INSERT INTO claim_ended VALUES('01a20460-2fe9-7160-b11a-2b368e3b1ba7','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','complete');
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
INSERT INTO audit VALUES(1,1795369742239593,'uid:1000','clerk','dossier','01a20460-2f9f-78cc-8000-a74df3eb0206','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(2,1795369742240276,'uid:1000','clerk','document','01a20460-2fa0-73df-875e-2c07d8b4116a','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(3,1795369742240560,'uid:1000','clerk','dossier','01a20460-2fa0-78c0-861f-eeaeda85799a','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(4,1795369742240840,'uid:1000','clerk','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(5,1795369742246660,'uid:1000','clerk','page','01a20460-2fa1-734f-bd16-1c434c0b4d09','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(6,1795369742258491,'uid:1000','clerk','page','01a20460-2faa-77a9-a63d-8250f02828d0','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(7,1795369742258876,'uid:1000','clerk','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','finish-scan',NULL,NULL,NULL);
INSERT INTO audit VALUES(8,1795369742272209,'sohoad','machine','page','01a20460-2fa1-734f-bd16-1c434c0b4d09','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(9,1795369742273835,'sohoad','machine','page','01a20460-2faa-77a9-a63d-8250f02828d0','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(10,1795369742274858,'sohoad','machine','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','understand','open','read',NULL);
INSERT INTO audit VALUES(11,1795369742282994,'uid:1000','clerk','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','compare','read','copied','fields answered 2, left as read 5');
INSERT INTO audit VALUES(12,1795369742294509,'sohoad','machine','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','compose',NULL,NULL,NULL);
INSERT INTO audit VALUES(13,1795369742309929,'sohoad','machine','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','sign','copied','signed',NULL);
INSERT INTO audit VALUES(14,1795369742310958,'sohoad','machine','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','confirm','signed','extracted',NULL);
INSERT INTO audit VALUES(15,1795369742312331,'sohoad','machine','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','code','extracted','coded',NULL);
INSERT INTO audit VALUES(16,1795369742315160,'sohoad','machine','delivery','01a20460-2feb-7208-996c-1ad5c79c4141','create',NULL,'queued','warehouse');
INSERT INTO audit VALUES(17,1795369742315172,'sohoad','machine','document','01a20460-2fa0-7d4f-b285-242cb69dabd6','queue','coded','queued',NULL);
INSERT INTO audit VALUES(18,1795369742316638,'uid:1000','clerk','page','01a20460-2feb-7c24-b9a4-4144a3c33cbb','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(19,1795369742318467,'uid:1000','clerk','page','01a20460-2fed-711e-b069-6e10eebd8810','capture',NULL,'captured',NULL);
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
COMMIT;
PRAGMA user_version = 8;
PRAGMA application_id = 1399810159;
