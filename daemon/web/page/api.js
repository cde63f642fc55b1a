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

async function call(method, path, body) {
  const options = {method, cache: 'no-store', headers: {'X-Sohoa': '1'}};
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw unreachable();
  }
  const json = await answer.json().catch(() => null);
  if (answer.ok)
    return json ?? {};
  throw new ApiError(json?.code ?? 'UNKNOWN',
    json?.message ?? 'Phần mềm trả lời không đọc được. Báo bộ phận kỹ thuật.', json?.ref,
    json?.detail);
}

export const get = (path) => call('GET', path);
export const post = (path, body = {}) => call('POST', path, body);
export const patch = (path, body) => call('PATCH', path, body);
export const remove = (path) => call('DELETE', path);
