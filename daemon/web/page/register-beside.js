/* What the folder's register says of the paper that is compared, beside what was read. Never taken by itself. */
import {html, nothing, station} from './element.js';
import {TYPES} from './labels.js';
import {dateForPeople, isDateField} from './text.js';

export const TAKE_KEY = 'F7';

const WHY = {path: 'cùng tên tệp', path_number: 'cùng tên tệp và số', name: 'cùng tên tệp', name_number: 'cùng tên tệp và số', folder: 'cùng tên thư mục',
  folder_number: 'cùng tên thư mục và số', number_date: 'cùng số và ngày', number: 'cùng số', person: 'do cán bộ chọn'};

/* As a person would type it. */
export const registerValue = (name, {value, how}) => isDateField(name) && how !== 'text' ? dateForPeople(value) : value;

/* take(value) puts it into the field; undefined when there is nothing to take. */
export function registerLine({name, value, proposal: {register}}, take) {
  if (!register)
    return nothing;
  const told = registerValue(name, register);
  if (register.how === 'fills' && told === value)
    return html`<small class="register">Lấy từ sổ đăng ký, chưa đọc thấy trên giấy: so với bản giấy</small>`;
  if (told === value || register.how === 'same' || register.how === 'settles')
    return html`<small class="register">Sổ đăng ký ghi giống vậy</small>`;
  return html`<p class="register differs"><span>Sổ đăng ký: <b>${told}</b></span>
    ${register.how === 'text' ? html`<small>không đúng dạng, gõ theo bản giấy</small>` : html`<button type="button" class="small"
      @click=${() => take(told)}>Lấy theo sổ <kbd>${TAKE_KEY}</kbd></button>`}</p>`;
}

export function registerType(type, register, take) {
  const told = register?.row?.values.type;
  if (!told || told === type)
    return nothing;
  return html`<p class="register differs"><span>Sổ đăng ký: <b>${TYPES[told] ?? told}</b></span>
    <button type="button" class="small" @click=${() => take(told)}>Lấy theo sổ</button></p>`;
}

const summary = ({line, path, values, texts}) => [`dòng ${line}`, path, values.number_symbol, values.issue_date ? dateForPeople(values.issue_date)
  : texts.issue_date, values.owner_name].filter(Boolean).join(' · ');

/* Which row it is, or which it may be. */
export function registerRow({id, register}) {
  if (!register)
    return nothing;
  const say = (row) => station.registers.join(id, row);
  const {state, row, candidates = [], why, said_by: saidBy} = register;
  if (state === 'joined')
    return html`<p class="register-row"><span>Sổ đăng ký: ${row.file}, dòng ${row.line} (${WHY[why] ?? why})</span>
      <button type="button" class="small" ?disabled=${station.busy} @click=${() => say(null)}>Không phải dòng này</button></p>`;
  if (state === 'question')
    return html`<div class="register-row" role="group" aria-label="Chọn dòng trong sổ đăng ký">
      <p>Sổ đăng ký: cần chọn dòng của giấy này.</p>
      <ul>${candidates.map((one) => html`<li><span>${summary(one)}</span>
        <button type="button" class="small" ?disabled=${station.busy} @click=${() => say(one)}>Là dòng ${one.line}</button></li>`)}</ul>
      <button type="button" class="small" ?disabled=${station.busy} @click=${() => say(null)}>Không dòng nào</button></div>`;
  return html`<p class="register-row"><span>${saidBy ? 'Cán bộ đã chọn: không có trong sổ đăng ký.' : 'Không có trong sổ đăng ký.'}</span>
    ${saidBy ? html`<button type="button" class="small" ?disabled=${station.busy} @click=${() => say('auto')}>Để máy tìm lại</button>` : nothing}</p>`;
}
