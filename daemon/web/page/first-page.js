/* «Đúng hồ sơ này?»: the first page after a change of dossier, big. Until it is answered, the machine's button
 * and a hands-free run rest. */
import {html, nothing, SohoaElement, station} from './element.js';
import {pageThumb} from './page-image.js';
import {dossierName} from './text.js';

class SohoaFirstPage extends SohoaElement {
  #isRefusing = false;
  #asked = '';

  view() {
    const {page, picture} = station.arrival;
    if (!page)
      return nothing;
    const isLocked = page.locked || station.documents.some(({id, locked}) => id === page.document_id && locked);
    return html`<section class="first-page" aria-labelledby="h-first-page">
      <p class="question"><strong id="h-first-page">Đúng hồ sơ này?</strong> <span>${dossierName(station.dossier)}</span></p>
      ${isLocked ? html`<p class="empty">Trang này có dấu mật nên không hiện ảnh. Hãy trả lời câu hỏi về dấu mật trước.</p>` : this.#body(page, picture)}
    </section>`;
  }

  #body(page, picture) {
    return html`${this.#isRefusing ? this.#reason() : html`<p class="buttons">
        <button id="right-dossier" type="button" class="primary" aria-keyshortcuts="F8"
          @click=${() => station.arrival.confirm()}>Đúng <kbd>F8</kbd></button>
        <button id="wrong-dossier" type="button" ?disabled=${station.busy} @click=${() => this.#refuse(true)}>Không</button></p>`}
      ${page.info ? pageThumb(page, 'Trang đầu tiên vừa quét')
        : picture ?? html`<p class="empty">Đang tải ảnh trang…</p>`}`;
  }

  #reason() {
    return html`<form @submit=${(event) => this.#submit(event)}>
      <label for="wrong-reason">Bỏ trang này, lý do</label>
      <input id="wrong-reason" required maxlength="200" autocomplete="off" value="Quét nhầm hồ sơ">
      <p class="buttons"><button class="stop" ?disabled=${station.busy}>Bỏ trang</button>
        <button type="button" @click=${() => this.#refuse(false)}>Thôi</button></p></form>`;
  }

  connectedCallback() {
    super.connectedCallback();
    this.onKey = (event) => this.#key(event);
    document.addEventListener('keydown', this.onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.onKey);
  }

  /* Whoever is scanning finds the answer under the Enter key; whoever types elsewhere is not disturbed. */
  updated() {
    const asked = station.arrival.page?.id ?? '';
    if (asked === this.#asked)
      return;
    this.#asked = asked;
    this.#isRefusing = false;
    const at = document.activeElement;
    if (asked && (at === document.body || at.closest('sohoa-scanner')))
      this.querySelector('#right-dossier')?.focus();
  }

  #key(event) {
    if (event.key !== 'F8' || !station.arrival.page || document.querySelector('dialog[open]'))
      return;
    event.preventDefault();
    station.arrival.confirm();
  }

  async #refuse(isRefusing) {
    this.#isRefusing = isRefusing;
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector(isRefusing ? '#wrong-reason' : '#right-dossier')?.focus();
  }

  async #submit(event) {
    event.preventDefault();
    const reason = this.querySelector('#wrong-reason').value.trim();
    if (!reason)
      return;
    await station.arrival.refuse(reason);
    this.#isRefusing = false;
    this.requestUpdate();
  }
}

customElements.define('sohoa-first-page', SohoaFirstPage);
