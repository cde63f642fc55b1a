/* What goes to the warehouses, as one dialog: the morning report, the queue by state, one delivery in words, what is too old. */
import {delivery} from './delivery.js';
import {html, nothing, SohoaElement, station} from './element.js';
import {sendThenOff} from './power.js';
import {queueList} from './queue-list.js';
import {ACTIONS, runAction} from './sync-acts.js';
import {dossierCode, stateLabel, timeForPeople, typeLabel} from './text.js';

const WHO = {clerk: 'Cán bộ', it: 'Bộ phận kỹ thuật'};

class SohoaSync extends SohoaElement {
  view() {
    const {view, error, isBusy} = station.sync;
    return html`<dialog class="registers sync" aria-labelledby="h-sync" @close=${() => station.sync.close()}>
      <h2 id="h-sync">Gửi kho</h2>
      <p class="buttons" role="group" aria-label="Xem">
        <button id="see-report" type="button" aria-pressed=${String(view === 'report')} @click=${() => station.sync.showReport('')}>Báo cáo</button>
        <button id="see-queue" type="button" aria-pressed=${String(view === 'queue')} @click=${() => station.sync.showState('')}>Hàng chờ</button>
        <button id="send-then-off" type="button" ?disabled=${isBusy} @click=${sendThenOff}>Gửi xong rồi tắt máy…</button>
        <button id="close-sync" type="button" @click=${() => this.#dialog.close()}>Đóng</button></p>
      <div role="alert">${error ? html`<p class="alert error"><span>${error.message}
        ${error.ref ? html`<small>Mã tham chiếu: ${error.ref}</small>` : nothing}</span></p>` : nothing}</div>
      <p class="heard-only" role="status">${isBusy ? 'Đang tải…' : ''}</p>
      ${this.#body(view)}
    </dialog>`;
  }

  get #dialog() {
    return this.querySelector('dialog');
  }

  show() {
    if (!this.#dialog.open)
      this.#dialog.showModal();
  }

  open(view) {
    station.sync.open(view);
    this.show();
  }

  #body(view) {
    if (view === 'report')
      return this.#report(station.sync.report);
    if (view === 'queue')
      return queueList(this);
    if (view === 'delivery')
      return delivery(station.sync.shown);
    return view === 'late' ? this.#late(station.sync.late) : nothing;
  }

  /* ---- the morning report ---- */

  #report(report) {
    return html`
      <p class="with-button"><label for="report-day">Của ngày</label>
        <input id="report-day" type="date" .value=${station.sync.day} @change=${(event) => station.sync.showReport(event.target.value)}>
        <small>${report ? `Tính từ ${timeForPeople(report.from_us)} đến ${timeForPeople(report.to_us)}` : ''}</small></p>
      ${report ? html`
        <ol class="report">${report.lines.map(({name, text}) => html`<li class=${`line-${name}`}>${text}</li>`)}</ol>
        <h3>Việc cần làm</h3>
        ${report.tasks.length ? html`<ul class="tasks">${report.tasks.map((task) => this.#task(task))}</ul>`
          : html`<p class="empty">Không có việc nào.</p>`}` : html`<p class="empty">Đang tải…</p>`}`;
  }

  #task(task) {
    return html`<li class=${task.who}><div><b>${WHO[task.who]}:</b> ${task.text}
      <small>${task.help}</small>
      ${task.who === 'it' ? html`<small>Lệnh: <code>${task.command}</code></small>` : nothing}</div>
      <button type="button" ?disabled=${station.sync.isBusy} @click=${() => this.#run(task.action)}>${ACTIONS[task.action.verb]}</button></li>`;
  }

  /* What is done elsewhere on the page is not done behind a dialog. */
  #run(action) {
    if (['unlock', 'tasks'].includes(action.verb))
      this.#dialog.close();
    return runAction(action);
  }

  /* ---- what is too old ---- */

  #late(late) {
    if (!late)
      return html`<p class="empty">Đang tải…</p>`;
    return html`<h3>${stateLabel(late.machine, late.state)}: ${late.items.length} ${late.machine === 'page' ? 'trang' : 'giấy tờ'}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Danh sách"><table>
        <thead><tr>${['Hồ sơ', 'Loại giấy tờ', 'Từ lúc', 'Lý do', 'Mở'].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${late.items.map((row) => html`<tr>
          <td>${dossierCode(row.dossier_code)}</td><td>${typeLabel(row.type) ?? ''}</td><td>${timeForPeople(row.since_us)}</td>
          <td>${row.reason ? station.messageFor(row.reason) || row.reason : ''}</td>
          <td><button type="button" class="small" @click=${() => this.#goTo(row)}>Mở hồ sơ</button></td></tr>`)}</tbody></table></div>`;
  }

  async #goTo({dossier_id: dossierId, document_id: documentId}) {
    this.#dialog.close();
    await station.chooseDossier(dossierId);
    if (documentId)
      station.chooseDocument(documentId);
  }
}

customElements.define('sohoa-sync', SohoaSync);
