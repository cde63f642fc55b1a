/*
 * A stand-in for sohoad: the same HTTP API over a made-up station in memory, for working on the page and
 * for tests of the page and the command line that want a station to misbehave on cue.
 *   node fake-sohoad.mjs [--port N] [--socket PATH] [--web FOLDER] [--thumbs FOLDER] [--page-ms N]
 * Prints one line {"url", "socket"} when it listens. Behaviour on cue: POST /fake {"faults": {…}}, or
 * {"change": {…}}: sets keys of the last document as somebody else would; {"event": [name, data]}: is told to
 * every page; {"me": {…}}: who the pages are; {"lease": {…}}: who has the scanner; {"areas": {…}}: how large a page it takes;
 * {"reset": true}: a station nobody has used.
 */
import {createHash, randomUUID} from 'node:crypto';
import {readFileSync, readdirSync, rmSync} from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {importRoutes} from './fake-imports.mjs';
import {pageRoutes} from './fake-pages.mjs';
import {secretRoutes} from './fake-secret.mjs';
import {reconcileRoutes} from './fake-reconcile.mjs';
import {syncRoutes} from './fake-sync.mjs';
import {registerRoutes} from './fake-register.mjs';
import {wantedRoutes} from './fake-wanted.mjs';
import {withdrawRoutes} from './fake-withdraw.mjs';

const {values: options} = parseArgs({options: {
  port: {type: 'string', default: '0'}, socket: {type: 'string'}, web: {type: 'string'},
  thumbs: {type: 'string'}, 'page-ms': {type: 'string', default: '300'},
}});
const PAGE_MS = Number(options['page-ms']);
const PASSWORD = 'mật khẩu thử';
const TYPES = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.jpg': 'image/jpeg'};
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors 'none'";

const dossiers = new Map();
const documents = new Map();
const pages = new Map();
const deliveries = new Map();
const jobs = new Map();
const listeners = new Set();
const LOCKED = {unlocked: false, configured: true, signer: null};
const device = {name: 'sohoasim:1', identity: 'sohoasim/1', vendor: 'Sohoa', model: 'Máy quét mô phỏng', type: 'simulator',
  label: null, profile: null, present: true};
const absent = {name: 'sohoasim/2', identity: 'sohoasim/2', label: 'Quầy 2', profile: null, present: false};
const PROFILES = [{name: 'Hồ sơ đất đai', settings: {source: 'flatbed', paper: 'a3'}, locked: true}];
const PREVIEW = {width: 40, channels: 3, rows_expected: 57};
const ME = {id: 'uid:1000/web-0a', role: 'clerk'};
const AREAS = {flatbed: [216, 297], adf: [216, 356], duplex: [216, 356]};
let me = ME;
let lease = null;
let signer = LOCKED;
let areas = AREAS;
let faults = {};
let started = 1795319730000000;
const now = () => (started += 1000000);

class Refusal extends Error {
  constructor(status, code, message, detail) {
    super(message);
    Object.assign(this, {status, code, detail});
  }
}

const refuse = (status, code, message, detail) => {
  throw new Refusal(status, code, message, detail);
};

const pick = (map, id) => map.get(id) ??
  refuse(404, 'NOT_FOUND', 'Không tìm thấy mục này. Có thể đã được chuyển đi; tải lại trang để xem danh sách mới.');

