/* The dossier's procedure, found by name or code, and the papers it wants beside those that are there. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {dateForPeople} from './text.js';

/* A sign and words for each: nothing is told by colour alone. */
const STATES = {
  have: ['✓', 'Đã có'],
  missing: ['▲', 'Còn thiếu'],
  awaited: ['…', 'Chưa có kết quả'],
  on_demand: ['○', 'Chỉ số hóa khi người nộp yêu cầu'],
  never: ['–', 'Không số hóa'],
};

/* How a code begins, as a person or a reader of barcodes types it. */
const CODE = /^\d\.\d{6}/;

const STAGES = {component: 'Thành phần hồ sơ', result: 'Kết quả giải quyết'};

class SohoaWanted extends SohoaElement {
  view() {
    const {dossier, wanted} = station;
    if (!dossier || !wanted.list)
      return nothing;
    const isAsked = !dossier.closed_us && (!wanted.procedure || wanted.isChanging);
    return html`
      ${wanted.procedure ? this.#procedure(wanted, dossier) : nothing}
      ${!wanted.procedure && isAsked && wanted.procedureRead ? this.#offer(wanted.procedureRead) : nothing}
      ${isAsked ? this.#search(wanted) : nothing}
      ${wanted.procedure ? this.#papers(wanted.list) : nothing}`;
  }

  #offer(read) {
    return html`<p class="offer">Mã thủ tục đọc được trên giấy tiếp nhận: <b>${read}</b>
      <button type="button" ?disabled=${station.busy} @click=${() => station.wanted.choose(read)}>Dùng mã này</button></p>`;
  }

  #procedure({procedure, isChanging}, dossier) {
    return html`<p class="procedure"><span><b>${procedure.name ?? 'Thủ tục chưa có trong danh mục'}</b> (${procedure.code})</span>
      ${dossier.closed_us || isChanging ? nothing : html`<button id="change-procedure" type="button" ?disabled=${station.busy}
        @click=${() => this.#change()}>Đổi</button>`}</p>`;
  }

  async #change() {
    station.wanted.change();
    await this.updateComplete;
    this.querySelector('#procedure')?.focus();
  }

  async #keep() {
    station.wanted.keep();
    await this.updateComplete;
    this.querySelector('#change-procedure')?.focus();
  }

  #search({search, isChanging}) {
    return html`<form role="search" aria-label="Tìm thủ tục" @submit=${(event) => this.#first(event)}>
      <label for="procedure">Thủ tục <small>(để biết cần những giấy tờ gì)</small></label>
      <input id="procedure" type="search" autocomplete="off" spellcheck="false" placeholder="Tên hoặc mã thủ tục"
        maxlength="80" @input=${(event) => station.wanted.find(event.target.value.trim())}>
      </form>
      ${isChanging ? html`<button id="no-procedure" type="button" ?disabled=${station.busy}
        @click=${() => station.wanted.choose(null)}>Bỏ thủ tục của hồ sơ</button>
      <button id="keep-procedure" type="button" @click=${() => this.#keep()}>Thôi</button>` : nothing}
      ${search ? this.#found(search) : nothing}`;
  }

  #found({words, found, hasGap, isDone}) {
    return html`<ul class="list procedures">${repeat(found, ({code}) => code, ({code, name}) => html`<li>
        <button type="button" ?disabled=${station.busy} @click=${() => station.wanted.choose(code)}>
          <b>${name}</b><small>${code}</small></button></li>`)}</ul>
      <p class="empty" role="status">${!isDone ? 'Đang tìm…' : found.length ? nothing : this.#none(words, hasGap)}</p>`;
  }

  /* What is in no catalogue stops nobody: a whole code is taken all the same. */
  #none(words, hasGap) {
    return html`${hasGap ? 'Danh mục thủ tục trên máy chưa có thủ tục này; bộ phận kỹ thuật đã được báo. Cứ quét bình thường.'
      : 'Không có thủ tục nào như vậy. Thử ít chữ hơn.'}
      ${CODE.test(words) ? html`<button type="button" ?disabled=${station.busy} @click=${() => station.wanted.choose(words)}>
        Dùng mã này</button>` : nothing}`;
  }

  #first(event) {
    event.preventDefault();
    const {search} = station.wanted;
    if (search?.isDone && search.found.length)
      station.wanted.choose(search.found[0].code);
    else if (search && !search.isDone && CODE.test(search.words)) // a reader of barcodes does not wait
      station.wanted.choose(search.words);
  }

  #papers({papers, gap, received_on: received, rule_set: rules}) {
    const stages = Object.keys(STAGES).filter((stage) => papers.some((paper) => paper.stage === stage));
    const missing = papers.filter(({state}) => state === 'missing').length;
    const sum = missing ? `còn thiếu ${missing}` : gap ? 'chưa biết đủ' : 'không thiếu';
    return html`<details class="wanted" open><summary>Giấy tờ cần có: ${sum}</summary>
      ${stages.map((stage) => html`<h4>${STAGES[stage]}</h4>
        <ul>${papers.filter((paper) => paper.stage === stage).map((paper) => this.#paper(paper))}</ul>`)}
      ${gap ? html`<p class="empty">Danh mục trên máy chưa đủ cho thủ tục này nên danh sách có thể thiếu. Cứ quét bình thường.</p>` : nothing}
      <p class="empty">Tiếp nhận ${dateForPeople(received)} · theo ${rules.instruments}</p></details>`;
  }

  #paper({name, state, documents}) {
    const [sign, words] = STATES[state];
    return html`<li class=${state}><span aria-hidden="true">${sign}</span>
      <span><b>${name}</b> <small>${words}${documents.length
        ? html`: ${documents.map((id) => this.#place(id))}` : nothing}</small></span></li>`;
  }

  #place(id) {
    const number = station.numberOf(id);
    return number ? html`<button type="button" @click=${() => station.chooseDocument(id)}>Giấy ${number}</button>` : nothing;
  }
}

customElements.define('sohoa-wanted', SohoaWanted);
