/* Tasks about records at the warehouses, each with what happened, what to do now and its buttons; below them the comparisons. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {dossierCode, timeForPeople, typeLabel} from './text.js';

const RUN_STATES = {running: 'Đang đối soát', done: 'Xong', failed: 'Không xong'};
const WHYS = {MANY_MISSING: 'Kho thiếu quá nhiều bản, chưa gửi lại bản nào', RESTORED: 'Dữ liệu trên máy vừa được khôi phục'};

class SohoaReconcile extends SohoaElement {
  connectedCallback() {
    super.connectedCallback();
    station.addEventListener('tasks', this.#opens);
  }

  disconnectedCallback() {
    station.removeEventListener('tasks', this.#opens);
    super.disconnectedCallback();
  }

  #opens = () => this.open();

  view() {
    const {error, isBusy, tasks} = station.reconcile;
    return html`<dialog class="registers sync reconcile" aria-labelledby="h-reconcile" @close=${() => station.reconcile.close()}>
      <h2 id="h-reconcile">Việc với kho</h2>
      <p class="buttons"><button id="close-reconcile" type="button" @click=${() => this.#dialog.close()}>Đóng</button></p>
      <div role="alert">${error ? html`<p class="alert error"><span>${error.message}
        ${error.ref ? html`<small>Mã tham chiếu: ${error.ref}</small>` : nothing}</span></p>` : nothing}</div>
      <p class="heard-only" role="status">${isBusy ? 'Đang tải…' : ''}</p>
      ${tasks.length ? html`<ul class="tasks open-tasks">${repeat(tasks, ({id}) => id, (task) => this.#task(task))}</ul>`
        : html`<p class="empty">Không có việc nào.</p>`}
      ${this.#runs()}
    </dialog>`;
  }

  get #dialog() {
    return this.querySelector('dialog');
  }

  open() {
    station.reconcile.show();
    if (!this.#dialog.open)
      this.#dialog.showModal();
  }

  /* ---- tasks ---- */

  #task(task) {
    const paper = [typeLabel(task.type), task.dossier_code ? `hồ sơ ${dossierCode(task.dossier_code)}` : '',
      task.target ? `kho «${task.target}»` : ''].filter(Boolean).join(' · ');
    return html`<li><div><b>${task.title}</b>
      ${paper ? html`<small>${paper}, từ ${timeForPeople(task.opened_us)}</small>` : html`<small>Từ ${timeForPeople(task.opened_us)}</small>`}
      <span>${task.happened}</span> <span>${task.to_do}</span>
      <label class="note">Ghi chú <input type="text" maxlength="500" id=${`note-${task.id}`}></label></div>
      <p class="buttons">${task.closings.map(({how, label}) => html`<button type="button" ?disabled=${station.reconcile.isBusy}
        @click=${() => this.#close(task.id, how)}>${label}</button>`)}
        ${task.document_id ? html`<button type="button" class="small" @click=${() => this.#goTo(task)}>Mở giấy tờ</button>` : nothing}</p></li>`;
  }

  #close(id, how) {
    return station.reconcile.closeTask(id, how, this.querySelector(`#note-${id}`).value.trim());
  }

  async #goTo({dossier_id: dossierId, document_id: documentId}) {
    this.#dialog.close();
    await station.chooseDossier(dossierId);
    station.chooseDocument(documentId);
  }

  /* ---- comparisons ---- */

  #runs() {
    const {runs, running, isBusy} = station.reconcile;
    return html`<h3>Đối soát với kho</h3>
      <p class="with-button"><span>${running ? `Đang đối soát kho «${running}».` : 'Máy tự đối soát mỗi đêm, sau khi gửi xong.'}</span>
        <button id="compare-now" type="button" ?disabled=${isBusy || running} @click=${() => station.reconcile.compare()}>Đối soát ngay</button></p>
      ${runs.length ? html`<div class="scroll" tabindex="0" role="region" aria-label="Các lần đối soát"><table>
        <thead><tr>${['Lúc', 'Kho', 'Kết quả', 'Đúng', 'Đọc lại', 'Không thấy', 'Chưa ghi là đã gửi', 'Của nơi khác'].map((head) =>
          html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${repeat(runs, ({id}) => id, (run) => this.#run(run))}</tbody></table></div>` : html`<p class="empty">Chưa đối soát lần nào.</p>`}`;
  }

  #run(run) {
    const why = run.code ? WHYS[run.code] ?? station.messageFor(run.code) ?? run.code : '';
    return html`<tr class=${run.state}><td>${timeForPeople(run.begun_us)}</td><td>${run.target}</td>
      <td>${RUN_STATES[run.state]}${run.state === 'running' && run.expected ? ` ${Math.min(99, Math.floor(100 * run.same / run.expected))}%` : ''}
        ${why ? html`<small>${why}</small>` : nothing}
        ${run.way === 'each' ? html`<small>Kho này không liệt kê được: hỏi từng bản</small>` : nothing}</td>
      <td>${run.same}/${run.expected}</td><td>${run.asked}</td><td>${run.missing}</td><td>${run.extra}</td><td>${run.others}</td></tr>`;
  }
}

customElements.define('sohoa-reconcile', SohoaReconcile);