function emit(name, data) {
  for (const response of listeners)
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

function move(kind, row, state) {
  row.state = state;
  row.state_us = now();
  emit('changed', {kind, id: row.id, state, dossier_id: row.dossier_id ?? row.id});
}

const pagesOf = (document) => [...pages.values()].filter((page) => page.document_id === document.id);
const documentsOf = (dossier) => [...documents.values()].filter((document) => document.dossier_id === dossier.id);
const counted = (document) => pagesOf(document).filter(({state}) => state !== 'rejected' && state !== 'failed');
const revisionOf = (document) => createHash('sha256').update(JSON.stringify([document.type, document.fields,
  counted(document).map(({id, position}) => [id, position])])).digest('hex').slice(0, 16);
const showDocument = (document) => ({...document, pages: counted(document).length, revision: revisionOf(document)});
const showDossier = (dossier) => ({...dossier, documents: documentsOf(dossier).length, counts: countsOf(dossier),
  pages: [...pages.values()].filter((page) => page.dossier_id === dossier.id).length});

function countsOf(dossier) {
  const images = documentsOf(dossier).flatMap(counted);
  const sides = new Set(images.map((page) => page.part_of ?? page.id));
  const blank = images.filter((page) => page.blank).length;
  return {sheets: [...sides].filter((id) => pages.get(id).side === 'front').length, sides: sides.size,
    written: sides.size - blank, blank, images: images.length,
    separators: [...pages.values()].filter((page) => page.dossier_id === dossier.id && page.separator).length};
}

function newDossier({code = null, papers = null, kind = 'counter'}) {
  if (code && !/^[\w.-]+$/.test(code))
    refuse(422, 'DOSSIER_CODE_BAD', 'Mã hồ sơ không đúng dạng. Kiểm tra lại giấy tiếp nhận.');
  const dossier = {id: randomUUID(), code, papers, kind, created_us: now(), closed_us: null, by: 'uid:0'};
  dossiers.set(dossier.id, dossier);
  return dossier;
}

function newDocument(dossier) {
  const document = {id: randomUUID(), dossier_id: dossier.id, ordinal: documentsOf(dossier).length + 1,
    state: 'open', held: null, version: 1, replaces: null, type: null, type_score: null, kind: null,
    fields: {}, confirmed: null, confirmed_by: null, scan_finished: false, result_code: null, signed: null,
    signatures: [], created_us: now()};
  documents.set(document.id, document);
  return document;
}

const PROPOSALS = [
  ['birth-certificate', {
    number_symbol: ['243/2022', 0.93, [140, 28, 30, 6], false],
    issue_date: ['2022-01-15', 0.55, [120, 230, 60, 6], true],
    issuer: ['Ủy ban nhân dân xã Hoàng Đồng', 0.9, [20, 20, 70, 6], false],
    owner_name: ['Đỗ Mạnh Hùng', 0.88, [50, 80, 60, 6], false],
    owner_id: [null, 0, null, true],
    signer: ['Phạm Thị Anh', 0.4, [130, 260, 45, 6], true]}],
  ['decision', {
    number_symbol: ['12/QĐ-UBND', 0.41, [30.1, 34, 41.2, 5.1], true, 'Sô: 12/QD-UBND'],
    issue_date: ['2026-03-05', 0.95, [110, 34, 70, 5], false],
    issuer: ['Ủy ban nhân dân tỉnh Lạng Sơn', 0.9, [20, 20, 70, 6], false],
    abstract: ['Về việc cho phép chuyển mục đích sử dụng đất đối với hộ gia đình, cá nhân', 0.9, [50, 55, 110, 12], false],
    signer: ['Hà Công Cường', 0.9, [130, 260, 45, 6], false],
    valid_until: [null, 0, null, true], no_expiry: [null, 0, null, true]}],
];

function understand(document) {
  const [type, fields] = PROPOSALS[(document.ordinal - 1) % PROPOSALS.length];
  document.type = type;
  document.type_score = 0.9;
  document.fields = Object.fromEntries(Object.entries(fields).map(([name, [value, confidence, box, needs, raw]]) =>
    [name, value === null ? {value: null, needs_person: true}
      : {value, raw: raw ?? value, confidence, page: 1, box_mm: box, source: 'zone', needs_person: needs}]));
  move('document', document, 'read');
}

function recognize(page) {
  setTimeout(() => {
    if (page.state !== 'captured' || !pages.has(page.id))
      return undefined;
    if (faults.separator) {
      Object.assign(page, {separator: faults.separator, info: {width_px: 2480, height_px: 3508, dpi: 300, rotation_deg: 0, skew_deg: 0,
        quality: {verdict: 'good', reasons: []}}});
      return move('page', page, 'rejected');
    }
    if (faults.page === 'held')
      page.held = {reason: 'WORKER_DIED', from: 'captured', ref: 'PH3C51D7'};
    if (faults.page && faults.page !== 'unread')
      return move('page', page, faults.page);
    const quality = faults.page ? {verdict: 'poor', reasons: ['not-recognized']} : {verdict: 'good', reasons: []};
    Object.assign(page, {words: 200, mean_confidence: 0.9, info: {rotation_deg: page.turned_deg ?? 0, quality,
      width_px: 2480, height_px: 3508, dpi: 300}});
    if (faults.cut)
      showCut(page, !page.cut_off);
    move('page', page, 'recognized');
    const document = documents.get(page.document_id);
    readWhenReady(document);
    return undefined;
  }, PAGE_MS);
}

function readWhenReady(document) {
  const all = counted(document);
  if (document.scan_finished && document.state === 'open' && all.length && all.every(({state}) => state === 'recognized'))
    understand(document);
}

function finish(document) {
  document.scan_finished = true;
  readWhenReady(document);
  if (document.state === 'open')
    emit('changed', {kind: 'document', id: document.id, state: document.state, dossier_id: document.dossier_id});
}

function scan(dossier, body) {
  if (faults.scan)
    refuse(409, faults.scan, 'Máy quét đang bận.');
  const isLetIn = atGate(dossier, body);
  const document = body.document_id ? pick(documents, body.document_id) : newDocument(dossier);
  isLetIn(document);
  if (document.state !== 'open' || document.scan_finished)
    refuse(409, 'STATE_CHANGED', 'Thao tác này không hợp với trạng thái hiện tại nên chưa được ghi.');
  const job = {id: randomUUID(), device: device.identity, dossier_id: dossier.id, document_id: document.id, state: 'running',
    pages: 0, sheets: 0, lost_sheet: 0, can_continue: false, waits: null, error: null};
  jobs.set(job.id, job);
  Object.defineProperty(job, 'body', {value: body, configurable: true});
  if (faults.busy)
    waitFor(job, 'device', faults.busy);
  else
    run(job);
  return job;
}

function run(job) {
  clearInterval(job.timer);
  const {body} = job;
  const [dossier, document] = [dossiers.get(job.dossier_id), documents.get(job.document_id)];
  const sides = faults.endless ? 1000 : body.source === 'duplex' ? 4 : body.source === 'flatbed' ? 1 : 2;
  let line = 0;
  Object.assign(job, {state: 'running', waits: null, error: null, can_continue: false, lost_sheet: 0});
  emit('job', showJob(job));
  job.timer = setInterval(() => {
    if (faults.hold)
      return;
    line++;
    job.rows = Math.round(PREVIEW.rows_expected * line / 5);
    emit('progress', {job: job.id, page: job.pages + 1, lines: line * 700, lines_expected: 3500, preview: {...PREVIEW, rows: job.rows}});
    if (line < 5)
      return;
    line = 0;
    if (faults.empty)
      return emptyFeeder(job, document);
    if (faults.held)
      return failJob(job, 'DEVICE_BUSY', 'Máy quét đang bận vì chương trình khác.', 0, 'sane_open: held by scanbd (812)');
    if (faults.jam && job.pages === 1)
      return failJob(job, 'FEEDER_JAM', 'Kẹt giấy. Mở nắp khay, rút giấy ra rồi bấm Quét tiếp.', 2);
    addPage(dossier, document, job, body.source);
    if (body.hands_free)
      return waitForLeaf(job);
    if (job.pages < sides)
      return;
    if (body.sheets > job.pages)
      return failJob(job, 'SHEETS_MISSING', 'Khay đã hết giấy nhưng số tờ quét được ít hơn số tờ đã báo.');
    return endWhole(job);
  }, PAGE_MS / 5);
}

/* A hands-free run: its first page is confirmed before time counts. */
function waitForLeaf(job) {
  const isAsked = job.body.confirm_first && !job.body.isConfirmed;
  waitFor(job, isAsked ? 'confirm' : 'next', isAsked ? 0 : job.body.interval_s ?? 0);
}

function waitFor(job, what, seconds) {
  clearInterval(job.timer);
  job.waits = {for: what, until_us: seconds && (Date.now() + seconds * 1000) * 1000};
  emit('job', showJob(job));
  if (seconds)
    job.timer = setTimeout(() => run(job), seconds * 1000);
}

function emptyFeeder(job, document) {
  failJob(job, 'FEEDER_EMPTY', 'Khay giấy đã hết. Nếu còn giấy chưa quét, đặt vào khay rồi bấm Quét tiếp.');
  move('document', document, 'rejected');
}

function failJob(job, code, message, lostSheet = 0, detail = '') {
  Object.assign(job, {lost_sheet: lostSheet, can_continue: true});
  endJob(job, 'failed', {code, ref: 'KT9A2C41', message, ...(detail && {detail})});
}

function endWhole(job) {
  if (job.body.finish !== false)
    finish(documents.get(job.document_id));
  endJob(job, 'done', null);
}

function addPage(dossier, document, job, source) {
  const position = counted(document).length + 1;
  const page = {id: randomUUID(), dossier_id: dossier.id, document_id: document.id, position, state: 'captured',
    held: null, side: source === 'duplex' && position % 2 === 0 ? 'back' : 'front',
    sheet: source === 'duplex' ? Math.ceil(position / 2) : position, blank: source === 'duplex' && position === 4,
    width_mm: 210, height_mm: 297, dpi: job.body.resolution_dpi ?? 300, info: null, words: null, equal_to_previous: false,
    captured_us: now(), job: job.id, turned_deg: null, replaces: null, part_of: null, part_kind: null,
    separator: null, starts_document: faults.missing ? {value: false, confidence: 0.9, number: faults.number, missing: faults.missing}
      : faults.dossier_code ? {value: true, confidence: 0.95, dossier_code: faults.dossier_code} : null,
    questions: faults.question ? [{code: faults.question, answer: null, by: null}] : [],
    cut_mm: null, cut_off: false, card_mm: faults.card && !job.body.part_of ? [12, 15, 85.6, 54] : null};
  pages.set(page.id, page);
  settle(page, job.body);
  job.pages++;
  job.sheets = page.sheet;
  move('page', page, 'captured');
  if (job.id)
    emit('job', showJob(job));
  recognize(page);
}

const showJob = ({timer, rows, ...job}) => job;

function endJob(job, state, error) {
  clearInterval(job.timer);
  Object.assign(job, {state, error, waits: null});
  emit('job', showJob(job));
}

function confirm(document, body) {
  if (typeof body.revision !== 'string')
    refuse(400, 'BAD_JSON', 'Dữ liệu gửi lên không đúng dạng.', 'revision: missing');
  if (faults.change)
    document.type = faults.change;
  if (document.state !== 'read' || body.revision !== revisionOf(document))
    refuse(409, 'STATE_CHANGED', 'Giấy tờ đã thay đổi so với lúc bạn xem.');
  if (!body.compared)
    refuse(422, 'NOT_COMPARED', 'Chưa xác nhận đã đối chiếu với bản giấy.');
  for (const name of Object.keys(document.fields))
    if (document.fields[name].needs_person && !(name in body.fields))
      refuse(422, 'FIELD_MISSING', 'Còn mục chưa trả lời.', `field '${name}' wants an answer`);
  for (const [name, value] of Object.entries(body.fields))
    if (name.endsWith('_date') && value && Number.isNaN(Date.parse(value)))
      refuse(422, 'FIELD_INVALID', 'Giá trị nhập chưa đúng dạng. Sửa lại mục được tô đỏ.', `field '${name}' is not a date that exists`);
  document.confirmed = body.fields;
  document.type = body.type ?? document.type;
  move('document', document, 'copied');
  setTimeout(() => seal(document), PAGE_MS);
}

function seal(document) {
  if (!signer.unlocked || !documents.has(document.id))
    return;
  document.signed = {sha256: '0'.repeat(64), size: 12, path: '/nowhere.pdf'};
  document.result_code = `H00.${document.ordinal}`;
  move('document', document, 'queued');
  const delivery = {id: randomUUID(), document_id: document.id, dossier_id: document.dossier_id, target: 'warehouse',
    state: 'queued', held: null, attempts: 0, not_before_us: 0, remote_name: null, state_us: now(), created_us: now(), type: document.type,
    dossier_code: dossiers.get(document.dossier_id).code};
  deliveries.set(delivery.id, delivery);
  setTimeout(() => deliver(delivery), PAGE_MS);
}

function deliver(delivery) {
  if (faults.deliver) {
    delivery.held = {reason: faults.deliver, from: 'sending', ref: 'GH71B0E2'};
    delivery.said = faults.said ?? null;
    return move('delivery', delivery, 'held');
  }
  delivery.held = null;
  delivery.remote_name = `HS/${delivery.id.slice(0, 8)}.001`;
  return move('delivery', delivery, 'accepted');
}

function thumb(page) {
  const folder = options.thumbs;
  if (folder) {
    const names = readdirSync(folder).filter((name) => name.endsWith('.jpg')).sort();
    return {type: 'image/jpeg', bytes: readFileSync(path.join(folder, names[(page.position - 1) % names.length]))};
  }
  const lines = Array.from({length: 30}, (_, i) => `<rect x="20" y="${20 + i * 8.5}" width="${120 + (i * 37) % 50}" height="4"/>`);
  return {type: 'image/svg+xml', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="637" height="900" viewBox="0 0 210 297">' +
    `<rect width="210" height="297" fill="#fff"/><g fill="#444">${lines.join('')}</g><text x="180" y="15" font-size="9">${page.position}</text></svg>`)};
}

