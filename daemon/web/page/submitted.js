/* In which form a paper was handed in, what its pages say about it, and what the supervisor said of a copy. */
import {html, nothing, SohoaElement, station} from './element.js';

const FORMS = {original: 'Bản chính', register_copy: 'Bản sao từ sổ gốc', certified_ecopy: 'Bản sao điện tử chứng thực',
  ecopy_with_original: 'Bản sao điện tử kèm bản chính đối chiếu', photocopy: 'Bản chụp', certified_copy: 'Bản sao chứng thực'};
const MARKS = {sao_y: 'SAO Y', sao_luc: 'SAO LỤC', trich_sao: 'TRÍCH SAO', ban_sao: 'BẢN SAO',
  chung_thuc: 'Chứng thực bản sao đúng với bản chính'};

class SohoaSubmitted extends SohoaElement {
  static properties = {paper: {attribute: false}};

  view() {
    const {id, submitted_form: form, copy_rule: rule} = this.paper;
    return html`<div class="field">
      <label for="f-submitted">Hình thức bản nộp</label>
      <select id="f-submitted" ?disabled=${station.busy} @change=${(event) => station.papers.sayForm(id, event.target.value || null)}>
        <option value="" ?selected=${!form}>Chưa chọn</option>
        ${Object.entries(FORMS).map(([word, text]) => html`<option value=${word} ?selected=${word === form}>${text}</option>`)}
      </select>
      ${form ? nothing : this.#offer()}
      ${rule === 'refused' ? html`<p class="alert asks">${station.messageFor('COPY_REFUSED')}</p>` : nothing}
      ${rule === 'supervisor' ? this.#decision() : nothing}</div>`;
  }

  #offer() {
    const [mark] = this.paper.copy_marks ?? [];
    return mark ? html`<p class="offer">Trên giấy có «${MARKS[mark.name]}»: có thể là ${FORMS[mark.form].toLowerCase()}.
      <button id="take-form" type="button" ?disabled=${station.busy}
        @click=${() => station.papers.sayForm(this.paper.id, mark.form)}>Đúng</button></p>` : nothing;
  }

  /* A copy waits for the supervisor: who, yes or no, and why. */
  #decision() {
    const decision = this.paper.copy_decision;
    return html`<fieldset class="decision"><legend>Lãnh đạo bộ phận quyết định về bản sao này</legend>
      ${decision ? html`<p role="status"><b>${decision.allowed ? '✓ Cho số hóa' : '✗ Không số hóa'}</b>: ${decision.decider}, ${decision.reason}</p>` : nothing}
      <label for="copy-decider">Người quyết định</label>
      <input id="copy-decider" autocomplete="off" maxlength="100" .value=${decision?.decider ?? ''}>
      <label for="copy-reason">Lý do</label>
      <input id="copy-reason" autocomplete="off" maxlength="300" .value=${decision?.reason ?? ''}>
      <p class="buttons"><button id="copy-yes" type="button" ?disabled=${station.busy} @click=${() => this.#decide(true)}>Cho số hóa</button>
        <button id="copy-no" type="button" ?disabled=${station.busy} @click=${() => this.#decide(false)}>Không số hóa</button></p></fieldset>`;
  }

  #decide(allowed) {
    const inputs = ['#copy-decider', '#copy-reason'].map((selector) => this.querySelector(selector));
    const empty = inputs.find(({value}) => !value.trim());
    if (empty) {
      empty.focus();
      station.tell('Ghi người quyết định và lý do trước.', true);
      return;
    }
    const [decider, reason] = inputs.map(({value}) => value.trim());
    station.papers.decideCopy(this.paper.id, {allowed, decider, reason});
  }
}

customElements.define('sohoa-submitted', SohoaSubmitted);
