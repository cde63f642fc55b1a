PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE blob (
    sha256      TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    created_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO blob VALUES('0bf3dbac488333d19d46d8d842c674a9830bbfdfd49f5ffabe6834df07c415bd',1038,1795328742246665);
INSERT INTO blob VALUES('3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',3,1795328742249037);
INSERT INTO blob VALUES('49392cfa1f2d1e68bdf248579c8de212151873de993d39142c466c129df011d2',50,1795328742227614);
INSERT INTO blob VALUES('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,1795328742247806);
INSERT INTO blob VALUES('81883c2f895588fd893d50a92d2c61baa430e9172726f258f421403fd15d15d1',50,1795328742228710);
INSERT INTO blob VALUES('b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',13,1795328742231609);
INSERT INTO blob VALUES('f0cde5fc364250a1a74424116c24a9b0c3065186aa2732e5ef411b2d9af8b563',48,1795328742242695);
INSERT INTO blob VALUES('f42377cdfc7492d9621106f5913b2e3c94bc67c0d05533a377c9144a623a1936',50,1795328742240755);
INSERT INTO blob VALUES('f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39',167,1795328742230856);
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
INSERT INTO dossier VALUES('01a201ee-934f-70fa-9e18-ef18862bc211',NULL,'counter',1,1795328742223328,'uid:1000',NULL,NULL);
INSERT INTO dossier VALUES('01a201ee-9350-709e-a779-a5a8b97db7af',NULL,'counter',1,1795328742224405,'uid:1000',NULL,NULL);
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
    copier           TEXT, -- full name of the person who compared and signs
    CHECK ((state = 'held') = (held_from IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO document VALUES('01a201ee-9350-789d-9746-c1abce76c881','01a201ee-934f-70fa-9e18-ef18862bc211',1,'open',1795328742224065,NULL,NULL,NULL,0,0,1,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795328742224065,'uid:1000',NULL);
INSERT INTO document VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','01a201ee-9350-709e-a779-a5a8b97db7af',1,'queued',1795328742246783,NULL,NULL,NULL,0,0,1,NULL,NULL,1,1,'decision',0.9000000000000000222,NULL,NULL,1795328742238671,'uid:1000',1795328742238671,'uid:1000','f42377cdfc7492d9621106f5913b2e3c94bc67c0d05533a377c9144a623a1936','f0cde5fc364250a1a74424116c24a9b0c3065186aa2732e5ef411b2d9af8b563','0bf3dbac488333d19d46d8d842c674a9830bbfdfd49f5ffabe6834df07c415bd','001099000001.DECISION.12/QĐ-UBND.01',1795328742224734,'uid:1000','Cán Bộ Mẫu');
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
INSERT INTO page VALUES('01a201ee-9351-7786-a780-358f9234ea83','01a201ee-9350-709e-a779-a5a8b97db7af','01a201ee-9350-7dd6-9452-117bf9aaf514',1,'recognized',1795328742231685,NULL,NULL,NULL,0,0,'49392cfa1f2d1e68bdf248579c8de212151873de993d39142c466c129df011d2','49392cfa1f2d1e68bdf248579c8de212151873de993d39142c466c129df011d2',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795328742227662,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,'{"value":true,"confidence":0.98999999999999999}');
INSERT INTO page VALUES('01a201ee-9354-760b-bb3e-d2c8eaa691df','01a201ee-9350-709e-a779-a5a8b97db7af','01a201ee-9350-7dd6-9452-117bf9aaf514',2,'recognized',1795328742233900,NULL,NULL,NULL,0,0,'81883c2f895588fd893d50a92d2c61baa430e9172726f258f421403fd15d15d1','81883c2f895588fd893d50a92d2c61baa430e9172726f258f421403fd15d15d1',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795328742228718,'uid:1000','{"width_px":2480,"height_px":3508,"dpi":300.0,"dpi_source":"file","rotation_deg":0,"rotation_score":0.0,"skew_deg":0.0,"blank":false,"width_mm":210.0,"height_mm":297.0,"quality":{"verdict":"good","reasons":[]},"codes":[{"kind":"QR","text":"x","box_mm":[20.0,15.0,24.0,24.0]}]}',0,210.0,297.0,'f540dfd5b8a83ddb3179bc4cbbcec1d1ec75032befbc6a11c1781007f239bd39','b2681d6e0eb9473327fe3bd75b49c4b0d935d0321621d6a9d4ed169c10d62772',2,0.9000000000000000222,NULL);
INSERT INTO page VALUES('01a201ee-9367-7d57-8d13-6cb94a0cbe61','01a201ee-934f-70fa-9e18-ef18862bc211','01a201ee-9350-789d-9746-c1abce76c881',1,'captured',1795328742247814,NULL,NULL,NULL,0,0,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795328742247814,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO page VALUES('01a201ee-9368-7557-b9ec-0fd8b8f61f64','01a201ee-934f-70fa-9e18-ef18862bc211','01a201ee-9350-789d-9746-c1abce76c881',2,'captured',1795328742249046,NULL,NULL,NULL,0,0,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',2480,3508,3,8,300.0,210.0,297.0,0,'front',0,'sim:0',1795328742249046,'uid:1000',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','abstract',1,'Về việc mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Về việc mẫu',0,'uid:1000',1795328742238671);
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','doc_name',1,'Quyết định mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'Quyết định mẫu',0,'uid:1000',1795328742238671);
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','issue_date',1,'2026-03-05','05/3',0.4000000000000000222,1,100.0,34.0,40.0,5.0,'zone',1,1,'2026-03-05',1,'uid:1000',1795328742238671);
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','issuer',1,'UBND xã Mẫu','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'UBND xã Mẫu',0,'uid:1000',1795328742238671);
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','no_expiry',1,'true','x',0.94999999999999995559,1,30.0,40.0,41.0,5.0,'zone',0,1,'true',0,'uid:1000',1795328742238671);
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','number_symbol',1,'12/QĐ-UBND','12/QD-UBND',0.94999999999999995559,1,30.10000000000000142,34.0,41.200000000000002843,5.0999999999999996447,'zone',0,1,'12/QĐ-UBND',0,'uid:1000',1795328742238671);
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','owner_id',1,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,'001099000001',1,'uid:1000',1795328742238671);
INSERT INTO field VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514','valid_until',0,NULL,NULL,0.0,0,0.0,0.0,0.0,0.0,'none',1,1,NULL,0,'uid:1000',1795328742238671);
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
INSERT INTO signature VALUES('01a201ee-9350-7dd6-9452-117bf9aaf514',1,'personal','B-B','Cán Bộ Mẫu','01',1000000,0);
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
INSERT INTO delivery VALUES('01a201ee-9366-72eb-82f5-3f6e8f046f91','01a201ee-9350-7dd6-9452-117bf9aaf514','warehouse','queued',1795328742246736,NULL,NULL,NULL,0,0,0,NULL,NULL,NULL,0,1795328742246736);
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
INSERT INTO claim_ended VALUES('01a201ee-9355-7f84-a94e-9ef12c053168','page','01a201ee-9351-7786-a780-358f9234ea83','complete');
INSERT INTO claim_ended VALUES('01a201ee-9358-7072-bafe-d678384b549f','page','01a201ee-9354-760b-bb3e-d2c8eaa691df','complete');
INSERT INTO claim_ended VALUES('01a201ee-935a-7cc9-8faa-ce3f02e44475','document','01a201ee-9350-7dd6-9452-117bf9aaf514','complete');
INSERT INTO claim_ended VALUES('01a201ee-935f-7204-9b02-6f997735df69','document','01a201ee-9350-7dd6-9452-117bf9aaf514','complete');
INSERT INTO claim_ended VALUES('01a201ee-9361-7d9e-8748-611de7b590e0','document','01a201ee-9350-7dd6-9452-117bf9aaf514','complete');
INSERT INTO claim_ended VALUES('01a201ee-9363-7e16-bb94-0389da2b24a9','document','01a201ee-9350-7dd6-9452-117bf9aaf514','complete');
INSERT INTO claim_ended VALUES('01a201ee-9364-7a8b-a480-2d259619eeaa','document','01a201ee-9350-7dd6-9452-117bf9aaf514','complete');
INSERT INTO claim_ended VALUES('01a201ee-9365-7eb8-9e33-e5fe5f5df675','document','01a201ee-9350-7dd6-9452-117bf9aaf514','complete');
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
INSERT INTO audit VALUES(1,1795328742223375,'uid:1000','clerk','dossier','01a201ee-934f-70fa-9e18-ef18862bc211','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(2,1795328742224107,'uid:1000','clerk','document','01a201ee-9350-789d-9746-c1abce76c881','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(3,1795328742224411,'uid:1000','clerk','dossier','01a201ee-9350-709e-a779-a5a8b97db7af','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(4,1795328742224746,'uid:1000','clerk','document','01a201ee-9350-7dd6-9452-117bf9aaf514','create',NULL,NULL,NULL);
INSERT INTO audit VALUES(5,1795328742227754,'uid:1000','clerk','page','01a201ee-9351-7786-a780-358f9234ea83','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(6,1795328742228731,'uid:1000','clerk','page','01a201ee-9354-760b-bb3e-d2c8eaa691df','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(7,1795328742229081,'uid:1000','clerk','document','01a201ee-9350-7dd6-9452-117bf9aaf514','finish-scan',NULL,NULL,NULL);
INSERT INTO audit VALUES(8,1795328742231721,'sohoad','machine','page','01a201ee-9351-7786-a780-358f9234ea83','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(9,1795328742233908,'sohoad','machine','page','01a201ee-9354-760b-bb3e-d2c8eaa691df','recognize','captured','recognized',NULL);
INSERT INTO audit VALUES(10,1795328742235876,'sohoad','machine','document','01a201ee-9350-7dd6-9452-117bf9aaf514','understand','open','read',NULL);
INSERT INTO audit VALUES(11,1795328742238940,'uid:1000','clerk','document','01a201ee-9350-7dd6-9452-117bf9aaf514','compare','read','copied','fields answered 2, left as read 5');
INSERT INTO audit VALUES(12,1795328742240819,'sohoad','machine','document','01a201ee-9350-7dd6-9452-117bf9aaf514','compose',NULL,NULL,NULL);
INSERT INTO audit VALUES(13,1795328742242787,'sohoad','machine','document','01a201ee-9350-7dd6-9452-117bf9aaf514','sign','copied','signed',NULL);
INSERT INTO audit VALUES(14,1795328742243658,'sohoad','machine','document','01a201ee-9350-7dd6-9452-117bf9aaf514','confirm','signed','extracted',NULL);
INSERT INTO audit VALUES(15,1795328742244599,'sohoad','machine','document','01a201ee-9350-7dd6-9452-117bf9aaf514','code','extracted','coded',NULL);
INSERT INTO audit VALUES(16,1795328742246776,'sohoad','machine','delivery','01a201ee-9366-72eb-82f5-3f6e8f046f91','create',NULL,'queued','warehouse');
INSERT INTO audit VALUES(17,1795328742246789,'sohoad','machine','document','01a201ee-9350-7dd6-9452-117bf9aaf514','queue','coded','queued',NULL);
INSERT INTO audit VALUES(18,1795328742247830,'uid:1000','clerk','page','01a201ee-9367-7d57-8d13-6cb94a0cbe61','capture',NULL,'captured',NULL);
INSERT INTO audit VALUES(19,1795328742249060,'uid:1000','clerk','page','01a201ee-9368-7557-b9ec-0fd8b8f61f64','capture',NULL,'captured',NULL);
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