const status = () => ({version: 'fake', pid: process.pid, signer, scanning: false, scanners: [{key: device.identity, lease}], store: {pages: {}, documents: {},
  deliveries: {accepted: deliveries.size}, oldest: {send: null}, free_bytes: 1e10, size_bytes: 1e6}, ...sync.shown()});

const context = {pages, documents, dossiers, pick, refuse, move, emit, now, newDocument, newDossier, addPage, finish, recognize, readWhenReady,
  pageMs: PAGE_MS, faults: () => faults};
const {routes: onPages, settle, showCut} = pageRoutes(context);
const {routes: onImports, forget: forgetImports} = importRoutes(context);
const {routes: onRegister, forget: forgetRegister} = registerRoutes(context);
const {routes: onSecret, mark} = secretRoutes(context);
const {routes: onWanted, atGate} = wantedRoutes({...context, documentsOf, now});
const {routes: onWithdraw, tell: tellWithdrawn} = withdrawRoutes({...context, deliveries});
const sync = syncRoutes({...context, deliveries});
const reconcile = reconcileRoutes({...context, others: onWanted});

function reset() {
  for (const {timer} of jobs.values())
    clearInterval(timer);
  [dossiers, documents, pages, deliveries, jobs].forEach((map) => map.clear());
  forgetImports();
  forgetRegister();
  sync.forget();
  reconcile.forget();
  Object.assign(device, {label: null, profile: null});
  [me, lease, signer, areas, faults] = [ME, null, LOCKED, AREAS, {}];
}

