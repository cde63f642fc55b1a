/* The HTTP API. Every failure is an ApiError with the daemon's code, message and reference. */

export class ApiError extends Error {
  constructor(code, message, ref = '', detail = '') {
    super(message);
    this.code = code;
    this.ref = ref;
    this.detail = detail;
  }

  /* The field the daemon's detail names ("field 'issue_date' is not …"), '' when none. */
  get field() {
    return /field '(\w+)'/.exec(this.detail)?.[1] ?? '';
  }
}

const unreachable = () => new ApiError('DAEMON_UNREACHABLE',
  'Chưa kết nối được dịch vụ Sohoa trên máy này. Dữ liệu đã quét vẫn an toàn; trang sẽ tự kết nối lại.');

/* An answer that is no refusal. */
async function reach(path, options) {
  let answer;
  try {
    answer = await fetch(path, {cache: 'no-store', ...options});
  } catch {
    throw unreachable();
  }
  if (answer.ok)
    return answer;
  throw refusal(await answer.json().catch(() => null));
}

const refusal = (json) => new ApiError(json?.code ?? 'UNKNOWN',
  json?.message ?? 'Phần mềm trả lời không đọc được. Báo bộ phận kỹ thuật.', json?.ref, json?.detail);

async function call(method, path, body, more) {
  const options = {method, headers: {'X-Sohoa': '1'}, ...more};
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await reach(path, options);
  return await answer.json().catch(() => null) ?? {};
}

/* {facts, bytes}: facts are the JSON of one header. */
export async function getBytes(path, header) {
  const answer = await reach(path);
  return {facts: JSON.parse(answer.headers.get(header)), bytes: new Uint8Array(await answer.arrayBuffer())};
}

/* onSent(bytes) tells how far it is; only XMLHttpRequest can. */
export function upload(path, file, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('X-Sohoa', '1');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({loaded}) => onSent(loaded));
    request.addEventListener('load', () => request.status < 300 ? resolve(request.response ?? {}) : reject(refusal(request.response)));
    request.addEventListener('error', () => reject(unreachable()));
    request.send(file);
  });
}

export const get = (path) => call('GET', path);
export const post = (path, body = {}) => call('POST', path, body);
export const patch = (path, body) => call('PATCH', path, body);
export const remove = (path) => call('DELETE', path);
/* Also when the tab is just being closed; whether it arrived is not known. */
export const postLast = (path, body) => call('POST', path, body, {keepalive: true}).catch(() => null);
