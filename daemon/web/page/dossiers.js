/* Dossiers: begin one, with or without code; the recent ones, and any by its code; the code may be bound later. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {dossierName, timeForPeople} from './text.js';
import './wanted-papers.js';

class SohoaDossiers extends SohoaElement {
  view() {
    return html`
      <form @submit=${(event) => this.#create(event)}>
        <label for="new-code">Mã hồ sơ <small>(có thể bổ sung sau)</small></label>
        <input id="new-code" name="code" autocomplete="off" spellcheck="false"
          placeholder="000.00.00.H00-260101-0001">
        <div class="pair">
          <label for="new-papers">Số giấy tờ</label>
          <input id="new-papers" name="papers" type="number" min="1" max="999" inputmode="numeric">
          <button class="primary" ?disabled=${station.busy}>Mở hồ sơ</button>
        </div>
      </form>
      ${station.dossier ? this.#present(station.dossier) : nothing}
      <sohoa-wanted></sohoa-wanted>
      <h3>${station.dossierList.search ? 'Hồ sơ tìm thấy' : 'Hồ sơ gần đây'}</h3>
      <form class="with-button" role="search" @submit=${(event) => this.#search(event)}>
        <input id="search" type="search" aria-label="Tìm theo mã hồ sơ" placeholder="Tìm theo mã hồ sơ"
          autocomplete="off" spellcheck="false" @input=${(event) => event.target.value || station.dossierList.find('')}>
        <button>Tìm</button>
      </form>
      ${station.dossierList.search ? this.#found(station.dossierList.search) : this.#recent()}`;
  }

  #recent() {
    return html`
      ${station.dossierList.all.length ? nothing : html`<p class="empty">Chưa có hồ sơ nào.</p>`}
      ${this.#list(station.dossierList.all)}
      ${station.dossierList.hasMore ? html`<button id="more-dossiers" type="button" ?disabled=${station.busy}
        @click=${() => station.dossierList.more()}>Xem thêm</button>` : nothing}`;
  }

  #found({found, isDone}) {
    return html`${this.#list(found)}
      <p class="empty" role="status">${!isDone ? 'Đang tìm…' : found.length ? nothing : 'Không có hồ sơ nào có mã này.'}</p>`;
  }

  #list(dossiers) {
    return html`<ul class="list">${repeat(dossiers, (dossier) => dossier.id, (dossier) => this.#row(dossier))}</ul>`;
  }

  #search(event) {
    event.preventDefault();
    station.dossierList.find(event.target.querySelector('#search').value.trim());
  }

  #row(dossier) {
    const isCurrent = dossier.id === station.dossierId;
    return html`<li>
      <button type="button" aria-current=${isCurrent ? 'true' : nothing}
        @click=${() => station.chooseDossier(dossier.id)}>
        <b>${dossierName(dossier)}</b>
        <small>${timeForPeople(dossier.created_us)} · ${dossier.documents}${dossier.papers
          ? `/${dossier.papers}` : ''} giấy tờ${dossier.closed_us ? ' · đã đóng' : ''}</small>
      </button></li>`;
  }

  #present(dossier) {
    if (dossier.closed_us)
      return nothing;
    const read = station.codeRead;
    return html`
      ${dossier.code || !read ? nothing : html`<p class="offer">Mã đọc được trên giấy tiếp nhận: <b>${read}</b>
        <button type="button" ?disabled=${station.busy} @click=${() => station.updateDossier({code: read})}>
          Dùng mã này</button></p>`}
      <details>
      <summary>Sửa hồ sơ đang mở</summary>
      <form @submit=${(event) => this.#update(event)}>
        ${dossier.code ? nothing : html`
          <label for="late-code">Bổ sung mã hồ sơ</label>
          <input id="late-code" name="code" autocomplete="off" spellcheck="false">`}
        <div class="pair">
          <label for="late-papers">Số giấy tờ</label>
          <input id="late-papers" name="papers" type="number" min="1" max="999"
            .value=${String(dossier.papers ?? '')}>
          <button ?disabled=${station.busy}>Lưu</button>
        </div>
      </form></details>`;
  }

  async #create(event) {
    event.preventDefault();
    const form = event.target;
    const values = read(form);
    const dossier = await station.createDossier(values.code ?? null, values.papers ?? null);
    if (!dossier)
      return;
    form.reset();
    await document.querySelector('sohoa-scanner').updateComplete;
    document.querySelector('#scan')?.focus();
  }

  #update(event) {
    event.preventDefault();
    const values = read(event.target);
    if (values.code || values.papers)
      station.updateDossier(values);
  }
}

function read(form) {
  const values = {};
  const code = form.elements.code?.value.trim();
  const papers = form.elements.papers.valueAsNumber;
  if (code)
    values.code = code;
  if (papers)
    values.papers = papers;
  return values;
}

customElements.define('sohoa-dossiers', SohoaDossiers);
