// A receiving system of dossiers (DongBoHoSoMC, regulations 11.1 to 11.3): session login, files by tus, upsert.
//   node dossiers.mjs FOLDER     RECEIVER_PORT: 0 takes any
// Orders beside those of common.mjs: {"refuse": text or null}, {"forget": true} (sessions), {"expire": true} (unfinished
// uploads), {"tamper": record id}, {"deaf": true} (says yes and does nothing), {"hold": [entries of DanhSachGiayToKetQua]}.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {FileStore} from '@tus/file-store';
import {Server} from '@tus/server';
import {answer, readJson, ready, serve} from './common.mjs';
import {judgeDossier} from './judge.mjs';

const folder = process.argv[2];
const sessions = new Set();
const dossiers = new Map();
const codes = new Map();
const seen = {logins: 0, creations: 0, patches: 0, syncs: 0, updates: 0, asked: 0, fields: []};
let refusal = null;
let held = [];
let deaf = false;

const tus = new Server({
  path: '/files',
  datastore: new FileStore({directory: folder}),
  respectForwardedHeaders: true,
  onUploadCreate: async (request, response) => {
    seen.creations++;
    return response;
  },
});

const idOf = (url) => url.split('?')[0].split('/').pop();
function fileIsThere(url) {
  const id = idOf(url);
  if (!/^[0-9a-f]+$/.test(id) || !fs.existsSync(path.join(folder, id))) return false;
  const about = JSON.parse(fs.readFileSync(path.join(folder, `${id}.json`)));
  return fs.statSync(path.join(folder, id)).size === about.size;
}
const sha256 = (url) => crypto.createHash('sha256').update(fs.readFileSync(path.join(folder, idOf(url)))).digest('hex');

function merge(list = [], changes = [], key) {
  for (const change of changes) {
    const known = list.find((entry) => entry[key] === change[key]);
    if (known) Object.assign(known, change);
    else list.push({...change});
  }
  return list;
}

function sync(body) {
  const [value] = body.data ?? [];
  const updating = body.isUpdating === 'true';
  seen.syncs++;
  if (!value?.MaHoSo) return {error_code: '1', message: 'Thiếu trường MaHoSo'};
  if (refusal) return {error_code: '5', message: refusal};
  const known = dossiers.get(value.MaHoSo);
  const fault = judgeDossier(value, updating, fileIsThere);
  if (fault) return {error_code: '3', message: fault};
  if (known && !updating) return {error_code: '2', message: `Hồ sơ ${value.MaHoSo} đã tồn tại trên hệ thống`};
  if (!known && updating && !value.MaTTHC) return {error_code: '4', message: 'Không tìm thấy hồ sơ'};
  if (updating) seen.updates++;
  if (deaf) return {error_code: '0', message: 'Thành công'};
  const dossier = known ?? {};
  const papers = merge(dossier.TaiLieuNop, value.TaiLieuNop, 'TepDinhKemId');
  const results = merge(dossier.DanhSachGiayToKetQua, value.DanhSachGiayToKetQua, 'GiayToId');
  dossiers.set(value.MaHoSo, {...dossier, ...value, TaiLieuNop: papers, DanhSachGiayToKetQua: results});
  return {error_code: '0', message: 'Thành công'};
}

function lookUp(body) {
  if (!body.SoDinhDanhChuSoHuu) return {errorCode: '12', message: 'Thiếu số định danh chủ sở hữu'};
  const wanted = (body.DanhSachDanhMucKetQua ?? []).map((one) => one.MaKetQua);
  const found = held.filter((one) => one.SoDinhDanhChuSoHuu === body.SoDinhDanhChuSoHuu &&
    (!wanted.length || wanted.includes(one.MaKetQua)));
  return {errorCode: '0', message: '', signature: '', result: {DanhSachGiayToKetQua: found}};
}

function reserve(body) {
  if (!codes.has(body.MaYeuCau)) codes.set(body.MaYeuCau, `${body.MaChuGiayTo ?? ''}.KQ.G15.000031.${codes.size + 1}`);
  return {error_code: '0', MaGiayToKetQua: codes.get(body.MaYeuCau)};
}

const services = {
  '/DongBoHoSoMC': sync,
  '/TraCuuKetQua': lookUp,
  '/CapMaKetQua': reserve,
  '/TraCuuHoSo': (body) => {
    seen.asked++;
    const dossier = dossiers.get(body.MaHoSo);
    return dossier ? {error_code: '0', data: [dossier]} : {error_code: '404', message: 'Không tìm thấy hồ sơ'};
  },
};

async function login(request, response) {
  const body = await readJson(request);
  seen.logins++;
  if (body.username !== 'tram-1' || body.password !== 'mật khẩu') {
    answer(response, 200, {error_code: '403', message: 'Sai tên đăng nhập hoặc mật khẩu'});
    return;
  }
  const session = crypto.randomBytes(16).toString('hex');
  sessions.add(session);
  answer(response, 200, {error_code: '0', session});
}

async function handle(request, response) {
  if (request.url === '/login') return login(request, response);
  if (request.url.startsWith('/files')) {
    if (!sessions.has(request.headers.session)) return answer(response, 401, {message: 'Hết phiên làm việc'});
    if (request.method === 'PATCH') seen.patches++;
    return tus.handle(request, response);
  }
  seen.fields.push({madonvi: request.headers.madonvi, dstcode: request.headers.dstcode});
  const body = await readJson(request);
  const known = sessions.has(body.session ?? request.headers.session);
  if (!known) return answer(response, 200, {error_code: '9', message: 'Hết phiên làm việc, hãy đăng nhập lại'});
  if (request.url === '/TaiTepKetQua') {
    response.writeHead(200, {'Content-Type': 'application/pdf'});
    return response.end(`%PDF-1.7 ${body.CoQuanChuQuan} ${body.DuongDan}`);
  }
  const service = services[request.url];
  return service ? answer(response, 200, service(body)) : answer(response, 404, {error_code: '404'});
}

function expire() {
  for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
  return {};
}

function tamper(recordId) {
  for (const dossier of dossiers.values())
    for (const one of [...dossier.TaiLieuNop, ...dossier.DanhSachGiayToKetQua]) {
      if (one.TepDinhKemId !== recordId && one.GiayToId !== recordId) continue;
      const file = path.join(folder, idOf(one.DuongDanTaiTepTin ?? one.DuongDanTepTinKetQua));
      const bytes = fs.readFileSync(file);
      bytes[0] ^= 1;
      fs.writeFileSync(file, bytes);
    }
  return {};
}

function report() {
  const list = [...dossiers.values()].map((dossier) => ({
    ...dossier,
    files: [...dossier.TaiLieuNop, ...dossier.DanhSachGiayToKetQua]
      .map((one) => one.DuongDanTaiTepTin ?? one.DuongDanTepTinKetQua).filter(Boolean).map(sha256),
  }));
  return {...seen, dossiers: list};
}

ready(await serve({
  handle,
  report,
  orders: {
    refuse: (text) => ((refusal = text), {}),
    forget: () => (sessions.clear(), {}),
    deaf: (value) => ((deaf = value), {}),
    hold: (entries) => ((held = entries), {}),
    expire,
    tamper,
  },
}));
