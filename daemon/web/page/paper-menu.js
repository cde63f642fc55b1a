/* What can be put right on a whole paper: more pages, one that belongs to the paper before, one that should not be
 * there, a new copy of a signed one. What is about a single page is in page-actions.js. */
import {html, SohoaElement, station} from './element.js';
import {askReason} from './ask.js';
import {askDossier, askPaper} from './paper-questions.js';
import './menu.js';
import {JOIN_KEY} from './paper-keys.js';
import {askConflict, askWithdraw, conflictOf} from './withdraw.js';

const SIGNED = new Set(['signed', 'extracted', 'coded', 'queued', 'closed']);
const COLLECTED = new Set(['open', 'read']);
/* A purged one is still at its warehouses. */
const GIVEN = new Set([...SIGNED, 'purged']);
const UNCODED = new Set([...COLLECTED, 'copied', 'signed', 'extracted']);

class SohoaPaperMenu extends SohoaElement {
  static properties = {paper: {attribute: false}};

  view() {
    return html`<sohoa-menu label="Sửa giấy này" .groups=${this.#groups(this.paper)}></sohoa-menu>`;
  }

  #groups({id, state, held, scan_finished: isFinished, passed_through: isSignedFile}) {
    const heldFrom = held?.from;
    const {papers} = station;
    const isCollected = COLLECTED.has(state);
    const takesPages = isCollected && !isSignedFile;
    const before = papers.before(this.paper);
    return [
      {name: 'Thêm', actions: [
        ...takesPages && state === 'read' ? [{title: 'Quét thêm trang vào giấy này', run: () => this.#scanMore(id)}] : [],
        ...takesPages && (state === 'read' || !isFinished)
          ? [{title: 'Thêm tệp vào giấy này…', run: () => document.querySelector('sohoa-files').choose(id)}] : []]},
      {name: 'Giấy tờ cần có', actions: UNCODED.has(state)
        ? [{title: 'Là giấy nào của hồ sơ…', hint: this.#paperName(), run: () => this.#sayPaper()}] : []},
      {name: 'Gộp', actions: takesPages && before
        ? [{title: 'Gộp vào giấy trước', hint: `Các trang nối sau Giấy ${station.numberOf(before.id)} · ${JOIN_KEY}`, run: () => papers.join(before.id, id)}] : []},
      {name: 'Chuyển', actions: isCollected ? [{title: 'Chuyển sang hồ sơ khác…', run: () => this.#moveAway()}] : []},
      {name: 'Bỏ', actions: isCollected ? [{title: 'Bỏ cả giấy này…', run: () => this.#withReason('Bỏ cả giấy này',
        (reason) => papers.reject(id, reason))}] : []},
      {name: 'Bản thay thế', actions: SIGNED.has(state) ? [{title: 'Quét lại thành bản thay thế…',
        run: () => this.#rescan()}] : []},
      {name: 'Thu hồi', actions: [
        ...conflictOf(this.paper) ? [{title: 'Kho có bản khác…', run: () => this.#settleConflict()}] : [],
        ...GIVEN.has(heldFrom ?? state) ? [{title: 'Thu hồi…', hint: 'Ở máy này và ở mọi kho đã nhận', run: () => this.#withdraw()}] : []]},
    ];
  }

  #rescan() {
    return this.#withReason('Quét lại thành bản thay thế', (reason) => station.papers.replace(this.paper.id, reason));
  }

  async #withdraw() {
    const {id} = this.paper;
    const answer = await askWithdraw(station.deliveriesOf(id));
    if (answer)
      await station.papers.withdraw(id, answer);
  }

  async #settleConflict() {
    const delivery = conflictOf(this.paper);
    const ways = {theirs: () => station.papers.keepTheirs(delivery.id), replace: () => this.#rescan(), withdraw: () => this.#withdraw()};
    const how = await askConflict(delivery);
    await ways[how]?.();
  }

  #paperName() {
    const {stage, paper_code: code, paper_from: from} = this.paper;
    const wanted = station.wanted.papers.find((paper) => paper.stage === stage && paper.code === code);
    const name = wanted?.name ?? (stage === 'result' ? 'Kết quả giải quyết của hồ sơ' : '');
    return name && `${from === 'said' ? 'Đã ghi' : 'Máy đoán'}: ${name}`;
  }

  async #sayPaper() {
    const answers = await askPaper(this.paper);
    if (answers)
      await station.wanted.say(this.paper.id, answers.paper, answers.why);
  }

  async #moveAway() {
    const dossier = await askDossier('Chuyển giấy này sang hồ sơ nào?');
    if (dossier)
      await station.strays.moveOne(this.paper, dossier, dossier.name);
  }

  async #scanMore(id) {
    if (await station.papers.reopen(id))
      document.querySelector('#scan')?.focus();
  }

  async #withReason(title, run) {
    const reason = await askReason(title);
    if (reason)
      run(reason);
  }
}

customElements.define('sohoa-paper-menu', SohoaPaperMenu);
