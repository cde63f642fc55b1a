/* The dossier's procedure, found by name or code, and the papers it wants, each with what comes next for it. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {askDemand, askHeld, askSend, askWanted, askWhy, heldName} from './paper-questions.js';
import {ask} from './ask.js';
import {answersAbout} from './wanted-sources.js';
import {LACKS} from './labels.js';
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

const STAGES = {component: 'Thành phần hồ sơ', output: 'Giấy tờ trong quá trình giải quyết', result: 'Kết quả giải quyết'};

/* Why a paper is not digitized. */
const NEVER = {
  shown: 'Chỉ xuất trình: xem rồi trả lại, không quét',
  secret: 'Bí mật nhà nước: không quét',
  exempt: 'Không phải số hóa theo quy định',
  online: 'Hồ sơ nộp trực tuyến: không phải số hóa',
  rules: 'Không phải số hóa theo quy định',
};

const VALIDITY = {unknown: 'chưa rõ thời hạn', expired: 'hết hạn', replaced: 'đã có bản thay thế', over: 'đã thu hồi'};
const FEES = {yes: 'có thu phí', no: 'không thu phí', exempt: 'miễn phí'};
const ASKERS = {owner: 'chủ hồ sơ', presenter: 'người nộp', other: 'người khác'};
const PROBLEMS = {
  gone: 'Nơi giữ báo không còn bản này',
  expired: 'Bản dùng lại đã hết hạn',
  replaced: 'Bản dùng lại đã bị thay thế hoặc thu hồi',
};
const ASKS = {
  reason: 'Đã có bản số hóa hoặc không phải số hóa: cần lý do',
  demand: 'Chưa ghi yêu cầu của người nộp',
  closed: 'Không được số hóa: bỏ bản quét này',
};

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
      ${station.documents.length ? this.#lacks(wanted.list.lacks) : nothing}
      ${wanted.procedure ? this.#papers(wanted.list) : nothing}`;
  }

  /* Before the result is there nothing is wrong; the rest can still be said while the citizen waits. */
  #lacks(names) {
    const now = names.filter((name) => name !== 'result');
    return now.length ? html`<p class="lacks"><span aria-hidden="true">▲</span> Chưa được tính là hồ sơ số hóa:
      ${now.map((name) => LACKS[name]).join(', ')}.</p>` : nothing;
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
      <sohoa-wanted-sources></sohoa-wanted-sources>
      ${this.#byNumber()}
      ${stages.map((stage) => html`<h3>${STAGES[stage]}</h3>
        <ul>${papers.filter((paper) => paper.stage === stage).map((paper) => this.#paper(paper))}</ul>`)}
      ${gap ? html`<p class="empty">Danh mục trên máy chưa đủ cho thủ tục này nên danh sách có thể thiếu. Cứ quét bình thường.</p>` : nothing}
      <p class="empty">Tiếp nhận ${dateForPeople(received)}${station.dossier.received_to_check
        ? html` <b>(đọc từ mã hồ sơ, cần kiểm tra)</b>` : nothing} · theo ${rules.instruments}</p></details>`;
  }

  /* A clerk who holds a paper types its number: the owner may have brought it before. */
  #byNumber() {
    const {dossier, wanted: {numbered}} = station;
    return !dossier.owner_id || dossier.closed_us ? nothing : html`<details class="by-number"><summary>Tìm bản đã số hóa theo số trên giấy</summary>
      <form class="with-button" role="search" aria-label="Tìm bản đã số hóa" @submit=${(event) => this.#findNumber(event)}>
        <input id="held-number" type="search" aria-label="Số, ký hiệu ghi trên giấy" placeholder="12/QĐ-UBND" maxlength="60"
          autocomplete="off" spellcheck="false" @input=${(event) => event.target.value || station.wanted.findNumber('')}>
        <button ?disabled=${station.busy}>Tìm</button></form>
      ${numbered ? html`<ul>${numbered.found.map((held) => this.#numbered(held))}</ul>` : nothing}
      <p class="empty" role="status">${numbered?.isDone && !numbered.found.length
        ? `Chủ hồ sơ chưa có bản số hóa nào mang số ${numbered.number} trên máy này. Cứ quét bình thường.` : nothing}</p></details>`;
  }

  #numbered(held) {
    const validity = VALIDITY[held.validity];
    return html`<li><span aria-hidden="true">${held.fit ? '○' : '–'}</span><span><b>${held.name ?? 'Giấy tờ'}</b> <small>${heldName(held)}${validity ? ` (${validity})` : ''}</small>
      ${held.fit ? html`<span class="actions"><button type="button" class="small" aria-label=${`Dùng lại: ${heldName(held)}`}
        ?disabled=${station.busy} @click=${() => this.#reuseNumbered(held)}>Dùng lại</button></span>` : nothing}</span></li>`;
  }

  #findNumber(event) {
    event.preventDefault();
    station.wanted.findNumber(event.target.querySelector('#held-number').value.trim());
  }

  async #reuseNumbered(held) {
    const paper = await askWanted(held);
    if (paper && await station.wanted.reuse(paper, held))
      station.say(`Đã dùng lại bản đã số hóa cho ${paper.name}.`);
  }

  #paper(paper) {
    const {name, state, asks, documents, earlier} = paper;
    const isAsking = asks || paper.hit || paper.reuse?.problem;
    const [sign] = isAsking ? ['▲'] : STATES[state];
    return html`<li class=${isAsking ? 'missing' : state}><span aria-hidden="true">${sign}</span>
      <span><b>${name}</b> <small>${this.#words(paper)}${documents.length
        ? html`: ${documents.map((id) => this.#place(id))}` : earlier?.length && !documents.length ? ' ở lần nộp trước' : nothing}</small>
        ${this.#heldLine(paper)}
        ${answersAbout(paper)}
        ${station.dossier.closed_us ? nothing : this.#actions(paper)}</span></li>`;
  }

  #words({state, never, asks, demand, reuse, hit}) {
    if (hit)
      return `${station.wanted.sourceName(hit.held_by)} đã có giấy này nên bản vừa quét chưa gửi`;
    if (asks)
      return ASKS[asks];
    if (reuse?.problem)
      return `${PROBLEMS[reuse.problem]}: bỏ dùng lại (${heldName(reuse.source)})`;
    if (reuse)
      return `Dùng lại ${heldName(reuse.source)}${VALIDITY[reuse.source.validity] ? ` (${VALIDITY[reuse.source.validity]})` : ''}`;
    if (state === 'never')
      return NEVER[never] ?? STATES.never[1];
    if (demand && state === 'on_demand')
      return `Người nộp yêu cầu số hóa (${ASKERS[demand.asked_by]}, ${FEES[demand.fee]})`;
    return STATES[state][1];
  }

  /* What the owner has of it; what cannot be used says why. */
  #heldLine({held, reuse, documents}) {
    const [best] = held ?? [];
    return !best || reuse || documents.length ? nothing : html`<small class="found">Đã có ${best.held_by === 'local' ? 'trên máy' : 'ở nơi khác'}: ${heldName(best)}${
      VALIDITY[best.validity] ? ` (${VALIDITY[best.validity]})` : ''}${held.length > 1 ? `, và ${held.length - 1} bản khác` : ''}</small>`;
  }

  /* What comes next for it; a second button only where the first may be declined. */
  #actions(paper) {
    const actions = this.#next(paper);
    return actions.length ? html`<span class="actions">${actions.map(([title, run]) => html`<button type="button" class="small"
      aria-label=${`${title}: ${paper.name}`} ?disabled=${station.busy} @click=${run}>${title}</button>`)}</span>` : nothing;
  }

  #next(paper) {
    const {wanted, errand} = station;
    const {asks, documents, reuse, held, gate, hit} = paper;
    const scanWithReason = ['Vẫn quét, nêu lý do', () => this.#scanWithReason(paper)];
    if (hit)
      return [['Dùng bản đã có', () => this.#answerHit(paper, 'reuse')], ['Vẫn gửi, nêu lý do', () => this.#sendHit(paper)],
        ['Thu hồi bản vừa quét', () => this.#answerHit(paper, 'withdraw')]];
    if (asks === 'reason')
      return [['Nêu lý do', () => this.#explain(paper)]];
    if (asks === 'demand' || gate === 'demand' && !documents.length)
      return [['Người nộp yêu cầu số hóa', () => this.#demand(paper)]];
    if (asks || documents.length || gate === 'closed')
      return [];
    if (reuse)
      return [['Bỏ dùng lại', () => wanted.reuse(paper, null)]];
    if (held?.some(({fit}) => fit))
      return [['Dùng lại', () => this.#reuse(paper)], scanWithReason];
    return gate === 'reason' ? [scanWithReason] : [['Quét giấy này', () => errand.paper(paper)]];
  }

  async #sendHit(paper) {
    const answers = await askSend(paper);
    if (answers && await station.wanted.answerHit(paper, 'send', answers.note))
      station.say(`Bản vừa quét của ${paper.name} sẽ được gửi.`);
  }

  async #answerHit(paper, how) {
    const act = how === 'reuse' ? 'Dùng bản đã có' : 'Thu hồi';
    if (await ask({title: `${act}: bản vừa quét của «${paper.name}» sẽ được thu hồi, không gửi đi`, act, fields: () => []})
        && await station.wanted.answerHit(paper, how))
      station.say(`Đã thu hồi bản vừa quét của ${paper.name}.`);
  }

  async #reuse(paper) {
    const held = await askHeld(paper);
    if (held && await station.wanted.reuse(paper, held))
      station.say(`Đã dùng lại bản đã số hóa cho ${paper.name}.`);
  }

  async #demand(paper) {
    const answers = await askDemand(paper);
    if (answers)
      await station.wanted.demand(paper, answers);
  }

  async #scanWithReason(paper) {
    const why = await askWhy(paper);
    if (why)
      station.errand.paper(paper, why);
  }

  /* About the documents that are there without one. */
  async #explain(paper) {
    const given = new Set(paper.reasons.map(({document_id: id}) => id));
    const why = await askWhy(paper);
    for (const id of why ? paper.documents.filter((one) => !given.has(one)) : [])
      await station.wanted.say(id, paper, why);
  }

  #place(id) {
    const number = station.numberOf(id);
    return number ? html`<button type="button" @click=${() => station.chooseDocument(id)}>Giấy ${number}</button>` : nothing;
  }
}

customElements.define('sohoa-wanted', SohoaWanted);
