/* Compare the proposal with the paper, correct it, confirm once: that signs and sends. */
import {html, live, nothing, repeat, SohoaElement, station} from './element.js';
import {Draft} from './draft.js';
import {FIELDS, TYPES} from './labels.js';
import {pageStrip} from './page-image.js';
import {registerLine, registerRow, registerType, registerValue, TAKE_KEY} from './register-beside.js';
import {countedPages} from './sides.js';
import {dateForPeople, documentName, documentState, fieldLabel, isCounterForm, isDateField, openQuestions} from './text.js';
import {failedPages, waiting} from './waiting.js';
import './paper-menu.js';
import './secret.js';
import './sheet.js';
import './submitted.js';
import './withdrawn.js';

/* States in which the answers are still the clerk's to give. */
const ANSWERABLE = new Set(['open', 'read', 'held']);

const GONE = {
  rejected: 'Giấy này đã bị loại nên không ký và không gửi.',
  failed: 'Giấy này không xử lý được nên không ký và không gửi. Quét lại thành giấy mới.',
  superseded: 'Giấy này đã có bản thay thế; mở bản đó để làm tiếp.',
  withdrawn: 'Giấy này đã thu hồi.',
};

const MARKS = {
  missing: {sign: '✎', text: 'Chưa đọc được, hãy nhập'},
  check: {sign: '▲', text: 'Cần xem lại'},
  checked: {sign: '✓', text: 'Đã xem'},
  sure: {sign: '✓', text: 'Máy đọc rõ'},
};

function shown(name, value) {
  if (value === null)
    return 'Giấy không có';
  if (name === 'no_expiry')
    return String(value) === 'true' ? 'Không thời hạn' : 'Có thời hạn';
  return value === 'unknown' ? 'Không rõ' : isDateField(name) ? dateForPeople(value) : value;
}

class SohoaReview extends SohoaElement {
  #draft = null;
  #chosen = '';      // field whose box is shown
  #compared = false;
  #revision = '';    // of the document the tick is about
  #problem = '';
  #wantsFocus = false; // once the next paper is there

  view() {
    const detail = station.detail;
    if (!station.documentId)
      return html`<p class="empty">Quét giấy, máy đọc xong thì nội dung hiện ở đây để đối chiếu.</p>`;
    if (!detail)
      return html`<p class="empty">Đang tải…</p>`;
    const document = detail.document;
    this.#follow(document);
    const pages = countedPages(detail.pages);
    if (document.locked)
      return html`<p class="about"><b>Giấy ${station.numberOf(document.id)}</b></p>
        <sohoa-secret .pages=${pages}></sohoa-secret>`;
    return html`
      <p class="about"><b>Giấy ${station.numberOf(document.id)}: ${documentName(document)}</b>
        <span class="state">${documentState(document, pages, station.deliveriesOf(document.id), station.capture.isScanning(document.id))}</span>
        <sohoa-paper-menu .paper=${document}></sohoa-paper-menu></p>
      ${isCounterForm(document) ? html`<p class="hint counter-form">Biểu mẫu của quy trình một cửa: không phải thành phần hồ sơ,
        không phải số hóa.</p>` : nothing}
      <div class="sides">
        <sohoa-sheet class="sheet" .paper=${document} .pages=${pages} .boxes=${this.#boxes(document)} .chosen=${this.#chosen}
          .choose=${this.#focusField}></sohoa-sheet>
        <div class="answers">${this.#answers(document, pages, detail.pages)}</div>
      </div>`;
  }

  updated() {
    if (!this.#wantsFocus || station.detail?.document.state !== 'read')
      return;
    this.#wantsFocus = false;
    this.querySelector(`#f-${this.#draft.open()[0]?.name ?? 'type'}`)?.focus();
  }

  /* A new document, or a new reading of it, begins a new draft. */
  #follow(document) {
    if (this.#draft?.documentId === document.id && this.#draft.proposals === document.fields)
      return;
    const isOther = this.#draft?.documentId !== document.id;
    this.#draft = new Draft(document);
    if (!ANSWERABLE.has(document.state))
      this.#draft.forget();
    if (isOther) {
      this.#chosen = '';
      this.#problem = '';
    }
    if (isOther || this.#revision !== document.revision)
      this.#compareAnew(document.revision, isOther);
  }

  /* What was compared is no longer what is shown. */
  #compareAnew(revision, isOther) {
    if (this.#compared && !isOther)
      this.#problem = 'Giấy này vừa thay đổi. Hãy xem lại các mục, so với bản giấy rồi tích lại.';
    this.#compared = false;
    this.#revision = revision;
  }

  #boxes(document) {
    return this.#draft.rows().filter(({proposal}) => proposal.box_mm).map(({name, proposal, mark}) =>
      ({name, box_mm: proposal.box_mm, page: proposal.page, state: document.state === 'read' ? mark : 'sure'}));
  }