/* [method, pattern, handler(id, body, query, all names)] */
const routes = [
  ...onPages, ...onImports, ...onRegister, ...onSecret, ...reconcile.routes, ...onWanted, ...onWithdraw, ...sync.routes,
  ['GET', '/v1/status', status],
  ['GET', '/v1/devices', () => {
    if (faults.devices)
      refuse(404, faults.devices, 'Không tìm thấy máy quét. Kiểm tra nguồn điện và dây cáp máy quét rồi bấm Tìm lại.');
    return {devices: faults.second ? [device, absent] : [device]};
  }],
  ['PATCH', '/v1/devices/:id', (_, body) => {
    if (body.label === absent.label)
      refuse(409, 'LABEL_TAKEN', 'Tên này đã đặt cho máy quét khác. Chọn một tên khác.');
    Object.assign(device, body);
    return {devices: [], profiles: PROFILES};
  }],
  ['POST', '/v1/devices/:id/reset', () => ({how: 'reopen'})],
  ['POST', '/v1/devices/:id/lease', (_, body) => {
    const isOthers = lease && lease.owner !== me.id;
    const isIdle = body.take && lease?.idle_since_us;
    if (isOthers && !isIdle && !('to' in body && me.role === 'it'))
      refuse(409, 'DEVICE_LEASED', 'Máy quét đang do cán bộ khác sử dụng.', `${lease.owner} has the scanner for 480 s more`);
    lease = body.to === '' ? null : {owner: body.to ?? me.id, since_us: now(), until_us: (Date.now() + 600000) * 1000, asked: body};
    return {lease};
  }],
  ['GET', '/v1/profiles', () => ({profiles: PROFILES})],
  ['GET', '/v1/devices/:id', () => ({options: [{name: 'resolution', value: 300, unit: 'dpi', title: 'Resolution'}], sources: ['flatbed', 'adf', 'duplex'],
    buttons: [], max_area_mm: areas})],
  ['POST', '/v1/devices/:id/test', () => ({ok: true})],
  ['GET', '/v1/dossiers', (_, __, query) => {
    const wanted = query.get('code');
    if (wanted?.includes(' '))
      refuse(422, 'DOSSIER_CODE_BAD', 'Mã hồ sơ không đúng dạng.');
    const all = [...dossiers.values()].filter(({code}) => !wanted || code === wanted).reverse();
    const after = query.get('before') ? all.findIndex(({id}) => id === query.get('before')) + 1 : 0;
    return {dossiers: all.slice(after, after + Number(query.get('limit') ?? 50)).map(showDossier)};
  }],
  ['POST', '/v1/dossiers', (_, body) => ({dossier: showDossier(newDossier(body))})],
  ['GET', '/v1/dossiers/:id', (id) => {
    const dossier = pick(dossiers, id);
    return {dossier: showDossier(dossier), documents: documentsOf(dossier).map(showDocument),
      pages: [...pages.values()].filter((page) => page.dossier_id === id)};
  }],
  ['PATCH', '/v1/dossiers/:id', (id, body) => {
    if (body.owner_id && !/^(\d{9,10}|\d{12,13})$/.test(body.owner_id))
      refuse(422, 'FIELD_INVALID', 'Có mục chưa đúng dạng. Sửa mục được đánh dấu.', "field 'owner_id' is not a number that can exist");
    if (body.owner_old_id && !/^\d{9}$/.test(body.owner_old_id))
      refuse(422, 'FIELD_INVALID', 'Có mục chưa đúng dạng. Sửa mục được đánh dấu.', "field 'owner_old_id' is not a number of nine digits");
    const said = body.owner_old_id ? {...body, owner_old_id_read: null} : body;
    return {dossier: showDossier(Object.assign(pick(dossiers, id), said))};
  }],
  ['POST', '/v1/dossiers/:id/close', (id) => {
    const dossier = pick(dossiers, id);
    const count = documentsOf(dossier).length;
    if (dossier.papers && dossier.papers !== count)
      refuse(409, 'COUNT_MISMATCH', 'Số giấy tờ đã khai khác số đã quét. Quét đủ hoặc sửa số giấy tờ.', `papers ${dossier.papers}, documents ${count}`);
    dossier.closed_us = now();
    emit('changed', {kind: 'dossier', id, state: 'closed', dossier_id: id});
    return {dossier: showDossier(dossier)};
  }],
  ['POST', '/v1/dossiers/:id/scan', (id, body) => ({job: showJob(scan(pick(dossiers, id), body))})],
  ['GET', '/v1/jobs/:id', (id) => ({job: showJob(pick(jobs, id))})],
  ['DELETE', '/v1/jobs/:id', (id) => {
    const job = pick(jobs, id);
    endJob(job, 'cancelled', null);
    return {job: showJob(job)};
  }],
  ['POST', '/v1/jobs/:id/continue', (id) => {
    const job = pick(jobs, id);
    delete job.body.sheets;
    run(job);
    return {job: showJob(job)};
  }],
  ['POST', '/v1/jobs/:id/confirm', (id) => {
    const job = pick(jobs, id);
    Object.defineProperty(job, 'body', {value: {...job.body, isConfirmed: true}, configurable: true});
    waitForLeaf(job);
    return {job: showJob(job)};
  }],
  ['POST', '/v1/jobs/:id/next', (id) => {
    run(pick(jobs, id));
    return {job: showJob(jobs.get(id))};
  }],
  ['POST', '/v1/jobs/:id/finish', (id) => {
    endWhole(pick(jobs, id));
    return {job: showJob(jobs.get(id))};
  }],
  ['GET', '/v1/jobs/:id/preview', (id, _, query) => {
    const from = Number(query.get('from') ?? 0);
    const {rows = 0} = pick(jobs, id);
    return {type: 'application/octet-stream', bytes: Buffer.alloc(Math.max(0, rows - from) * 120, 90),
      headers: {'Sohoa-Preview': JSON.stringify({...PREVIEW, from, rows})}};
  }],
  ['GET', '/v1/documents/:id', (id) => {
    const document = pick(documents, id);
    return {document: showDocument(document), pages: pagesOf(document), audit: [],
      deliveries: [...deliveries.values()].filter((delivery) => delivery.document_id === id)};
  }],
  ['POST', '/v1/documents/:id/finish', (id) => {
    finish(pick(documents, id));
    return {document: showDocument(documents.get(id))};
  }],
  ['POST', '/v1/documents/:id/reopen', (id) => {
    const document = pick(documents, id);
    document.scan_finished = false;
    move('document', document, 'open');
    return {document: showDocument(document)};
  }],
  ['POST', '/v1/documents/:id/confirm', (id, body) => {
    confirm(pick(documents, id), body);
    return {document: showDocument(documents.get(id))};
  }],
  ['POST', '/v1/queue/:id/release', (id) => {
    if (deliveries.has(id)) {
      move('delivery', Object.assign(deliveries.get(id), {held: null}), 'queued');
      return {};
    }
    const page = pick(pages, id);
    page.held = null;
    move('page', page, 'captured');
    recognize(page);
    return {};
  }],
  ['POST', '/v1/documents/:id/reject', (id) => {
    move('document', pick(documents, id), 'rejected');
    return {document: showDocument(documents.get(id))};
  }],
  ['GET', '/v1/documents/:id/file', () => ({type: 'application/pdf', bytes: Buffer.from('%PDF-1.7 fake')})],
  ['GET', '/v1/pages/:id/thumb', (id) => thumb(pick(pages, id))],
  ['GET', '/v1/signer', () => signer],
  ['POST', '/v1/signer/unlock', (_, {password}) => {
    if (password !== PASSWORD)
      refuse(403, 'WRONG_PASSWORD', 'Mật khẩu khóa ký không đúng. Nhập lại.');
    signer = {...LOCKED, unlocked: true, signer: {name: 'Nguyễn Thị Thử', serial: '01', software_key: true}};
    for (const document of documents.values())
      if (document.state === 'copied')
        seal(document);
    return signer;
  }],
  ['POST', '/v1/signer/lock', () => (signer = LOCKED)],
  ['GET', '/v1/queue', () => ({deliveries: [...deliveries.values()].reverse()})],
  ['POST', '/v1/queue/:id/retry', (id) => {
    const delivery = pick(deliveries, id);
    move('delivery', delivery, 'queued');
    setTimeout(() => deliver(delivery), PAGE_MS);
    return {};
  }],
  ['POST', '/v1/sync', () => ({})],
  ['POST', '/v1/open', () => ({url: 'http://127.0.0.1:1/open/0'})],
  ['POST', '/fake', (_, body) => {
    if (body.reset)
      reset();
    faults = body.faults ?? {};
    me = body.me ?? me;
    lease = body.lease ?? lease;
    areas = body.areas ?? areas;
    if (body.mark)
      mark(body.mark.level, body.mark.isFile);
    if (body.event)
      emit(...body.event);
    if (body.change) {
      const document = [...documents.values()].at(-1);
      Object.assign(document, body.change);
      move('document', document, document.state);
    }
    if (body.sync)
      sync.tell(body.sync);
    if (body.tasks)
      reconcile.tell(body.tasks);
    if (body.withdrawn)
      tellWithdrawn();
    if (body.dossier) {
      const dossier = Object.assign([...dossiers.values()].at(-1), body.dossier);
      emit('changed', {kind: 'dossier', id: dossier.id, state: 'open', dossier_id: dossier.id});
    }
    if (body.cut)
      listeners.forEach((response) => response.destroy());
    return {lease, asked: sync.asked, closedTasks: reconcile.closed, ended: [...jobs.values()].filter(({state}) => state !== 'running').length};
  }],
].map(([method, pattern, handle]) =>
  ({method, pattern: new RegExp(`^${pattern.replaceAll(/:\w+/g, '([^/]+)')}$`), handle}));

