PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE blob (
    sha256      TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    created_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO blob VALUES('333c40a101bc742fdb46dfa40679141be7ff30d323208721763c217ebe4db8e6',50,1795326274491683);
INSERT INTO blob VALUES('3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',3,1795326274536101);
INSERT INTO blob VALUES('49357a9e37f95f69c31ddd4ffbc16352e934565f2c571705e4fb18c598267740',50,1795326274497106);
INSERT INTO blob VALUES('50da8d420f81cf1854c55d6a52ff6007d25edff2a09ad2da79919d8eb08ecdc4',48,1795326274522050);
INSERT INTO blob VALUES('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,1795326274528723);
INSERT INTO blob VALUES('a76611ea9e6e96555584b84ab57a22a71bcdb60eb46cca0ca41af09593afc468',849,1795326274527313);
INSERT INTO blob VALUES('b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',13,1795326274506894);
INSERT INTO blob VALUES('f3026debb5315c5225492d1a96bf752f96e5a5fa09bca220f9c54c470d1bb3cf',50,1795326274520067);
INSERT INTO blob VALUES('f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39',167,1795326274504084);
CREATE TABLE dossier (
    id          TEXT PRIMARY KEY,
    code        TEXT,
    kind        TEXT NOT NULL CHECK (kind IN ('counter', 'backlog')),
    papers      INTEGER CHECK (papers >= 0),
    created_us  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    closed_us   INTEGER,
    closed_by   TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO dossier VALUES('01a201c8-ebb0-7c9a-a94c-cd82ee29b430',NULL,'counter',1,1795326274480652,'uid:1000',NULL,NULL);
INSERT INTO dossier VALUES('01a201c8-ebb5-7438-90d4-ccefad9f45bd',NULL,'counter',1,1795326274485312,'uid:1000',NULL,NULL);
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
    copier           TEXT, -- full name of the person who compared and signs
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO document VALUES('01a201c8-ebb4-7751-bdeb-c5d08fca9d15','01a201c8-ebb0-7c9a-a94c-cd82ee29b430',1,'open',1795326274484503,NULL,NULL,NULL,0,0,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795326274484503,'uid:1000',NULL);
INSERT INTO document VALUES('01a201c8-ebb5-7fe7-a748-8851f69c5f81','01a201c8-ebb5-7438-90d4-ccefad9f45bd',1,'queued',1795326274527531,NULL,NULL,NULL,0,0,1,NULL,NULL,1,'decision',0.9000000000000000222,NULL,NULL,1795326274518178,'uid:1000',1795326274518178,'uid:1000','f3026debb5315c5225492d1a96bf752f96e5a5fa09bca220f9c54c470d1bb3cf','50da8d420f81cf1854c55d6a52ff6007d25edff2a09ad2da79919d8eb08ecdc4','a76611ea9e6e96555584b84ab57a22a71bcdb60eb46cca0ca41af09593afc468','001099000001.DECISION.12/QĐ-UBND.01',1795326274485649,'uid:1000',NULL);
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
    starts_document    TEXT, -- {"value", "confidence"} as JSON, written by "understand"
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO page VALUES('01a201c8-ebb7-7de0-8b40-28e3458b6a00','01a201c8-ebb5-7438-90d4-ccefad9f45bd','01a201c8-ebb5-7fe7-a748-8851f69c5f81',1,'recognized',1795326274507041,NULL,NULL,NULL,0,0,'333c40a101bc742fdb46dfa40679141be7ff30d323208721763c217ebe4db8e6','333c40a101bc742fdb46dfa40679141be7ff30d323208721763c217ebe4db8e6',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795326274491802,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,'{"value":true,"confidence":0.98999999999999999}');
INSERT INTO page VALUES('01a201c8-ebbe-767a-a008-788e1426d48f','01a201c8-ebb5-7438-90d4-ccefad9f45bd','01a201c8-ebb5-7fe7-a748-8851f69c5f81',2,'recognized',1795326274512192,NULL,NULL,NULL,0,0,'49357a9e37f95f69c31ddd4ffbc16352e934565f2c571705e4fb18c598267740','49357a9e37f95f69c31ddd4ffbc16352e934565f2c571705e4fb18c598267740',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795326274497124,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,NULL);
INSERT INTO page VALUES('01a201c8-ebe0-724b-995e-d7ae9d5a4087','01a201c8-ebb0-7c9a-a94c-cd82ee29b430','01a201c8-ebb4-7751-bdeb-c5d08fca9d15',1,'captured',1795326274528734,NULL,NULL,NULL,0,0,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795326274528734,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a201c8-ebe6-7a31-80be-f7dd0d800db4','01a201c8-ebb0-7c9a-a94c-cd82ee29b430','01a201c8-ebb4-7751-bdeb-c5d08fca9d15',2,'captured',1795326274536117,NULL,NULL,NULL,0,0,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795326274536117,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO field VALUES('01a201c8-ebb5-7fe7-a748-8851f69c5f81','issue_date',1,'2026-03-05','05/3',0.4000000000000000222,1,100.0,34.0,40.0,5.0,'zone',1,1,'2026-03-05',1,'uid:1000',1795326274518178);
INSERT INTO field VALUES('01a201c8-ebb5-7fe7-a748-8851f69c5f81','number_symbol',1,'12/QĐ-UBND','12/QD-UBND',0.94999999999999995559,1,30.10000000000000142,34.0,41.200000000000002843,5.0999999999999996447,'zone',0,1,'12/QĐ-UBND',0,'uid:1000',1795326274518178);
INSERT INTO field VALUES('01a201c8-ebb5-7fe7-a748-8851f69c5f81','owner_id',1,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,'001099000001',1,'uid:1000',1795326274518178);
CREATE TABLE signature (
    document_id  TEXT NOT NULL REFERENCES document (id),
    ordinal      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    level        TEXT NOT NULL,
    signer       TEXT NOT NULL,
    serial       TEXT NOT NULL,
    signed_us    INTEGER NOT NULL,
    block_moved  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (document_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO signature VALUES('01a201c8-ebb5-7fe7-a748-8851f69c5f81',1,'personal','B-B','Cán Bộ Mẫu','01',1000000,0);
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
    remote_name        TEXT,
    receipt            TEXT, -- the target's answer as JSON, written by "accept"
    reconcile_asked    INTEGER NOT NULL DEFAULT 0,
    created_us         INTEGER NOT NULL,
    UNIQUE (document_id, target),
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO delivery VALUES('01a201c8-ebdf-7a07-aed8-0db01c3fdd4f','01a201c8-ebb5-7fe7-a748-8851f69c5f81','warehouse','queued',1795326274527438,NULL,NULL,NULL,0,0,NULL,NULL,0,1795326274527438);
CREATE TABLE claim (
    id              TEXT PRIMARY KEY,
    stage           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    subject_id      TEXT NOT NULL,
    owner           TEXT NOT NULL,
    claimed_us      INTEGER NOT NULL,
    lease_until_us  INTEGER NOT NULL,
    UNIQUE (kind, subject_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE claim_ended (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject_id  TEXT NOT NULL,
    how         TEXT NOT NULL CHECK (how IN ('complete', 'fail'))
) STRICT, WITHOUT ROWID;
INSERT INTO claim_ended VALUES('01a201c8-ebc3-771a-9fb5-904aa6e77b83','page','01a201c8-ebb7-7de0-8b40-28e3458b6a00','complete');
INSERT INTO claim_ended VALUES('01a201c8-ebcc-7e1c-89bf-7820a165c21b','page','01a201c8-ebbe-767a-a008-788e1426d48f','complete');
INSERT INTO claim_ended VALUES('01a201c8-ebd1-7a6c-85c7-79a4fb952884','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','complete');
INSERT INTO claim_ended VALUES('01a201c8-ebd6-716c-998f-77aa25fa152b','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','complete');
INSERT INTO claim_ended VALUES('01a201c8-ebd8-7bca-b373-1b41afda0ad9','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','complete');
INSERT INTO claim_ended VALUES('01a201c8-ebda-7c84-bc82-5a1ecc0bbdf0','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','complete');
INSERT INTO claim_ended VALUES('01a201c8-ebdb-7ec7-90f0-6f038156c5ba','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','complete');
INSERT INTO claim_ended VALUES('01a201c8-ebdc-7bf0-b467-2b8150b7fd16','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','complete');
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
INSERT INTO audit VALUES(1,1795326274480739,'uid:1000','clerk','dossier','01a201c8-ebb0-7c9a-a94c-cd82ee29b430','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(2,1795326274484652,'uid:1000','clerk','document','01a201c8-ebb4-7751-bdeb-c5d08fca9d15','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(3,1795326274485344,'uid:1000','clerk','dossier','01a201c8-ebb5-7438-90d4-ccefad9f45bd','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(4,1795326274485676,'uid:1000','clerk','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(5,1795326274492011,'uid:1000','clerk','page','01a201c8-ebb7-7de0-8b40-28e3458b6a00','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(6,1795326274497192,'uid:1000','clerk','page','01a201c8-ebbe-767a-a008-788e1426d48f','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(7,1795326274498637,'uid:1000','clerk','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','finish-scan',NULL,NULL,NULL);
INSERT INTO audit VALUES(8,1795326274507125,'sohoad','machine','page','01a201c8-ebb7-7de0-8b40-28e3458b6a00','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(9,1795326274512211,'sohoad','machine','page','01a201c8-ebbe-767a-a008-788e1426d48f','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(10,1795326274515413,'sohoad','machine','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','understand','open','read',NULL);
INSERT INTO audit VALUES(11,1795326274518523,'uid:1000','clerk','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','compare','read','copied','fields answered 2, left as read 1');
INSERT INTO audit VALUES(12,1795326274520169,'sohoad','machine','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','compose',NULL,NULL,NULL);
INSERT INTO audit VALUES(13,1795326274522247,'sohoad','machine','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','sign','copied','signed',NULL);
INSERT INTO audit VALUES(14,1795326274523178,'sohoad','machine','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','confirm','signed','extracted',NULL);
INSERT INTO audit VALUES(15,1795326274524336,'sohoad','machine','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','code','extracted','coded',NULL);
INSERT INTO audit VALUES(16,1795326274527521,'sohoad','machine','delivery','01a201c8-ebdf-7a07-aed8-0db01c3fdd4f','create',NULL,'queued','warehouse');
INSERT INTO audit VALUES(17,1795326274527543,'sohoad','machine','document','01a201c8-ebb5-7fe7-a748-8851f69c5f81','queue','coded','queued',NULL);
INSERT INTO audit VALUES(18,1795326274528772,'uid:1000','clerk','page','01a201c8-ebe0-724b-995e-d7ae9d5a4087','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(19,1795326274536152,'uid:1000','clerk','page','01a201c8-ebe6-7a31-80be-f7dd0d800db4','capture',NULL,'captured',NULL);
CREATE TABLE sequence (
    prefix  TEXT PRIMARY KEY,
    next    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sequence VALUES('001099000001.DECISION.12/QĐ-UBND.*',2);
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
COMMIT;
PRAGMA user_version = 1;
PRAGMA application_id = 1399810159;
