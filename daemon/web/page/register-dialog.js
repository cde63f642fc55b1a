/* The registers of folders with old scans: take one, say which column is which, see what joined and what did not. */
import {html, nothing, SohoaElement, station} from './element.js';
import {FIELDS} from './labels.js';
import {dateForPeople, fieldLabel, timeForPeople} from './text.js';

const COLUMNS = {path: 'Tên tệp hoặc thư mục', type: 'Loại giấy tờ', number: 'Số (riêng)', symbol: 'Ký hiệu (riêng)', '-': 'Không dùng'};
const columnLabel = (column) => COLUMNS[column] ?? fieldLabel(column);
const LISTS = [['rows_alone', 'rows-alone', 'Dòng chưa có bản quét'], ['documents_alone', 'documents-alone', 'Giấy chưa có trong sổ'],
  ['questions', 'questions', 'Giấy cần chọn dòng'], ['double_rows', 'double-rows', 'Dòng ghi hai lần'], ['differing', 'differing', 'Giấy khác với sổ'],
  ['rows_purged', 'rows-purged', 'Dòng đã xóa vì giấy mật']];
const shownLists = (status) => LISTS.filter(([key]) => key !== 'rows_purged' || status.rows_purged);
const NOTES = {'not in the form of this field, kept as text': 'không đúng dạng, giữ nguyên chữ trong sổ',
  'a total, left out': 'dòng tổng cộng, bỏ qua', 'below the table, left out': 'dòng dưới bảng, bỏ qua',
  'a title in one cell, left out': 'dòng tiêu đề, bỏ qua', 'the headings again, left out': 'tiêu đề cột lặp lại, bỏ qua',
  'numbers of the columns, left out': 'dòng đánh số cột, bỏ qua', 'rows above the headings, left out': 'dòng phía trên tiêu đề cột, bỏ qua',
  'nothing in the columns that are read, left out': 'dòng trống ở các cột được đọc, bỏ qua',
  'two headings name this column, one is read': 'hai cột cùng nghĩa, chỉ đọc một cột',
  'a ditto mark, read as the row above': 'ghi «như trên», máy hiểu theo dòng ngay phía trên',
  'the file has more sheets, one of them is read': 'tệp có nhiều trang tính, chỉ đọc một trang',
  'longer than any cell, left out': 'ô quá dài, bỏ qua'};

const note = ({line, column, why}) => `${line ? `Dòng ${line}` : 'Cả tệp'}${column ? `, ${columnLabel(column)}` : ''}: ${NOTES[why] ?? 'không đọc được, bỏ qua'}`;

class SohoaRegisters extends SohoaElement {
  view() {
    if (!station.registers.folders.length)
      return nothing;
    return html`
      <button id="registers" type="button" @click=${() => this.#open()}>Sổ đăng ký</button>
      <dialog class="registers" aria-labelledby="h-registers" @close=${() => station.registers.close()}>
        <h2 id="h-registers">Sổ đăng ký kèm bản quét cũ</h2>
        ${this.#folders()}
        <div role="alert">${station.registers.error ? this.#refusal(station.registers.error) : nothing}</div>
        ${station.registers.trial ? this.#trial(station.registers.trial) : this.#present(station.registers.status)}
        <p class="buttons">${this.#choose()}
          <button type="button" id="close-registers" @click=${() => this.#dialog.close()}>Đóng</button></p>
      </dialog>`;
  }

