/* The queue by state, and what is done with many of it at once. */
import {html, nothing, repeat, station} from './element.js';
import {hold, releaseMany} from './sync-acts.js';
import {dossierCode, stateLabel, timeForPeople, typeLabel} from './text.js';

const STATES = ['queued', 'sending', 'sent', 'accepted', 'held', 'withdrawing', 'rejected', 'failed', 'reconciled', 'withdrawn'];
const chosen = new Set(); // ids

export function queueList(element) {
  const {items, hasMore, isBusy, state, targets} = station.sync;
  const picked = items.filter(({id}) => chosen.has(id)).map(({id}) => id);
  return html`
    ${targets.map((target) => html`<p class="hint">${targetLine(target)}</p>`)}
    <p class="filter"><label for="queue-state">Trạng thái</label>
      <select id="queue-state" @change=${(event) => choose(element, event.target.value)}>
        <option value="" ?selected=${!state}>Chưa xong</option>
        ${STATES.map((name) => html`<option value=${name} ?selected=${name === state}>${stateLabel('delivery', name)} (${
          station.sync.counts[name] ?? 0})</option>`)}</select>
      <span role="status">Đã chọn ${picked.length}</span>
      <button id="retry-chosen" type="button" ?disabled=${isBusy || !picked.length} @click=${() => act(element, station.sync.change('retry', picked))}>Gửi lại</button>
      <button id="hold-chosen" type="button" ?disabled=${isBusy || !picked.length} @click=${() => act(element, hold(picked))}>Dừng…</button>
      ${state === 'held' ? html`<button id="release-all" type="button" ?disabled=${isBusy || !items.length}
        @click=${() => releaseMany({})}>Cho gửi tiếp tất cả…</button>` : nothing}</p>
    ${items.length ? table(element, items) : html`<p class="empty">${isBusy ? 'Đang tải…' : 'Không có bản ghi nào.'}</p>`}
    ${hasMore ? html`<button type="button" class="small" ?disabled=${isBusy} @click=${() => station.sync.more()}>Xem thêm</button>` : nothing}`;
}

function targetLine({name, state, waiting, unreachable_since_us: since, days}) {
  const line = state === 'down' ? `mất liên lạc từ ${timeForPeople(since)}${days ? ` (${days} ngày)` : ''}` : 'liên lạc tốt';
  return `Kho «${name}»: ${line}, ${waiting < 0 ? 0 : waiting} bản ghi chờ`;
}

function choose(element, state) {
  chosen.clear();
  element.requestUpdate();
  return station.sync.showState(state);
}

async function act(element, doing) {
  await doing;
  chosen.clear();
  element.requestUpdate();
}

function pick(element, id, isOn) {
  chosen[isOn ? 'add' : 'delete'](id);
  element.requestUpdate();
}

function pickAll(element, items, isOn) {
  items.forEach(({id}) => chosen[isOn ? 'add' : 'delete'](id));
  element.requestUpdate();
}

function table(element, items) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Hàng chờ"><table>
    <thead><tr><td><input type="checkbox" aria-label="Chọn tất cả" .checked=${items.every(({id}) => chosen.has(id))}
        @change=${(event) => pickAll(element, items, event.target.checked)}></td>
      ${['Giấy tờ', 'Hồ sơ', 'Kho', 'Trạng thái', 'Vì sao', 'Chi tiết'].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${repeat(items, ({id}) => id, (item) => row(element, item))}</tbody></table></div>`;
}

function row(element, item) {
  const code = item.held?.reason ?? item.problem?.code;
  const name = `${typeLabel(item.type) ?? 'Bản ghi'}, hồ sơ ${dossierCode(item.dossier_code)}`;
  return html`<tr>
    <td><input type="checkbox" aria-label=${`Chọn ${name}`} .checked=${chosen.has(item.id)}
      @change=${(event) => pick(element, item.id, event.target.checked)}></td>
    <td>${typeLabel(item.type) ?? 'Bản ghi'}${item.urgent ? html` <b>gấp</b>` : nothing}</td>
    <td>${dossierCode(item.dossier_code)}</td><td>${item.target}</td>
    <td><span class="state">${stateLabel('delivery', item.state)}</span> <small>${timeForPeople(item.state_us)}</small></td>
    <td>${code ? station.messageFor(code) || code : ''}</td>
    <td><button type="button" class="small" aria-label=${`Xem ${name}`} @click=${() => station.sync.showDelivery(item.id)}>Xem</button></td></tr>`;
}
