PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE blob (
    sha256      TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    created_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO blob VALUES('3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',3,1795357085483996);
INSERT INTO blob VALUES('5a2aaaf25bcefe3cbf6684ce217efd85f039dc11f3cf205fb8ecf064f391dd51',50,1795357085468312);
INSERT INTO blob VALUES('6c1ae34fec40b900271ac886df97f62cb415f52c91bdf2419decfe732aeee1db',1173,1795357085481938);
INSERT INTO blob VALUES('74a0486f70e834cfee6f9d30cad3bf5ade06bf93b89f9a3c51665be439a045d0',50,1795357085477000);
INSERT INTO blob VALUES('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,1795357085483091);
INSERT INTO blob VALUES('b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',13,1795357085471711);
INSERT INTO blob VALUES('befea0bd5623e851980d0de725a0161c5c791f67fcd229cd26f802718db22aa6',48,1795357085478461);
INSERT INTO blob VALUES('ee47ee67944d6156656415ea201c2b459d7714bac75dc8bc44de506c596a2010',50,1795357085469363);
INSERT INTO blob VALUES('f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39',167,1795357085471094);
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
INSERT INTO dossier VALUES('01a2039f-0f19-7251-9283-a521b245ad75',NULL,'counter',1,1795357085465160,'uid:1000',NULL,NULL,NULL);
INSERT INTO dossier VALUES('01a2039f-0f1a-71db-911d-e0bf486fdeef',NULL,'counter',1,1795357085466124,'uid:1000',NULL,NULL,NULL);
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
INSERT INTO document VALUES('01a2039f-0f19-7d4b-9b12-2b6a2da85cac','01a2039f-0f19-7251-9283-a521b245ad75',1,'open',1795357085465830,NULL,NULL,NULL,0,0,1,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795357085465830,'uid:1000',NULL,NULL);
INSERT INTO document VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','01a2039f-0f1a-71db-911d-e0bf486fdeef',1,'queued',1795357085482037,NULL,NULL,NULL,0,0,1,NULL,NULL,1,1,'decision',0.9000000000000000222,NULL,NULL,1795357085475267,'uid:1000',1795357085475267,'uid:1000','74a0486f70e834cfee6f9d30cad3bf5ade06bf93b89f9a3c51665be439a045d0','befea0bd5623e851980d0de725a0161c5c791f67fcd229cd26f802718db22aa6','6c1ae34fec40b900271ac886df97f62cb415f52c91bdf2419decfe732aeee1db','001099000001.DECISION.12/QĐ-UBND.01',1795357085466404,'uid:1000','Cán Bộ Mẫu',NULL);
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
INSERT INTO page VALUES('01a2039f-0f1a-7b12-b539-7758faa479c2','01a2039f-0f1a-71db-911d-e0bf486fdeef','01a2039f-0f1a-767a-8a5a-64cb5532660e',1,'recognized',1795357085471795,NULL,NULL,NULL,0,0,'5a2aaaf25bcefe3cbf6684ce217efd85f039dc11f3cf205fb8ecf064f391dd51','5a2aaaf25bcefe3cbf6684ce217efd85f039dc11f3cf205fb8ecf064f391dd51',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795357085468343,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,'{"value":true,"confidence":0.98999999999999999}',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a2039f-0f1c-7d0e-b765-b1c08f69ae33','01a2039f-0f1a-71db-911d-e0bf486fdeef','01a2039f-0f1a-767a-8a5a-64cb5532660e',2,'recognized',1795357085473734,NULL,NULL,NULL,0,0,'ee47ee67944d6156656415ea201c2b459d7714bac75dc8bc44de506c596a2010','ee47ee67944d6156656415ea201c2b459d7714bac75dc8bc44de506c596a2010',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795357085469371,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a2039f-0f2a-76e5-81b2-278efba66da6','01a2039f-0f19-7251-9283-a521b245ad75','01a2039f-0f19-7d4b-9b12-2b6a2da85cac',1,'captured',1795357085483099,NULL,NULL,NULL,0,0,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795357085483099,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a2039f-0f2b-772b-b5c5-7957aca8a0f6','01a2039f-0f19-7251-9283-a521b245ad75','01a2039f-0f19-7d4b-9b12-2b6a2da85cac',2,'captured',1795357085484004,NULL,NULL,NULL,0,0,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795357085484004,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','abstract',1,'Về việc mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Về việc mẫu',0,'uid:1000',1795357085475267);
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','doc_name',1,'Quyết định mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Quyết định mẫu',0,'uid:1000',1795357085475267);
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','issue_date',1,'2026-03-05','05/3',0.4000000000000000222,1,100.0,34.0,40.0,5.0,'zone',1,1,'2026-03-05',1,'uid:1000',1795357085475267);
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','issuer',1,'UBND xã Mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'UBND xã Mẫu',0,'uid:1000',1795357085475267);
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','no_expiry',1,'true','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'true',0,'uid:1000',1795357085475267);
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','number_symbol',1,'12/QĐ-UBND','12/QD-UBND',0.94999999999999995559,1,30.10000000000000142,34.0,41.200000000000002843,5.0999999999999996447,'zone',0,1,'12/QĐ-UBND',0,'uid:1000',1795357085475267);
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','owner_id',1,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,'001099000001',1,'uid:1000',1795357085475267);
INSERT INTO field VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e','valid_until',0,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,NULL,0,'uid:1000',1795357085475267);
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
INSERT INTO signature VALUES('01a2039f-0f1a-767a-8a5a-64cb5532660e',1,'personal','B-B','Cán Bộ Mẫu','01',1000000,0,NULL);
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
INSERT INTO delivery VALUES('01a2039f-0f29-7ff3-b222-e98c5bccacf0','01a2039f-0f1a-767a-8a5a-64cb5532660e','warehouse','queued',1795357085481996,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,0,1795357085481996);
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
INSERT INTO claim_ended VALUES('01a2039f-0f1d-7f78-98b9-cedd88c3b865','page','01a2039f-0f1a-7b12-b539-7758faa479c2','complete');
INSERT INTO claim_ended VALUES('01a2039f-0f20-7272-bc52-683b50b9c522','page','01a2039f-0f1c-7d0e-b765-b1c08f69ae33','complete');
INSERT INTO claim_ended VALUES('01a2039f-0f22-7312-8589-dc25918d2143','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','complete');
INSERT INTO claim_ended VALUES('01a2039f-0f23-7fb6-974b-6db3be2c53bc','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','complete');
INSERT INTO claim_ended VALUES('01a2039f-0f25-772f-a81a-902ed591b53f','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','complete');
INSERT INTO claim_ended VALUES('01a2039f-0f26-7fca-bca4-b0309cf17ef5','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','complete');
INSERT INTO claim_ended VALUES('01a2039f-0f27-7a28-a247-446b2d1f2998','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','complete');
INSERT INTO claim_ended VALUES('01a2039f-0f28-7683-a730-26383324a4b5','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','complete');
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
INSERT INTO audit VALUES(1,1795357085465190,'uid:1000','clerk','dossier','01a2039f-0f19-7251-9283-a521b245ad75','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(2,1795357085465866,'uid:1000','clerk','document','01a2039f-0f19-7d4b-9b12-2b6a2da85cac','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(3,1795357085466130,'uid:1000','clerk','dossier','01a2039f-0f1a-71db-911d-e0bf486fdeef','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(4,1795357085466413,'uid:1000','clerk','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(5,1795357085468500,'uid:1000','clerk','page','01a2039f-0f1a-7b12-b539-7758faa479c2','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(6,1795357085469410,'uid:1000','clerk','page','01a2039f-0f1c-7d0e-b765-b1c08f69ae33','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(7,1795357085469700,'uid:1000','clerk','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','finish-scan',NULL,NULL,NULL);
INSERT INTO audit VALUES(8,1795357085471821,'sohoad','machine','page','01a2039f-0f1a-7b12-b539-7758faa479c2','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(9,1795357085473741,'sohoad','machine','page','01a2039f-0f1c-7d0e-b765-b1c08f69ae33','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(10,1795357085474819,'sohoad','machine','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','understand','open','read',NULL);
INSERT INTO audit VALUES(11,1795357085475630,'uid:1000','clerk','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','compare','read','copied','fields answered 2, left as read 5');
INSERT INTO audit VALUES(12,1795357085477044,'sohoad','machine','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','compose',NULL,NULL,NULL);
INSERT INTO audit VALUES(13,1795357085478544,'sohoad','machine','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','sign','copied','signed',NULL);
INSERT INTO audit VALUES(14,1795357085479269,'sohoad','machine','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','confirm','signed','extracted',NULL);
INSERT INTO audit VALUES(15,1795357085479997,'sohoad','machine','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','code','extracted','coded',NULL);
INSERT INTO audit VALUES(16,1795357085482031,'sohoad','machine','delivery','01a2039f-0f29-7ff3-b222-e98c5bccacf0','create',NULL,'queued','warehouse');
INSERT INTO audit VALUES(17,1795357085482043,'sohoad','machine','document','01a2039f-0f1a-767a-8a5a-64cb5532660e','queue','coded','queued',NULL);
INSERT INTO audit VALUES(18,1795357085483137,'uid:1000','clerk','page','01a2039f-0f2a-76e5-81b2-278efba66da6','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(19,1795357085484041,'uid:1000','clerk','page','01a2039f-0f2b-772b-b5c5-7957aca8a0f6','capture',NULL,'captured',NULL);
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
    CHECK (papers IN ('file', 'folder', 'name', 'split')), late INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE page_layer (
    page_id       TEXT PRIMARY KEY,
    words_sha256  TEXT NOT NULL REFERENCES blob (sha256)
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
COMMIT;
PRAGMA user_version = 7;
PRAGMA application_id = 1399810159;
