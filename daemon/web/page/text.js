/* Texts for people: dates, states, words for confidence. */
import {FIELDS, STATES, TYPES} from './labels.js';

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

const timeFormat = new Intl.DateTimeFormat('en-GB',
  {hour: '2-digit', minute: '2-digit', day: '2-digit', month: '2-digit', timeZone: 'Asia/Ho_Chi_Minh'});

/* 22/11, 10:55 in Vietnam's time wherever the browser believes to be. */
export const timeForPeople = (us) => us ? timeFormat.format(new Date(us / 1000)) : '';

export const documentName = (document) =>
  document.type && document.type !== 'unknown' ? typeLabel(document.type) : 'Chưa rõ loại';

/* pages: those that count of the document, with their states. */
export function documentState(document, pages) {
  if (document.state !== 'open')
    return stateLabel('document', document.state);
  if (!pages.length)
    return 'Không có trang';
  const held = pages.find((page) => page.state === 'held');
  if (held)
    return `Trang ${held.position} chờ cán bộ xử lý`;
  if (!document.scan_finished)
    return 'Đang nhận trang';
  const read = pages.filter((page) => page.state === 'recognized').length;
  return `Đang nhận dạng ${read}/${pages.length}`;
}

export function dossierName(dossier) {
  return dossier.code || 'Chưa có mã';
}
