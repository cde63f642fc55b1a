/* One delivery in words: its way so far, its last trouble, what comes next, what helps. */
import {html, nothing, station} from './element.js';
import {hold, keepTheirs} from './sync-acts.js';
import {dossierCode, stateLabel, timeForPeople, typeLabel} from './text.js';

const UNSENT = new Set(['queued', 'sending', 'sent']);

export function delivery(shown) {
  if (!shown)
    return html`<p class="empty">Đang tải…</p>`;
  const {delivery: item, states, last_error: trouble, next} = shown;
  return html`
    <h3>${typeLabel(item.type) ?? 'Bản ghi'}, hồ sơ ${dossierCode(item.dossier_code)}</h3>
    <p>Kho «${item.target}»: <span class="state">${stateLabel('delivery', item.state)}</span>${item.urgent ? ', gấp' : ''}${
      item.attempts ? `, đã thử ${item.attempts} lần` : ''}.</p>
    <p class="next"><strong>Tiếp theo:</strong> ${next.text}${next.at_us ? ` (${timeForPeople(next.at_us)})` : ''}</p>
    ${trouble ? html`<p class="alert asks"><span><strong>Lần lỗi cuối, ${timeForPeople(trouble.at_us)}: ${trouble.text}.</strong> ${trouble.help}
      ${trouble.said ? html`<small>Kho trả lời: ${trouble.said}</small>` : nothing}
      ${trouble.ref ? html`<small>Mã tham chiếu: ${trouble.ref}</small>` : nothing}</span></p>` : nothing}
    <p class="buttons">${buttons(item)}</p>
    <h4>Đã qua</h4>
    <ol class="way">${states.map(({label, at_us: at}) => html`<li>${timeForPeople(at)} <b>${label}</b></li>`)}</ol>
    ${item.remote_name ? html`<p><small>Tên ở kho: ${item.remote_name}</small></p>` : nothing}`;
}

function buttons(item) {
  const {sync} = station;
  const button = (id, text, act) => html`<button id=${id} type="button" ?disabled=${sync.isBusy} @click=${act}>${text}</button>`;
  return html`
    ${item.state === 'held' ? button('release-delivery', 'Cho gửi tiếp', () => sync.change('release', [item.id])) : nothing}
    ${UNSENT.has(item.state) && item.not_before_us ? button('retry-delivery', 'Gửi lại', () => sync.change('retry', [item.id])) : nothing}
    ${item.state === 'queued' ? button('urgent-delivery', item.urgent ? 'Không gấp nữa' : 'Gửi gấp',
      () => sync.change('urgent', [item.id], {urgent: !item.urgent})) : nothing}
    ${item.state === 'queued' ? button('hold-delivery', 'Dừng…', () => hold([item.id])) : nothing}
    ${item.held?.reason === 'TARGET_CONFLICT' ? button('keep-theirs', 'Giữ bản của kho', () => keepTheirs(item.id)) : nothing}
    <button type="button" @click=${() => sync.showState(sync.state)}>Về hàng chờ</button>`;
}
