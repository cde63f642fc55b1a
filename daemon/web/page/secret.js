/* A paper that carries the mark of a secret one: it is locked, and a person who has it at hand says what it is. */
import {html, nothing, SohoaElement, station} from './element.js';
import {pageName} from './sides.js';

const LEVELS = {mat: 'MẬT', toi_mat: 'TỐI MẬT', tuyet_mat: 'TUYỆT MẬT'};
const KEY = 'Delete';

const clock = new Intl.DateTimeFormat('vi-VN', {hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Ho_Chi_Minh'});

/* The mark that is still to be answered about; undefined. */
const openMark = (pages) => pages.find(({secret}) => secret && !secret.answer);

class SohoaSecret extends SohoaElement {
  static properties = {pages: {attribute: false}};

  #isDenying = false;
  #pageId = '';
  #problem = '';

  view() {
    const page = openMark(this.pages ?? []);
    if (!page)
      return nothing;
    if (page.id !== this.#pageId)
      this.#begin(page.id);
    return html`<section class="alert error secret" role="alert" aria-label="Giấy có dấu mật">
      <div><strong>▲ Máy thấy dấu «${LEVELS[page.secret.level]}» trên ${pageName(page, this.pages).toLowerCase()} của giấy này.</strong>
      <p>Giấy mật không được số hóa. Máy đã dừng quét và khóa cả giấy: không xem, không ký, không gửi.</p>
      <p>Việc cần làm: lấy giấy ra khỏi máy, xem dấu trên bản giấy rồi trả lời.</p>
      <p>${this.#ifUnanswered(page)}</p>
      <p class="buttons"><button id="is-secret" type="button" class="primary" aria-keyshortcuts=${KEY} ?disabled=${station.busy}
          @click=${() => this.#answer(true)}>Đúng là giấy mật: xóa ngay <kbd>Delete</kbd></button>
        ${this.#isDenying ? nothing : html`<button id="not-secret" type="button" ?disabled=${station.busy}
          @click=${() => this.#deny()}>Không phải giấy mật…</button>`}</p>
      ${this.#isDenying ? this.#reason() : nothing}</div></section>`;
  }

  #begin(id) {
    this.#pageId = id;
    this.#isDenying = false;
    this.#problem = '';
  }

  #ifUnanswered({secret, device}) {
    return secret.due_us ? `Nếu chưa ai trả lời, ảnh tự xóa lúc ${clock.format(new Date(secret.due_us / 1000))}; giấy vẫn ở quầy nên không mất gì.`
      : `Trang này lấy từ tệp${device?.startsWith('import/') ? ` trong thư mục «${device.slice(7)}»` : ''}: máy giữ khóa đến khi có trả lời. Tệp gốc máy không động đến; nếu là giấy mật, xử lý tệp đó theo quy định bảo vệ bí mật nhà nước.`;
  }

  #reason() {
    return html`<form @submit=${(event) => this.#submit(event)} @keydown=${(event) => event.key === 'Escape' && this.#keep()}>
      <label for="why-not-secret">Vì sao không phải giấy mật? <small>(được ghi lại)</small></label>
      <input id="why-not-secret" name="reason" autocomplete="off" maxlength="300">
      ${this.#problem ? html`<p class="alert error" role="alert">${this.#problem}</p>` : nothing}
      <p class="buttons"><button ?disabled=${station.busy}>Mở khóa giấy này</button>
        <button type="button" @click=${() => this.#keep()}>Thôi</button></p></form>`;
  }

  async #deny() {
    this.#isDenying = true;
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector('#why-not-secret')?.focus();
  }

  async #keep() {
    this.#isDenying = false;
    this.#problem = '';
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector('#not-secret')?.focus();
  }

  #submit(event) {
    event.preventDefault();
    const reason = event.target.elements.reason.value.trim();
    this.#problem = reason ? '' : 'Hãy ghi lý do, ví dụ: dấu đã giải mật ngày 02/9/2024.';
    this.requestUpdate();
    if (reason)
      this.#answer(false, reason);
  }

  #answer(isSecret, reason) {
    return station.edits.answerSecret({id: this.#pageId}, isSecret, reason);
  }

  /* ---- the key ---- */

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.#onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#onKey);
  }

  #onKey = (event) => {
    const isTyping = event.target.closest?.('input, select, textarea');
    const isPlain = !event.ctrlKey && !event.altKey && !event.shiftKey && !event.metaKey;
    if (event.key !== KEY || !isPlain || isTyping || document.querySelector('dialog[open]') || !openMark(this.pages ?? []))
      return;
    event.preventDefault();
    this.#answer(true);
  };
}

customElements.define('sohoa-secret', SohoaSecret);
