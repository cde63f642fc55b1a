/* Deliveries to the warehouses beside the work: how many wait, how fast they go, what wants a person; the whole of it is
 * in the dialog (sync-dialog.js). */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {rateForPeople, stateLabel, timeForPeople, typeLabel} from './text.js';

const TROUBLED = new Set(['held', 'failed', 'rejected']);
const DONE = new Set(['accepted', 'reconciled', 'withdrawn']);

/* What wants a person first, then the newest. */
const worstFirst = (a, b) => TROUBLED.has(b.state) - TROUBLED.has(a.state) || b.created_us - a.created_us;

const openDialog = (view) => document.querySelector('sohoa-sync').open(view);

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
      ${this.#progress()}
      ${station.sync.targets.map((target) => this.#target(target))}
      <p class="buttons"><button id="open-queue" type="button" class="small" @click=${() => openDialog('queue')}>Hàng chờ</button>
        <button id="open-report" type="button" class="small" @click=${() => openDialog('report')}>Báo cáo</button>
        <button id="open-tasks" type="button" class="small" @click=${() => station.sync.openTasks()}>Việc${
          station.reconcile.open ? html` (${station.reconcile.open})` : nothing}</button></p>
      ${station.deliveries.length ? nothing : html`<p class="empty">Chưa có bản ghi nào.</p>`}
      <ul class="list">
        ${repeat([...station.deliveries].sort(worstFirst), (delivery) => delivery.id, (delivery) => this.#row(delivery))}
      </ul>`;
  }

  #progress() {
    const {count, bytes} = station.sync.moving;
    return count ? html`<p class="hint">Đang gửi ${count} bản ghi, ${rateForPeople(bytes)}</p>` : nothing;
  }

  /* Only what is not as it should be. */
  #target({name, state, unreachable_since_us: since, days, next_try_us: next, waiting}) {
    if (state !== 'down')
      return nothing;
    return html`<p class="why">Kho «${name}» không liên lạc được từ ${timeForPeople(since)}${days ? ` (${days} ngày)` : ''}, ${waiting}
      bản ghi chờ; ${next ? `máy tự thử lại lúc ${timeForPeople(next)}.` : 'máy đang thử lại.'}</p>`;
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
