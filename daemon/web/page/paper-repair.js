/* What can be put right on a paper: more pages, a page that belongs to the next paper, a page or paper that
 * should not be there, a new copy of a signed one. Whatever removes something asks for a reason. */
import {html, nothing, SohoaElement, station} from './element.js';

const SIGNED = new Set(['signed', 'extracted', 'coded', 'queued', 'closed']);

class SohoaPaperRepair extends SohoaElement {
  static properties = {document: {attribute: false}, pages: {attribute: false}};

  #asked = null; // {title, run(reason)} the dialog asks for

  view() {
    const {document, pages} = this;
    const actions = this.#actions(document, pages);
    if (!actions.length)
      return nothing;
    return html`<details class="repair">
      <summary>Sửa giấy này</summary>
      <ul>${actions.map((action) => html`<li><button type="button" ?disabled=${station.busy}
        @click=${() => this.#start(action)}>${action.title}</button></li>`)}</ul>
    </details>
    <dialog aria-labelledby="h-reason">
      <form method="dialog" @submit=${(event) => this.#submit(event)}>
        <h2 id="h-reason">${this.#asked?.title}</h2>
        <label for="reason">Lý do (được lưu cùng giấy tờ)</label>
        <input id="reason" autocomplete="off" required maxlength="200">
        <p class="buttons">
          <button class="primary">Thực hiện</button>
          <button type="button" @click=${() => this.querySelector('dialog').close()}>Thôi</button>
        </p>
      </form>
    </dialog>`;
  }

  #actions({id, state}, pages) {
    const actions = [];
    if (state === 'read')
      actions.push({title: 'Quét thêm trang vào giấy này', run: () => station.reopen(id)});
    if (state === 'open' || state === 'read') {
      for (const page of pages.slice(1))
        actions.push({title: `Từ trang ${page.position} là giấy khác`, run: () => station.split(id, page.id)});
      for (const page of pages)
        actions.push({title: `Bỏ trang ${page.position}`, ask: true,
          run: (reason) => station.removePage(page.id, reason)});
      actions.push({title: 'Bỏ cả giấy này', ask: true, run: (reason) => station.reject(id, reason)});
    }
    if (SIGNED.has(state))
      actions.push({title: 'Quét lại thành bản thay thế', ask: true,
        run: (reason) => station.replace(id, reason)});
    return actions;
  }

  #start(action) {
    this.querySelector('details').open = false;
    if (!action.ask) {
      action.run();
      return;
    }
    this.#asked = action;
    this.requestUpdate();
    this.querySelector('dialog').showModal();
  }

  #submit() {
    const input = this.querySelector('#reason');
    const reason = input.value.trim();
    input.value = '';
    if (reason)
      this.#asked.run(reason);
  }
}

customElements.define('sohoa-paper-repair', SohoaPaperRepair);
