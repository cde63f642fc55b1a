/* The paper as pictures: one side at a time, its images where it has several, the boxes of the fields, and what
 * can be done with the page that is looked at. */
import {html, nothing, SohoaElement, station} from './element.js';
import './menu.js';
import {isChangeable, pageActions} from './page-actions.js';
import {pageImage} from './page-image.js';
import {imageName, overlapsOf, pageName, sideOf, sidesOf} from './sides.js';

class SohoaSheet extends SohoaElement {
  /* boxes: [{name, box_mm, page, state}], page counted from 1; choose(name): a box was clicked. */
  static properties = {paper: {attribute: false}, pages: {attribute: false}, boxes: {attribute: false}, chosen: {}, choose: {attribute: false}};

  #isZoomed = false;
  #wholeOf = '';   // page whose whole glass is looked at
  #asParts = '';   // side whose parts are looked at one by one
  #apart = '';     // joined picture that could not be made

  /* A field that was chosen lies on one of the images. */
  willUpdate(changed) {
    const box = changed.has('chosen') && this.boxes.find(({name}) => name === this.chosen);
    const page = box && this.pages[box.page - 1];
    if (page)
      this.#asParts = sideOf(page);
  }

  /* Enlarged, only part of the page is seen. */
  updated(changed) {
    if (changed.has('chosen') && this.#isZoomed)
      this.querySelector('rect.chosen')?.scrollIntoView({block: 'center', inline: 'center'});
  }

  view() {
    const {pages} = this;
    const page = pages.find(({id}) => id === station.pageId) ?? pages[0];
    const sides = sidesOf(pages);
    const side = sides.find(({images}) => images.includes(page));
    return html`
      <p class="sheet-tools">
        ${sides.length > 1 ? this.#leafing(sides, side) : nothing}
        ${page ? this.#tools(page) : nothing}
      </p>
      ${side?.images.length > 1 ? this.#images(side, page) : nothing}
      <div class=${this.#isZoomed ? 'sheet-view zoomed' : 'sheet-view'} tabindex="0" role="group"
        aria-label="Ảnh trang giấy, cuộn được">
        ${this.#isJoined(side, page) ? this.#joined(side) : this.#picture(page)}
      </div>`;
  }

  /* A step without a page to go to stays where it is, so that the focus does. */
  #leafing(sides, side) {
    const step = (to, sign, name) => html`<button type="button" aria-label=${name} title=${name} aria-disabled=${String(!to)}
      @click=${() => to && this.#show(to.images[0])}>${sign}</button>`;
    return html`${step(sides[side.number - 2], '‹', 'Trang trước')}
      <span class="leaf"><span class="heard-only">Trang</span> ${side.number}/${sides.length}</span>
      ${step(sides[side.number], '›', 'Trang sau')}`;
  }

  #tools(page) {
    const {paper, pages} = this;
    const turn = (by, sign, name) => html`<button type="button" aria-label=${name} title=${name} ?disabled=${station.busy}
      @click=${() => station.edits.turn(page, by)}>${sign}</button>`;
    return html`
      ${isChangeable(paper) ? html`
        ${turn(270, '⟲', 'Xoay trái')}${turn(90, '⟳', 'Xoay phải')}
        <sohoa-menu .label=${`Sửa ${pageName(page, pages).replace('Trang', 'trang')}`}
          .groups=${pageActions(paper, pages, page)}></sohoa-menu>` : nothing}
      <button type="button" aria-pressed=${String(this.#isZoomed)} @click=${() => this.#zoom()}>Phóng to</button>
      ${page.cut_mm ? html`<button type="button" aria-pressed=${String(this.#isWhole(page))} title="Ảnh giữ đủ cả mặt kính"
        @click=${() => this.#showWhole(page)}>Xem cả mặt kính</button>` : nothing}`;
  }

  /* The images of one side: its parts joined, and each of them. */
  #images(side, page) {
    const isJoined = this.#isJoined(side, page);
    return html`<p class="sheet-tools images" role="group" aria-label=${`Các ảnh của trang ${side.number}`}>
      <small>Trang ${side.number} có ${side.images.length} ảnh:</small>
      ${overlapsOf(side).length ? html`<button type="button" class="small" aria-current=${isJoined ? 'true' : nothing}
        @click=${() => this.#join(side)}>Ghép lại</button>` : nothing}
      ${side.images.map((image) => html`<button type="button" class="small"
        aria-current=${image === page && !isJoined ? 'true' : nothing} @click=${() => this.#show(image, side.id)}>
        ${imageName(side, image)}</button>`)}</p>`;
  }

  #isJoined(side, page) {
    return Boolean(side) && this.#asParts !== side.id && overlapsOf(side).includes(page);
  }

  /* Parts that do not meet are shown beside one another. */
  #joined(side) {
    const parts = overlapsOf(side);
    const source = `/v1/pages/${side.images[0].id}/joined?of=${parts.map((part) => part.id + (part.turned_deg ?? '')).join('+')}`;
    if (!parts.every(({info}) => info))
      return this.#picture(parts[0]);
    if (this.#apart !== source)
      return html`<img class="joined" src=${source} alt=${`Ảnh ghép của trang ${side.number}`}
        @error=${() => this.#showApart(source)}>`;
    return html`<p class="apart-why" role="status">Chưa thấy chỗ các phần gối lên nhau nên xếp cạnh nhau; trang vẫn đủ và lưu được.
        Muốn có ảnh ghép: quét lại một phần sao cho gối lên phần kia chừng 3 cm.</p>
      <div class="apart">${parts.map((part) => pageImage(part, [], '', () => {}))}</div>`;
  }

  #picture(page) {
    const boxes = this.boxes.filter((box) => this.pages[box.page - 1] === page);
    return pageImage(page, boxes, this.chosen, this.choose, this.#isWhole(page));
  }

  #isWhole(page) {
    return Boolean(page?.cut_mm) && this.#wholeOf === page.id;
  }

  #showWhole(page) {
    this.#wholeOf = this.#isWhole(page) ? '' : page.id;
    this.requestUpdate();
  }

  #showApart(source) {
    this.#apart = source;
    this.requestUpdate();
  }

  #join(side) {
    this.#asParts = '';
    station.showPage(side.images[0]);
  }

  #show(page, sideId = '') {
    this.#asParts = sideId;
    station.showPage(page);
  }

  #zoom() {
    this.#isZoomed = !this.#isZoomed;
    this.requestUpdate();
  }
}

customElements.define('sohoa-sheet', SohoaSheet);