  get #dialog() {
    return this.querySelector('dialog');
  }

  #open() {
    station.registers.open();
    this.#dialog.showModal();
  }

  #folders() {
    const {folders, folder} = station.registers;
    return html`<label for="register-folder">Thư mục bản quét</label>
      <select id="register-folder" @change=${(event) => station.registers.open(event.target.value)}>
        ${folders.map(({name}) => html`<option value=${name} ?selected=${name === folder}>${name}</option>`)}</select>`;
  }

  #refusal(error) {
    return html`<p class="alert error"><span>${error.message}
      ${error.ref ? html`<small>Mã tham chiếu: ${error.ref}</small>` : nothing}</span></p>`;
  }

  #choose() {
    const {isBusy, trial} = station.registers;
    return html`
      ${trial ? html`<button id="use-register" type="button" class="primary" ?disabled=${isBusy || trial.told.problem}
          @click=${() => this.#after(station.registers.use())}>Dùng sổ này</button>
        <button type="button" @click=${() => this.#after(station.registers.drop())}>Thôi</button>`
        : html`<button id="choose-register" type="button" ?disabled=${isBusy}
          @click=${() => this.querySelector('input[type=file]').click()}>Chọn tệp sổ…</button>`}
      <input type="file" hidden accept=".csv,.tsv,.txt,.xlsx" aria-label="Tệp sổ đăng ký" @change=${(event) => this.#chosen(event.target)}>`;
  }

  #chosen(input) {
    const [file] = input.files;
    if (file)
      this.#after(station.registers.look(file));
    input.value = '';
  }

  /* ---- a file that was looked at ---- */

  #trial({told, file, sheet}) {
    return html`<h3>${file.name}</h3>
      ${told.sheet_names?.length > 1 ? this.#sheets(told.sheet_names, sheet) : nothing}
      <p role="status">${told.problem ? 'Chưa thấy bảng đăng ký: cần biết cột tên tệp hoặc cột số, ký hiệu. Chọn nghĩa của từng cột bên dưới.'
        : `Đọc được ${told.rows} dòng, bỏ qua ${told.left_out} dòng. Xem lại nghĩa của từng cột.`}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Các cột của sổ"><table>
        <thead><tr><th scope="col">Cột trong sổ</th><th scope="col">Là</th></tr></thead>
        <tbody>${told.columns.map((column) => this.#column(column))}</tbody></table></div>
      ${told.notes.length ? html`<details><summary>${told.note_count} điều cần biết</summary>
        <ul>${told.notes.map((one) => html`<li>${note(one)}</li>`)}</ul></details>` : nothing}`;
  }

  #sheets(names, chosen) {
    return html`<p><label for="register-sheet">Trang tính (tệp có ${names.length} trang, mỗi lần đọc một trang)</label>
      <select id="register-sheet" ?disabled=${station.registers.isBusy} @change=${(event) => this.#turnTo(event.target.value)}>
        ${names.map((name, place) => html`<option value=${place ? name : ''} ?selected=${(place ? name : '') === chosen}>${name}</option>`)}</select></p>`;
  }

  #column({heading, key, field}) {
    const all = ['path', 'number_symbol', ...Object.keys(FIELDS).filter((name) => name !== 'number_symbol'), 'type', 'number', 'symbol'];
    return html`<tr><th scope="row">${heading}</th><td>
      <select aria-label=${`Cột ${heading} là`} ?disabled=${station.registers.isBusy} @change=${(event) => station.registers.say(key, event.target.value)}>
        <option value="-" ?selected=${!field || field === '-'}>${COLUMNS['-']}</option>
        ${all.map((name) => html`<option value=${name} ?selected=${name === field}>${columnLabel(name)}</option>`)}</select></td></tr>`;
  }

  /* ---- what is in use ---- */

  #present(status) {
    if (!status)
      return html`<p class="empty">Đang tải…</p>`;
    const current = status.registers.filter(({state}) => state === 'current');
    if (!current.length)
      return html`<p class="empty">Thư mục này chưa có sổ. Chọn tệp CSV hoặc Excel (.xlsx) của sổ.</p>`;
    return html`
      <ul class="in-use">${current.map(({name, file, rows, imported_us: at}) => html`
        <li><b>${name}</b> <small>${file} · ${rows} dòng · nhập ${timeForPeople(at)}</small></li>`)}</ul>
      <p role="status">${status.joining ? 'Đang ghép giấy với sổ…' : `Đã ghép ${status.joined} trên ${status.documents} giấy.`}</p>
      <p class="counts">${shownLists(status).map(([key, list, label]) => html`<button type="button" class="small" aria-pressed=${String(list === station.registers.list)}
        ?disabled=${!status[key]} @click=${() => station.registers.show(list)}>${label}: <b>${status[key]}</b></button>`)}</p>
      ${Object.keys(status.differs).length ? html`<p class="hint">Khác với sổ: ${Object.entries(status.differs)
        .map(([name, count]) => `${fieldLabel(name)} ${count}`).join(', ')}.</p>` : nothing}
      ${station.registers.list ? this.#list() : nothing}`;
  }

  #list() {
    const {items, hasMore, list} = station.registers;
    const isRows = list.includes('rows');
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Danh sách"><table>
      <thead><tr>${(isRows ? ['Dòng', 'Tệp', 'Số, ký hiệu', 'Ngày', 'Chủ giấy tờ'] : ['Tệp', list === 'differing' ? 'Mục khác' : 'Vì sao'])
        .map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${items.map((item) => isRows ? this.#row(item) : this.#paper(item))}</tbody></table></div>
      ${hasMore ? html`<button type="button" class="small" @click=${() => station.registers.more()}>Xem thêm</button>` : nothing}`;
  }

  #row({line, path, values, texts, purged}) {
    if (purged)
      return html`<tr><td>${line}</td><td colspan="4">Đã xóa cùng bản quét của giấy mật</td></tr>`;
    const told = {...texts, ...values};
    return html`<tr><td>${line}</td><td>${path ?? ''}</td><td>${told.number_symbol ?? ''}</td>
      <td>${values.issue_date ? dateForPeople(values.issue_date) : texts.issue_date ?? ''}</td><td>${told.owner_name ?? ''}</td></tr>`;
  }

  #paper({document_id: id, dossier_id: dossierId, files, why, fields}) {
    const WHY = {rows: 'nhiều dòng giống nhau', papers: 'nhiều giấy cho một dòng', elsewhere: 'số và ngày ở dòng khác', changed: 'sổ mới không còn dòng đã chọn'};
    return html`<tr><td><button type="button" class="link" @click=${() => this.#goTo(dossierId, id)}>${files[0] ?? id}</button>
      ${files.length > 1 ? html`<small>và ${files.length - 1} tệp nữa</small>` : nothing}</td>
      <td>${station.registers.list === 'differing' ? fields.map(fieldLabel).join(', ') : WHY[why] ?? 'không dòng nào khớp'}</td></tr>`;
  }

  async #goTo(dossierId, documentId) {
    this.#dialog.close();
    await station.chooseDossier(dossierId);
    station.chooseDocument(documentId);
  }

  /* Arrow keys go on from sheet to sheet. */
  async #turnTo(sheet) {
    await station.registers.chooseSheet(sheet);
    await this.updateComplete;
    this.querySelector('#register-sheet')?.focus();
  }

  /* The button that was pressed goes; the focus stays here. */
  async #after(done) {
    await done;
    await this.updateComplete;
    if (document.activeElement === document.body)
      this.querySelector('#use-register, #choose-register')?.focus();
  }
}

customElements.define('sohoa-registers', SohoaRegisters);
