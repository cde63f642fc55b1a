/* Texts for people: dates, states, words for confidence. */
import {FIELDS, STATES, TYPES} from './labels.js';
import {pageName} from './sides.js';

const ACCEPTED = new Set(['accepted', 'reconciled']);
const DATE_FIELDS = new Set(['issue_date', 'owner_birth_date', 'valid_until']);

export const isDateField = (name) => DATE_FIELDS.has(name);
export const fieldLabel = (name) => FIELDS[name] ?? name;
export const typeLabel = (slug) => TYPES[slug] ?? slug;
export const stateLabel = (machine, state) => STATES[machine]?.[state] ?? state;

/* 2026-03-05 → 05/03/2026; anything else stays. */
export function dateForPeople(value) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value ?? '');
  return parts ? `${parts[3]}/${parts[2]}/${parts[1]}` : value ?? '';
}

/* 5/3/2026 → 2026-03-05; anything else stays, the daemon says what is wrong with it. */
export function dateForDaemon(value) {
  const parts = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(value.trim());
  return parts ? `${parts[3]}-${parts[2].padStart(2, '0')}-${parts[1].padStart(2, '0')}` : value.trim();
}

const QUESTIONS = {
  one_color: 'cả trang chỉ một màu. Trang này đúng như vậy?',
  equal_neighbour: 'giống hệt trang ngay trước. Có phải quét hai lần?',
  flat_end: 'phần cuối trang là một màu xám. Ảnh có bị cắt ngang?',
  short: 'ngắn hơn khổ giấy đã chọn. Trang có đủ không?',
  odd_size: 'khổ khác thường. Trang có đủ không?',
  resolution_differs: 'độ phân giải khác mức đã chọn; bản sao hợp lệ phải từ 200 dpi (Thông tư 02/2019/TT-BNV). Có cần quét lại?',
  mode_differs: 'máy trả về ảnh xám, không phải ảnh màu; bản sao hợp lệ phải quét màu (Thông tư 02/2019/TT-BNV). Hãy quét lại trang này bằng chế độ màu hoặc máy khác.',
  fed_again: 'mặt sau của tờ này bị lỗi khi quét và máy đã nhận lại một tờ, nằm ngay sau. Nếu tờ đó chính là tờ này thì bỏ trang này; nếu là tờ khác thì giữ lại và quét thêm mặt sau.',
  paper_late: 'đến sau khi giấy gồm các tệp cùng nhóm đã đối chiếu xong, nên là giấy mới. Giữ lại?',
  paper_start: 'có thể là trang đầu của một giấy khác. Nếu đúng, hãy tách từ trang này; nếu không, giữ lại?',
  other_dossier: 'nằm sau giấy mang mã của hồ sơ khác. Giấy này thuộc hồ sơ đó thì chuyển; thuộc hồ sơ đang mở thì giữ.',
  turn_differs: 'chữ nằm theo chiều khác với cách quét đã chọn. Trang đang xuôi chiều chưa? Nếu chưa, hãy xoay lại.',
  interrupted: 'máy đã dừng đột ngột khi đang quét một hoặc hai tờ ngay sau trang này. Kiểm tra các tờ đó: nếu thiếu, hãy quét thêm; nếu đủ, giữ lại.',
  pages_missing: 'tệp bị hỏng giữa chừng: các trang sau trang này không đọc được. Quét lại từ giấy, hoặc giữ lại nếu giấy chỉ có từng này trang.',
  misplaced: 'trang mà nó thay hoặc ghép vào không còn; nó đang ở cuối. Giữ lại?',
};

const REASONS = {
  blurred: 'bị nhòe', dark: 'quá tối', 'low-resolution': 'độ phân giải thấp', 'cut-edge': 'mất mép', empty: '',
  glare: 'lóa sáng che chữ', fold: 'nếp gấp đè lên chữ', faint: 'chữ mờ', skewed: 'bị nghiêng nhiều', 'orientation-unsure': 'chưa rõ chiều',
  'not-recognized': 'không đọc được chữ',
};

export const questionLabel = (code) => QUESTIONS[code] ?? `máy cần người xem (${code})`;
export const openQuestions = (page) => (page.questions ?? []).filter((question) => !question.answer);
/* A part of a side larger than the glass ends where the glass does. */
const flawsOf = (page, isPart) => page.info?.quality?.verdict === 'good' ? []
  : (page.info?.quality?.reasons ?? []).filter((name) => !(isPart && name === 'cut-edge'));

/* What is wrong with the picture, in the clerk's words. */
export const qualityReasons = (page, isPart) => flawsOf(page, isPart).map((name) => REASONS[name] ?? name).filter(Boolean);

export const isUnread = (page) => (page.info?.quality?.reasons ?? []).includes('not-recognized');

/* A second scan of the paper may mend it. */
const MENDABLE = new Set(['blurred', 'dark', 'low-resolution', 'cut-edge', 'glare', 'fold', 'faint', 'skewed']);
export const wantsRescan = (page, isPart) => flawsOf(page, isPart).some((name) => MENDABLE.has(name));

const timeFormat = new Intl.DateTimeFormat('en-GB',
  {hour: '2-digit', minute: '2-digit', day: '2-digit', month: '2-digit', timeZone: 'Asia/Ho_Chi_Minh'});

/* 22/11, 10:55 in Vietnam's time wherever the browser believes to be. */
export const timeForPeople = (us) => us ? timeFormat.format(new Date(us / 1000)) : '';

const clockFormat = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Ho_Chi_Minh'});

/* 10:55, likewise. */
export const clockForPeople = (us) => clockFormat.format(new Date(us / 1000));

/* What a dossier is called in a list. */
export const dossierCode = (code) => code ?? 'chưa có mã';

/* Bytes a second. */
export const rateForPeople = (bytes) => bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB/s` : `${Math.round(bytes / 1e3)} KB/s`;

export const documentName = (document) =>
  document.type && document.type !== 'unknown' ? typeLabel(document.type) : document.kind?.name ?? 'Chưa rõ loại';

/* A form of the one-stop counter (TT 03/2025): paper of the procedure itself. */
export const isCounterForm = ({type, kind}) => type === 'receipt-slip' || Boolean(kind?.abbr.startsWith('Mẫu '));

/* pages: those that count of the document, with their states; deliveries: of the document; isScanned: right now. */
export function documentState(document, pages, deliveries, isScanned) {
  if (document.state === 'queued' && deliveries.length && deliveries.every(({state}) => ACCEPTED.has(state)))
    return stateLabel('delivery', 'accepted');
  if (document.state !== 'open')
    return stateLabel('document', document.state);
  if (!pages.length)
    return isScanned ? 'Đang quét' : 'Không có trang';
  if (document.locked)
    return 'Có dấu mật, đã khóa';
  const held = pages.find((page) => page.state === 'held');
  if (held)
    return `${pageName(held, pages)} chờ cán bộ xử lý`;
  if (!document.scan_finished)
    return 'Đang nhận trang';
  const read = pages.filter((page) => page.state === 'recognized').length;
  return `Đang nhận dạng ${read}/${pages.length}`;
}

export function dossierName(dossier) {
  return dossier.code || 'Chưa có mã';
}