  #answers(document, pages, allPages) {
    if (document.state === 'open')
      return html`${failedPages(document, allPages)}${waiting(document, pages, allPages)}`;
    if (document.state === 'held')
      return this.#held(document);
    if (document.state !== 'read')
      return this.#confirmed(document);
    return html`${failedPages(document, allPages)}${this.#form(document, pages)}`;
  }

  #held(document) {
    return html`<p class="alert error">
      <span><strong>${station.messageFor(document.held?.reason) || 'Giấy này cần người xem.'}</strong>
        ${document.held?.ref ? html`<small>Mã tham chiếu: ${document.held.ref}</small>` : nothing}</span>
      <button type="button" ?disabled=${station.busy}
        @click=${() => station.release('document', document.id)}>Thử lại</button></p>`;
  }

  #form(document, pages) {
    const rows = this.#draft.rows();
    const left = this.#draft.open().length;
    const asked = this.#questionsOf(document).length;
    const chosen = rows.find(({name}) => name === this.#chosen);
    return html`
      <form @submit=${(event) => this.#submit(event, document)} novalidate>
        <div class="strip-place">
          <small>${chosen ? `Trên giấy: ${chosen.label}` : 'Chọn một mục để xem đoạn ảnh của nó'}</small>
          ${chosen ? pageStrip(pages[chosen.proposal.page - 1], chosen.proposal.box_mm) : nothing}
        </div>
        ${registerRow(document)}
        <div class="fields">
          <div class="field">
            <label for="f-type">Loại giấy tờ</label>
            <select id="f-type" @change=${(event) => this.#setType(event.target.value)}>
              ${Object.entries(TYPES).map(([slug, label]) => html`
                <option value=${slug} ?selected=${slug === this.#draft.type}>${label}</option>`)}
            </select>
            ${registerType(this.#draft.type, document.register, (type) => this.#setType(type))}
          </div>
          ${repeat(rows, ({name}) => `${document.id}/${name}`, (row) => this.#field(row))}
          ${this.#adder()}
          <sohoa-submitted .paper=${document}></sohoa-submitted>
        </div>
        <div class="confirm">
          <p class="left" role="status">${left ? `Còn ${left} mục cần xem.` : 'Đã xem đủ các mục.'}${
            asked ? ` Còn ${asked} câu hỏi về trang, ở cột Quét.` : ''}</p>
          <label class="tick"><input id="compared" type="checkbox" .checked=${live(this.#compared)}
            @change=${(event) => this.#setCompared(event.target.checked)}>
            Tôi đã đối chiếu với bản giấy</label>
          ${this.#problem ? html`<p class="alert error" role="alert">${this.#problem}</p>` : nothing}
          <button class="big primary" ?disabled=${station.busy}>
            Xác nhận, ký và gửi <kbd>Ctrl</kbd>+<kbd>Enter</kbd></button>
        </div>
      </form>`;
  }

  #field({name, label, proposal, value, absent, mark}) {
    const isWrong = station.notice?.field === name;
    const canBeAbsent = absent || !value.trim();
    const {sign, text} = MARKS[mark];
    return html`<div class=${`field ${mark}${isWrong ? ' wrong' : ''}`}>
      <label for=${`f-${name}`}>${label}</label>
      <span class="mark" id=${`m-${name}`}><span aria-hidden="true">${sign}</span>
        ${absent ? 'Giấy không có' : text}</span>
      ${this.#input({name, value, absent, isWrong})}
      ${proposal.raw && proposal.raw !== proposal.value && proposal.needs_person
        ? html`<small class="raw">Chữ đọc được: ${proposal.raw}</small>` : nothing}
      ${registerLine({name, value, proposal}, (told) => this.#take(name, told))}
      ${proposal.handwritten ? html`<small class="raw">Chữ viết tay: so với ảnh, gõ cho đúng</small>` : nothing}
      ${canBeAbsent ? html`<label class="tick"><input type="checkbox" .checked=${live(absent)}
        @change=${(event) => this.#setAbsent(name, event.target.checked)}>
        Giấy này không có</label>` : nothing}
      ${name === 'valid_until' && !absent ? html`<button type="button" class="small"
        @click=${() => this.#setValue(name, 'unknown')}>Giấy không ghi rõ thời hạn</button>` : nothing}
    </div>`;
  }

  #input({name, value, absent, isWrong}) {
    const common = {id: `f-${name}`, describe: `m-${name}`};
    if (name === 'no_expiry')
      return html`<select id=${common.id} aria-describedby=${common.describe} ?disabled=${absent}
        @focus=${() => this.#enter(name)} @blur=${() => this.#leave(name)}
        @change=${(event) => this.#setValue(name, event.target.value)}>
        <option value="" ?selected=${!value}>(chọn)</option>
        <option value="true" ?selected=${value === 'true'}>Không thời hạn</option>
        <option value="false" ?selected=${value === 'false'}>Có thời hạn</option></select>`;
    if (name === 'abstract' || value.length > 48)
      return html`<textarea id=${common.id} rows="2" aria-describedby=${common.describe}
        aria-invalid=${isWrong ? 'true' : nothing} ?disabled=${absent} .value=${live(value)}
        @focus=${() => this.#enter(name)} @blur=${() => this.#leave(name)}
        @keydown=${(event) => this.#fieldKey(event, name)}
        @input=${(event) => this.#setValue(name, event.target.value)}></textarea>`;
    return html`<input id=${common.id} autocomplete="off" spellcheck="false"
      aria-describedby=${common.describe} aria-invalid=${isWrong ? 'true' : nothing}
      placeholder=${isDateField(name) ? 'ngày/tháng/năm' : nothing} ?disabled=${absent}
      .value=${live(value === 'unknown' ? 'Không rõ' : value)}
      @focus=${() => this.#enter(name)} @blur=${() => this.#leave(name)}
      @keydown=${(event) => this.#fieldKey(event, name)}
      @input=${(event) => this.#setValue(name, event.target.value)}>`;
  }

  #adder() {
    const names = this.#draft.names();
    const others = Object.keys(FIELDS).filter((name) => !names.includes(name));
    return html`<div class="field adder">
      <label for="f-add">Thêm mục</label>
      <select id="f-add" @change=${(event) => this.#addField(event.target)}>
        <option value="">(chọn mục có trên giấy)</option>
        ${others.map((name) => html`<option value=${name}>${fieldLabel(name)}</option>`)}
      </select></div>`;
  }

  #confirmed(document) {
    const answers = Object.entries(document.confirmed ?? {});
    return html`
      ${GONE[document.state] ? html`<p class="empty">${GONE[document.state]}</p>` : nothing}
      <sohoa-withdrawn .paper=${document}></sohoa-withdrawn>
      ${document.state === 'copied' && station.signerLocked ? html`
        <p class="alert error"><span>Chờ mở khóa chữ ký để ký giấy này.</span>
          <button type="button" @click=${() => this.#askPassword()}>Mở khóa</button></p>` : nothing}
      <dl class="confirmed">${answers.map(([name, value]) => html`
        <div><dt>${fieldLabel(name)}</dt><dd>${shown(name, value)}</dd></div>`)}
        ${document.result_code ? html`<div><dt>Mã kết quả số hóa</dt><dd>${document.result_code}${document.result_code_is_provisional
          ? html` <small>(mã tạm, chờ mã của tỉnh)</small>` : nothing}</dd></div>`
          : nothing}</dl>
      ${document.signed ? html`<p><a href="/v1/documents/${document.id}/file" target="_blank"
        rel="noopener">Xem bản đã ký (PDF)</a></p>` : nothing}`;
  }

  #askPassword() {
    return document.querySelector('sohoa-signer').askPassword();
  }

  #focusField = (name) => this.querySelector(`#f-${name}`)?.focus();

  #enter(name) {
    this.#chosen = name;
    const page = countedPages(station.detail.pages)[this.#draft.row(name).proposal.page - 1];
    if (page)
      station.showPage(page);
    this.requestUpdate();
  }

  #leave(name) {
    this.#draft.setSeen(name);
    this.requestUpdate();
  }

  /* About its pages; they are asked beside the pages. */
  #questionsOf({id}) {
    return station.pagesOf(id).flatMap(openQuestions);
  }

  /* What the register says, in place of what was read. */
  async #take(name, told) {
    this.#setValue(name, told);
    await this.updateComplete;
    this.#focusField(name);
  }

  /* Enter takes the value as it stands and goes to the next field that needs a person. */
  #fieldKey(event, name) {
    const {register} = this.#draft.row(name).proposal;
    if (event.key === TAKE_KEY && register && register.how !== 'text') {
      event.preventDefault();
      this.#take(name, registerValue(name, register));
      return;
    }
    if (event.key !== 'Enter' || event.ctrlKey || event.isComposing)
      return;
    event.preventDefault();
    this.#draft.setSeen(name);
    const open = this.#draft.open();
    const names = this.#draft.names();
    const next = open.find((row) => names.indexOf(row.name) > names.indexOf(name)) ?? open[0];
    this.querySelector(next ? `#f-${next.name}` : '#compared').focus();
  }

  #setType(type) {
    this.#problem = '';
    this.#draft.setType(type);
    this.requestUpdate();
  }

  #setValue(name, value) {
    this.#problem = '';
    this.#draft.setValue(name, value);
    this.requestUpdate();
  }

  #setAbsent(name, isAbsent) {
    this.#problem = '';
    this.#draft.setAbsent(name, isAbsent);
    this.requestUpdate();
  }

  async #addField(select) {
    const name = select.value;
    select.value = '';
    if (!name)
      return;
    this.#draft.add(name);
    this.requestUpdate();
    await this.updateComplete;
    this.#focusField(name);
  }

  #setCompared(value) {
    this.#compared = value;
    this.#problem = '';
    this.requestUpdate();
  }

  /* The text takes room: where the focus goes is brought into view after it is there. */
  async #refuse(problem, selector) {
    this.#problem = problem;
    this.requestUpdate();
    await this.updateComplete;
    document.querySelector(selector)?.focus();
  }

  async #submit(event, document) {
    event.preventDefault();
    const [first] = this.#draft.open();
    if (first)
      return this.#refuse(first.mark === 'missing'
        ? `Mục «${first.label}» còn trống: nhập từ bản giấy, hoặc tích «Giấy này không có».`
        : `Hãy xem lại mục «${first.label}» rồi bấm Enter.`, `#f-${first.name}`);
    if (this.#questionsOf(document).length)
      return this.#refuse('Còn trang cần trả lời: bấm «Giữ» nếu trang đúng, «Bỏ» nếu thừa.', '.thumbs .asked button');
    if (!this.#compared)
      return this.#refuse('Hãy so với bản giấy rồi tích ô «Tôi đã đối chiếu với bản giấy».', '#compared');
    this.#problem = '';
    const draft = this.#draft; // as it was seen, should the document change under the password dialog
    if (station.signerLocked && !await this.#askPassword())
      return undefined;
    if (await station.papers.confirm(document.id, document.revision, draft.answers())) {
      draft.forget();
      this.#goOn(document.id);
    } else if (station.notice?.field) {
      this.#draft.add(station.notice.field);
      this.requestUpdate();
      await this.updateComplete;
      this.#focusField(station.notice.field);
    }
    return undefined;
  }

  /* The next paper to compare; when there is none, the scan button. */
  #goOn(doneId) {
    const next = station.documents.find(({id, state}) => id !== doneId && state === 'read');
    if (!next) {
      document.querySelector('#scan')?.focus();
      return;
    }
    this.#wantsFocus = true;
    station.chooseDocument(next.id);
  }
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey)
    document.querySelector('sohoa-review .answers form')?.requestSubmit();
});

customElements.define('sohoa-review', SohoaReview);