async function readBody(request) {
  const pieces = [];
  for await (const piece of request)
    pieces.push(piece);
  const body = Buffer.concat(pieces);
  if (request.headers['content-type'] === 'application/octet-stream')
    return {bytes: body.length};
  return body.length ? JSON.parse(body) : {};
}

function send(response, statusCode, type, bytes, headers) {
  response.writeHead(statusCode, {...headers, 'Content-Type': type, 'Content-Length': bytes.length,
    'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store'});
  response.end(bytes);
}

function sendFile(response, name) {
  try {
    const file = path.join(options.web, name === '/' ? 'index.html' : name);
    send(response, 200, TYPES[path.extname(file)] ?? 'text/plain', readFileSync(file));
  } catch {
    send(response, 404, 'text/plain', Buffer.from('404'));
  }
}

async function answer(request, response) {
  const {pathname, searchParams} = new URL(request.url, 'http://x');
  if (pathname === '/v1/events') {
    response.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store'});
    response.write(`event: hello\ndata: ${JSON.stringify({missed: false, principal: me})}\n\n`);
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    return;
  }
  const route = routes.find(({method, pattern}) => method === request.method && pattern.test(pathname));
  if (!route) {
    sendFile(response, pathname);
    return;
  }
  try {
    const names = route.pattern.exec(pathname).slice(1).map(decodeURIComponent);
    const reply = await route.handle(names[0], await readBody(request), searchParams, names);
    if (reply.bytes)
      send(response, 200, reply.type, reply.bytes, reply.headers);
    else
      send(response, 200, 'application/json', Buffer.from(JSON.stringify(reply)));
  } catch (error) {
    const {status: statusCode = 500, code = 'INTERNAL', message, detail} = error;
    send(response, statusCode, 'application/json', Buffer.from(JSON.stringify({code, ref: 'AB12CD34', message, detail})));
  }
}

const listen = (where) => new Promise((resolve) => {
  const server = http.createServer(answer);
  server.listen(where, () => resolve(server));
});

const server = await listen({port: Number(options.port), host: '127.0.0.1'});
if (options.socket) {
  rmSync(options.socket, {force: true});
  await listen({path: options.socket});
}
console.log(JSON.stringify({url: `http://127.0.0.1:${server.address().port}/`, socket: options.socket ?? null}));
