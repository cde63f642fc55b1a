// A receiving system of results (regulations 11.4): OAuth 2.0 client credentials from a real OpenID provider, files as
// forms, one record for each result.
//   node results.mjs      RECEIVER_PORT: 0 takes any
// Orders beside those of common.mjs: {"forget": true} (tokens), {"tamper": record id}, {"refuse": text or null}.
import crypto from 'node:crypto';
import Provider from 'oidc-provider';
import {answer, readBody, readJson, ready, serve} from './common.mjs';

const files = new Map();
const results = new Map();
const seen = {tokens: 0, uploads: 0, posts: 0, asked: 0, withdrawn: []};
let valid = new Set();
let refusal = null;

const provider = new Provider('http://127.0.0.1', {
  clients: [{client_id: 'tram-1', client_secret: 'bi-mat:%+/=&', grant_types: ['client_credentials'], redirect_uris: [], response_types: []}],
  features: {clientCredentials: {enabled: true}, devInteractions: {enabled: false}},
  scopes: ['kho'],
  jwks: {keys: [crypto.generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey.export({format: 'jwk'})]},
  cookies: {keys: ['x']},
  ttl: {ClientCredentials: 600},
});
provider.on('client_credentials.saved', (token) => {
  seen.tokens++;
  valid.add(token.jti);
});
const oidc = provider.callback();

async function isKnown(request) {
  const [, text] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const token = text && (await provider.ClientCredentials.find(text));
  return Boolean(token && valid.has(token.jti));
}

// RFC 7578 as far as one file and some values need it.
function readForm(request, body) {
  const boundary = Buffer.from(`--${/boundary=(.+)$/.exec(request.headers['content-type'])[1]}`);
  const form = {};
  for (let at = body.indexOf(boundary); ;) {
    const next = body.indexOf(boundary, at + boundary.length);
    if (next < 0) return form;
    const part = body.subarray(at + boundary.length + 2, next - 2);
    const split = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, split).toString('utf8');
    const name = /name="([^"]*)"/.exec(head)[1];
    const value = part.subarray(split + 4);
    form[name] = head.includes('filename=') ? value : value.toString('utf8');
    at = next;
  }
}

async function upload(request, response) {
  const form = readForm(request, await readBody(request, 1 << 27));
  const sha256 = crypto.createHash('sha256').update(form.file).digest('hex');
  seen.uploads++;
  if (sha256 !== form.MaBam) return answer(response, 200, {errorCode: '7', message: 'Tệp tin bị hỏng khi truyền'});
  const id = crypto.randomUUID();
  files.set(id, form.file);
  return answer(response, 201, {errorCode: '0', result: {TepDinhKemId: id, TenTep: 'kq.pdf'}});
}

function store(value, response) {
  seen.posts++;
  if (refusal) return answer(response, 422, {errorCode: '5', message: refusal});
  for (const key of ['MaYeuCau', 'MaGiayToKetQua', 'TenGiayToKetQua', 'TenFileGiayToKetQuaDinhKem'])
    if (!value[key]) return answer(response, 422, {errorCode: '3', message: `Thiếu trường ${key}`});
  if (!files.has(value.TenFileGiayToKetQuaDinhKem)) return answer(response, 422, {errorCode: '3', message: 'Không có tệp tin'});
  if (value.NgayCap && !/^\d{14}$/.test(value.NgayCap)) return answer(response, 422, {errorCode: '3', message: 'NgayCap sai dạng'});
  if (results.has(value.MaYeuCau)) return answer(response, 409, {errorCode: '2', message: 'Bản ghi đã tồn tại'});
  results.set(value.MaYeuCau, value);
  return answer(response, 201, {errorCode: '0', message: ''});
}

async function handleResult(request, response, id) {
  const value = results.get(id);
  if (request.method === 'POST' && !id) return store(await readJson(request), response);
  if (request.method === 'GET') seen.asked++;
  if (!value) return answer(response, 404, {errorCode: '404', message: 'Không tìm thấy'});
  if (request.method === 'DELETE') {
    results.delete(id);
    seen.withdrawn.push({id, reason: new URL(request.url, 'http://x').searchParams.get('LyDo')});
    return answer(response, 200, {errorCode: '0'});
  }
  if (request.method === 'PATCH') Object.assign(value, await readJson(request));
  const MaBam = crypto.createHash('sha256').update(files.get(value.TenFileGiayToKetQuaDinhKem)).digest('hex').toUpperCase();
  return answer(response, 200, {errorCode: '0', result: {...value, MaBam}});
}

async function handle(request, response) {
  const {pathname} = new URL(request.url, 'http://x');
  if (pathname === '/token') return oidc(request, response);
  if (!(await isKnown(request))) return answer(response, 401, {message: 'Thẻ truy cập không hợp lệ'});
  const [, place, id] = pathname.split('/');
  if (place === 'results') return handleResult(request, response, id);
  if (place === 'files' && request.method === 'POST') return upload(request, response);
  if (place === 'files' && files.has(id)) {
    response.writeHead(200, {'Content-Type': 'application/pdf'});
    return response.end(files.get(id));
  }
  return answer(response, 404, {errorCode: '404', message: 'Không tìm thấy'});
}

function tamper(recordId) {
  const id = results.get(recordId).TenFileGiayToKetQuaDinhKem;
  files.set(id, Buffer.concat([files.get(id), Buffer.from('x')]));
  return {};
}

function report() {
  const list = [...results.values()].map((value) => ({
    ...value,
    file: crypto.createHash('sha256').update(files.get(value.TenFileGiayToKetQuaDinhKem)).digest('hex'),
  }));
  return {...seen, results: list};
}

ready(await serve({
  handle,
  report,
  orders: {
    forget: () => ((valid = new Set()), {}),
    refuse: (text) => ((refusal = text), {}),
    tamper,
  },
}));
