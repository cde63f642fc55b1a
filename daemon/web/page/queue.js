/* Deliveries to the warehouses: their state, what to do now, retry. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {stateLabel, timeForPeople, typeLabel} from './text.js';

const TROUBLED = new Set(['held', 'failed', 'rejected']);
const DONE = new Set(['accepted', 'reconciled', 'withdrawn']);

/* What wants a person first, then the newest. */
const worstFirst = (a, b) => TROUBLED.has(b.state) - TROUBLED.has(a.state) || b.created_us - a.created_us;

class SohoaQueue extends SohoaElement {
  view() {
    const troubled = station.deliveries.filter((delivery) => TROUBLED.has(delivery.state));
    const done = station.deliveries.filter((delivery) => DONE.has(delivery.state));
    const waiting = station.deliveries.length - troubled.length - done.length;
    return html`
      <p class="summary" role="status">
        <span>${waiting} đang chờ</span>
        <span class=${troubled.length ? 'trouble' : ''}>${troubled.length} cần xử lý</span>
        <span>${done.length} đã nhận</span>
        <button type="button" ?disabled=${station.busy || !waiting} @click=${() => station.syncNow()}>
          Gửi ngay</button>
      </p>
      ${station.deliveries.length ? nothing : html`<p class="empty">Chưa có bản ghi nào.</p>`}
      <ul class="list">
        ${repeat([...station.deliveries].sort(worstFirst), (delivery) => delivery.id, (delivery) => this.#row(delivery))}
      </ul>`;
  }

  #row(delivery) {
    const troubled = TROUBLED.has(delivery.state);
    return html`<li class=${troubled ? 'troubled' : ''}>
      <b>${typeLabel(delivery.type) ?? 'Bản ghi'}</b>
      <small>${delivery.dossier_code ?? 'Hồ sơ chưa có mã'}</small>
      <small>${delivery.target}: <span class="state">${stateLabel('delivery', delivery.state)}</span>
        ${timeForPeople(delivery.state_us)}</small>
      ${this.#trouble(delivery, troubled)}
    </li>`;
  }

  #trouble(delivery, troubled) {
    const {reason: code, ref} = delivery.held ?? {reason: delivery.problem?.code, ref: delivery.problem?.ref};
    const isRetrying = delivery.state === 'queued' && delivery.attempts > 0;
    if (!troubled && !isRetrying)
      return nothing;
    return html`
      ${code ? html`<span class="why">${station.messageFor(code) || code}</span>` : nothing}
      ${isRetrying ? html`<small>Đã thử ${delivery.attempts} lần, sẽ thử lại lúc
        ${timeForPeople(delivery.not_before_us)}.</small>` : nothing}
      ${ref ? html`<small>Mã tham chiếu: ${ref}</small>` : nothing}
      <button type="button" ?disabled=${station.busy}
        @click=${() => station.onDelivery(delivery.id, 'retry')}>Gửi lại</button>`;
  }
}

customElements.define('sohoa-queue', SohoaQueue);
