/* Files into the open dossier: dropped or chosen here, or from a copying machine; how far each is and what is wrong. */
import {html, live, nothing, repeat, SohoaElement, station} from './element.js';
import {passedOver} from './passed-over.js';
import {clockForPeople, dossierName} from './text.js';

const KINDS = '.jpg,.jpeg,.png,.tif,.tiff,.pdf,.docx';
const STATES = {found: 'Chờ nhận', stable: 'Chờ nhận', taken: 'Đã lưu, đang đọc tệp', paged: 'Đã lưu, đang tách trang',
  done: 'Đã vào hồ sơ', duplicate: 'Trùng với tệp đã có, không nhận thêm', refused: 'Không nhận được', waiting: 'Chờ cán bộ xem'};
const TROUBLED = new Set(['refused', 'waiting']);

const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
const nameOf = (path) => path.split('/').at(-1);

class SohoaFiles extends SohoaElement {
  #isOver = false;
  #asked = 0;      // answers that are wanted of the clerk
  #documentId; // paper that the chosen files belong to; undefined: papers of their own

  view() {
    const {imports} = station;
    const done = imports.items.filter(({state}) => state === 'done').length;
    const others = imports.items.filter(({state}) => state !== 'done');
    return html`<section class=${`files${this.#isOver ? ' over' : ''}`} aria-label="Tệp vào hồ sơ này">
      <p class="drop">
        <span>${this.#isOver ? 'Thả ra để đưa tệp vào hồ sơ này' : 'Có tệp ảnh, PDF? Thả vào đây hoặc'}</span>
        <button id="choose-files" type="button" class="small" @click=${() => this.choose()}>Chọn tệp…</button>
        <input type="file" multiple hidden accept=${KINDS} aria-label="Chọn tệp" @change=${(event) => this.#chosen(event.target)}></p>
      ${imports.uploadsHere.length || others.length ? html`<ul class="list" aria-label="Tệp đang vào hồ sơ">
        ${repeat(imports.uploadsHere, ({key}) => key, (row) => this.#upload(row))}
        ${repeat(others, ({id}) => id, (item) => this.#item(item))}</ul>` : nothing}
      ${done ? html`<p class="hint" role="status">✓ ${done} tệp đã vào hồ sơ.</p>` : nothing}
      ${imports.copiers.map((folder) => this.#copier(folder))}
      ${imports.folders.map((folder) => passedOver(folder))}
    </section>`;
  }

  /* What came of what the clerk just did is seen. */
  updated() {
    const asking = this.querySelectorAll('.unsent, .stray');
    if (asking.length > this.#asked)
      asking[asking.length - 1].scrollIntoView({block: 'nearest'});
    this.#asked = asking.length;
  }

  /* Its bytes are not here yet. */
  #upload(row) {
    const {file, sent, error, isTwin} = row;
    if (isTwin)
      return html`<li class="unsent"><b>${file.name}</b>
        <small role="status">Tệp này đã có trong hồ sơ này, nên không nhận thêm.</small>
        <p class="buttons"><button type="button" class="small" @click=${() => this.#after(station.imports.forget(row))}>Đã hiểu</button></p></li>`;
    if (error)
      return html`<li class="troubled unsent"><b>${file.name}</b>
        <span class="why" role="alert">Chưa nhận được tệp này; tệp gốc vẫn ở chỗ cũ. ${error.message}
          ${error.ref ? html`<small>Mã tham chiếu: ${error.ref}</small>` : nothing}</span>
        <p class="buttons"><button type="button" class="small" @click=${() => this.#after(station.imports.sendAgain(row))}>Gửi lại tệp</button>
          <button type="button" class="small" @click=${() => this.#after(station.imports.forget(row))}>Bỏ qua</button></p></li>`;
    return html`<li><b>${file.name}</b>
      <small>${sent ? 'Đang gửi…' : 'Chờ gửi'}</small>
      <progress max=${file.size || 1} .value=${sent} aria-label=${`Đang gửi ${file.name}`}></progress></li>`;
  }

  #item(item) {
    const {path, state, problem} = item;
    const isTroubled = TROUBLED.has(state);
    return html`<li class=${isTroubled ? 'troubled' : ''}><b>${nameOf(path)}</b>
      <small><span class="state">${STATES[state] ?? state}</span></small>
      ${problem ? html`<span class="why">${problem.message}</span>` : nothing}
      ${isTroubled ? html`<p class="buttons"><button type="button" class="small" ?disabled=${station.busy}
        aria-label=${`Thử lại ${nameOf(path)}`} @click=${() => this.#after(station.imports.retry(item))}>Thử lại</button></p>` : nothing}</li>`;
  }

  #copier(folder) {
    const fed = folder.feed?.dossier_id;
    const isHere = fed === station.dossierId;
    const other = fed && !isHere && station.dossierList.all.find(({id}) => id === fed);
    const state = !fed ? '' : isHere ? `Đang nhận. Tự thôi lúc ${clockForPeople(folder.feed.until_us)} nếu không có tệp mới.`
      : `Đang nhận vào hồ sơ khác${other ? `: ${dossierName(other)}` : ''}. Bật lên để chuyển về hồ sơ này.`;
    return html`<label class="tick"><input type="checkbox" role="switch" .checked=${live(isHere)} ?disabled=${station.busy}
        @change=${(event) => station.imports.feed(folder, event.target.checked)}>
        <span>Nhận tệp từ máy photocopy vào hồ sơ này${station.imports.copiers.length > 1 ? ` (${folder.name})` : ''}</span></label>
      ${fed ? html`<p class="hint">${state}</p>` : nothing}
      ${this.#stray(folder)}
      ${folder.problem ? html`<p class="alert error">${folder.problem.message}</p>` : nothing}`;
  }

  /* Perhaps another citizen's papers: into this dossier only by the clerk's word. */
  #stray(folder) {
    const {imports} = station;
    const stray = imports.strayIn(folder);
    if (!stray)
      return nothing;
    const say = (waiting) => this.#after(imports.feed(folder, true, waiting));
    return html`<div class="stray" role="alert">
      <p>Có ${stray.count} tệp từ máy photocopy đến trước khi chọn hồ sơ nhận, có thể là giấy của người khác.
        Xem tên tệp rồi chọn: nhận vào hồ sơ này, hay để lại.</p>
      <ul class="list">${stray.names.map((name) => html`<li><b>${name}</b></li>`)}</ul>
      <p class="buttons">
        <button type="button" class="small" ?disabled=${station.busy} @click=${() => say('take')}>Nhận vào hồ sơ này</button>
        <button type="button" class="small" ?disabled=${station.busy} @click=${() => say('leave')}>Để lại</button>
        <button type="button" class="small" @click=${() => this.#after(imports.dropStray())}>Thôi</button></p></div>`;
  }

  /* The button that was pressed goes; the focus stays here. */
  async #after(done) {
    await done;
    await this.updateComplete;
    if (document.activeElement === document.body)
      this.querySelector('#choose-files')?.focus();
  }

  choose(documentId) {
    this.#documentId = documentId;
    this.querySelector('input[type=file]').click();
  }

  #chosen(input) {
    station.imports.send(input.files, this.#documentId);
    input.value = '';
  }

  /* ---- dropping: anywhere on the page, so that no browser opens the file in place of it ---- */

  #onDrag = (event) => {
    if (!hasFiles(event))
      return;
    event.preventDefault();
    this.#aim(event.type === 'dragover');
    if (event.type === 'drop')
      station.imports.send(event.dataTransfer.files);
  };

  #onLeave = ({relatedTarget}) => relatedTarget || this.#aim(false);

  #aim(isOver) {
    if (isOver === this.#isOver)
      return;
    this.#isOver = isOver;
    this.requestUpdate();
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('dragover', this.#onDrag);
    document.addEventListener('drop', this.#onDrag);
    document.addEventListener('dragleave', this.#onLeave);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('dragover', this.#onDrag);
    document.removeEventListener('drop', this.#onDrag);
    document.removeEventListener('dragleave', this.#onLeave);
  }
}

customElements.define('sohoa-files', SohoaFiles);

/* Where no dossier is open a dropped file does nothing. */
for (const name of ['dragover', 'drop'])
  document.addEventListener(name, (event) => hasFiles(event) && event.preventDefault());
