/* The pages of one paper, small: one entry a side, with all its images. A click shows the page; it is moved by
 * dragging it, to another paper, too, or with Ctrl and an arrow key. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {isChangeable} from './page-actions.js';
import {pageThumb} from './page-image.js';
import {SPLIT_KEY} from './paper-keys.js';
import {imageName, overlapsOf, pageName, sidesOf} from './sides.js';
import {isUnread, openQuestions, qualityReasons, questionLabel, stateLabel, wantsRescan} from './text.js';

const SEPARATORS = {patch: 'Tờ phân cách (mã Patch)', code: 'Tờ phân cách', blank: 'Tờ trắng phân cách'};
const STEPS = {ArrowLeft: -1, ArrowRight: 1};

let dragged = null; // the side under the mouse

class SohoaThumbs extends SohoaElement {
  static properties = {paper: {attribute: false}};

  #target = null;  // {index}: where the dragged side would go
  #keptFocus = ''; // side that was moved by key

  view() {
    const {paper} = this;
    const sides = sidesOf(station.pagesOf(paper.id));
    return html`<ul class="thumbs" @dragover=${(event) => this.#over(event)} @dragleave=${(event) => this.#leave(event)}
        @drop=${(event) => this.#drop(event)}>
      ${repeat(sides, (side) => side.id, (side) => this.#side(side))}
      ${repeat(station.separatorsOf(paper.id), (page) => page.id, (page) => this.#separator(page))}
      ${repeat(station.failedPagesOf(paper.id), (page) => page.id, (page) => this.#failed(page))}
    </ul>`;
  }

  /* Moving a node takes the focus from it. */
  updated() {
    if (!this.#keptFocus || document.activeElement !== document.body)
      return;
    this.querySelector(`li[data-side="${this.#keptFocus}"] button`)?.focus();
  }

  #failed(page) {
    return html`<li><span class="waiting">${stateLabel('page', page.state)}</span>
      <small>tờ ${page.sheet}</small></li>`;
  }

  /* In no paper, and not thrown away: seen small, and a page again by one button. */
  #separator(page) {
    return html`<li class="separator"><span class="images">${page.info ? pageThumb(page, 'Tờ phân cách') : nothing}</span>
      <small>${SEPARATORS[page.separator] ?? 'Tờ phân cách'}</small>
      ${isChangeable(this.paper) ? html`<button type="button" class="small" title="Không phải tờ phân cách: đưa lại vào giấy này"
        @click=${() => station.edits.restore(page.id)}>Là trang giấy</button>` : nothing}</li>`;
  }

  #side(side) {
    const mark = this.#target?.index === side.number - 1 ? ' target' : '';
    return html`<li class=${`side${side.images.length > 1 ? ' several' : ''}${mark}`} data-side=${side.id}
        draggable=${isChangeable(this.paper) ? 'true' : 'false'}
        @dragstart=${(event) => this.#start(event, side)} @dragend=${() => this.#end()}
        @keydown=${(event) => this.#key(event, side)}>
      <span class="images">${side.images.map((page) => this.#image(side, page))}</span>
      <small>${side.number}${side.images.every(({blank}) => blank) ? ' trắng' : ''}${
        side.images.length > 1 ? ` · ${side.images.length} ảnh` : ''}</small>
      ${side.images.map((page) => html`${this.#quality(side, page)}${this.#unread(page)}
        ${openQuestions(page).map((question) => this.#question(page, question))}
        ${page.state === 'held' ? this.#held(page) : nothing}`)}
      ${this.#missing(side)}
    </li>`;
  }

  /* By the numbers printed on the pages; a warning, the number may be misread. */
  #missing({images: [page]}) {
    const {number, missing} = page.starts_document ?? {};
    return missing ? html`<small class="mark">Số trang in ${number}: thiếu trang ${missing === number - 1 ? missing : `${missing}–${number - 1}`}?</small>` : nothing;
  }

  #image(side, page) {
    const name = imageName(side, page);
    const about = `Trang ${side.number}, ${name ? name.toLowerCase() : page.side === 'back' ? 'mặt sau' : 'mặt trước'}${page.blank ? ', trắng' : ''}`;
    const isShown = page.id === station.pageId && page.document_id === station.documentId;
    return html`<button type="button" class="thumb" aria-current=${isShown ? 'true' : nothing}
        title=${isChangeable(this.paper) ? 'Bấm để xem; kéo, hoặc Ctrl+← →, để đổi chỗ' : nothing}
        @click=${() => station.showPage(page)}>
      ${page.info ? pageThumb(page, about)
        : html`<span class="heard-only">${about}: </span><span class="waiting">${page.locked ? 'Đã khóa' : page.state === 'held' ? 'Cần xem' : 'Đã lưu'}</span>`}
    </button>`;
  }

  /* While the paper is still at hand: what a second scan would make better. */
  #quality(side, page) {
    const reasons = qualityReasons(page, overlapsOf(side).includes(page));
    const name = imageName(side, page);
    return reasons.length ? html`<small class="mark">${name ? `${name}: ` : ''}${reasons.join(', ')}${wantsRescan(page, overlapsOf(side).includes(page)) ? ': nên quét lại' : ''}</small>` : nothing;
  }

  #unread(page) {
    return isUnread(page) && isChangeable(this.paper) ? html`<p class="alert asks">
      <span>Máy chưa đọc kịp chữ của trang này. Ảnh vẫn đủ; có thể tự nhập, hoặc cho máy đọc lại.</span>
      <button type="button" @click=${() => station.release('page', page.id)}>Đọc lại</button></p>` : nothing;
  }

  /* Once for all papers behind that code, at the first of them. */
  #stray(page) {
    const alike = station.strays.alike(page);
    const code = page.starts_document?.dossier_code ?? 'khác';
    const [first] = alike;
    if (first && first.id !== page.id)
      return html`<small class="mark">Thuộc hồ sơ ${code}? Trả lời ở Giấy ${station.numberOf(first.document_id)}</small>`;
    return html`<p class="alert asked">
      <span>Từ đây có ${alike.length} giấy nằm sau mã hồ sơ <b>${code}</b>, khác hồ sơ đang mở. Chuyển sang hồ sơ đó, hay giữ lại đây?</span>
      <button type="button" @click=${() => station.strays.moveAlike(page)}>Chuyển ${alike.length} giấy</button>
      <button type="button" @click=${() => station.strays.keepAlike(page)}>Giữ ở đây</button></p>`;
  }

  #question(page, {code}) {
    if (code === 'other_dossier')
      return this.#stray(page);
    return html`<p class="alert asked">
      <span>${pageName(page, station.pagesOf(this.paper.id))}: ${questionLabel(code)}</span>
      <button type="button" @click=${() => station.edits.answer(page, code, 'keep')}>Giữ</button>
      ${code === 'paper_start'
        ? html`<button type="button" @click=${() => station.papers.split(this.paper.id, page.id)}>Tách <kbd>${SPLIT_KEY}</kbd></button>`
        : html`<button type="button" @click=${() => station.edits.answer(page, code, 'removed')}>Bỏ</button>`}</p>`;
  }

  #held(page) {
    if (page.secret && !page.secret.answer)
      return html`<small class="mark">Có dấu mật: đã khóa, trả lời ở cột Đối chiếu</small>`;
    return html`<p class="alert error">
      <span>${station.messageFor(page.held?.reason) || 'Trang này cần người xem.'}
        ${page.held?.ref ? html`<small>Mã tham chiếu: ${page.held.ref}</small>` : nothing}</span>
      <button type="button" @click=${() => station.release('page', page.id)}>Thử lại</button></p>`;
  }

  /* ---- moving ---- */

  #key(event, side) {
    const by = STEPS[event.key];
    if (!by || !event.ctrlKey || !isChangeable(this.paper))
      return;
    event.preventDefault();
    this.#keptFocus = side.id;
    station.edits.step(side, by);
  }

  #start(event, side) {
    dragged = side;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', `Trang ${side.number}`);
  }

  #end() {
    dragged = null;
    this.#aim(null);
  }

  /* Before the side under the mouse when it is over its left half, else behind it. */
  #over(event) {
    if (!dragged || !isChangeable(this.paper))
      return;
    event.preventDefault();
    const entries = [...this.querySelectorAll('li.side')];
    const under = event.target.closest('li.side');
    const box = under?.getBoundingClientRect();
    this.#aim({index: under ? entries.indexOf(under) + (event.clientX > box.x + box.width / 2) : entries.length});
  }

  #leave({relatedTarget}) {
    if (!this.contains(relatedTarget))
      this.#aim(null);
  }

  #aim(target) {
    if (this.#target?.index === target?.index)
      return;
    this.#target = target;
    this.requestUpdate();
  }

  #drop(event) {
    if (!dragged || !this.#target)
      return;
    event.preventDefault();
    const own = sidesOf(station.pagesOf(this.paper.id));
    const from = own.findIndex(({id}) => id === dragged.id);
    const index = this.#target.index - (from >= 0 && from < this.#target.index);
    if (index !== from)
      station.edits.move(dragged, this.paper.id, index);
    this.#end();
  }
}

customElements.define('sohoa-thumbs', SohoaThumbs);
