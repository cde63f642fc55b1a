/*
 * A scan with a place: the next scan is not for the end of the open paper but beside, instead of or for the same
 * side as a page that is there, or it is a certain paper of those the case wants. It waits until the clerk has laid the paper and says scan.
 *
 *   none ──begin──▶ waiting ──start──▶ (the scan runs: capture.js)
 *                      └──drop, another dossier──▶ none
 */
import {pageName, sidesOf} from './sides.js';

const CARD_DPI = 600;

export class Errand {
  wish = null; // {documentId?, text, hint, place(): what the scan request says of it, back: page to bring back on undo}

  #station;
  #refusedCard = ''; // page whose card the clerk wants no closer image of

  constructor(station) {
    this.#station = station;
  }

  /* Pages can be scanned into that paper now: it is collected still, or read. */
  takes(document) {
    return document.state === 'read' || document.state === 'open' && !document.scan_finished;
  }

  replace(page) {
    this.#begin(page, 'Quét lại', 'Ảnh cũ được thay sau khi quét xong và lấy lại được.', () => ({replaces: page.id}), page.id);
  }

  insert(page, isBehind) {
    this.#begin(page, isBehind ? 'Quét chèn sau' : 'Quét chèn trước', '', () => this.#placeBeside(page, isBehind));
  }

  /* Where that page lies when the scan begins; at the end where it is gone. */
  #placeBeside({id, document_id: documentId}, isBehind) {
    const side = sidesOf(this.#station.pagesOf(documentId)).find(({images}) => images.some((image) => image.id === id));
    return side ? {position: isBehind ? side.images.at(-1).position + 1 : side.images[0].position} : {};
  }

  note(page) {
    this.#begin(page, 'Quét ảnh có ghi chú của', 'Đặt trang với ghi chú còn trên đó.', () => ({part_of: page.id, part_kind: 'note'}));
  }

  overlap(page) {
    this.#begin(page, 'Quét phần kế của', 'Đặt phần kế sao cho gối lên phần đã quét chừng 3 cm.',
      () => ({part_of: page.id, part_kind: 'overlap'}));
  }

  /* A new document for a wanted paper; why: the reason, where one is wanted. */
  paper({stage, code, name}, why = {}) {
    this.wish = {text: `Quét «${name}»`, hint: '', place: () => ({stage, paper_code: code, ...why})};
    this.#station.changed();
    document.querySelector('#scan')?.focus();
  }

  #pagesBeside(page) {
    return this.#station.pagesOf(page.document_id);
  }

  #begin(page, verb, hint, place, back) {
    const {document_id: documentId} = page;
    const name = pageName(page, this.#pagesBeside(page)).replace('Trang', 'trang');
    this.wish = {documentId, text: `${verb} ${name} của Giấy ${this.#station.numberOf(documentId)}`, hint, place, back};
    this.#station.changed();
    document.querySelector('#scan')?.focus();
  }

  drop() {
    this.wish = null;
    this.#station.changed();
  }

  /* options: as the clerk chose them for any scan. */
  start(options) {
    return this.wish.documentId ? this.#startBeside(options) : this.#startPaper(options);
  }

  /* The paper that is collected still is whole: another one comes. */
  async #startPaper(options) {
    const {place} = this.wish;
    const {capture, papers} = this.#station;
    if (await papers.finishOpen() && await capture.start(() => ({...options, ...place()})))
      this.wish = null;
    this.#station.changed();
  }

  async #startBeside({hands_free: _, turn_second: __, interval_s: ___, ...options}) {
    const {documentId, place, back} = this.wish;
    if (await this.#scan(documentId, () => ({...options, ...place()}), back))
      this.wish = null;
    this.#station.changed();
  }

  async #scan(documentId, ask, back) {
    const {capture, edits} = this.#station;
    const began = await capture.start(() => {
      const {finish: _, ...request} = ask(); // as the paper was
      return {...request, document_id: documentId};
    });
    if (!began || !back)
      return began;
    capture.whenEnded().then(() => capture.job?.pages &&
      edits.offerUndo('Lấy lại ảnh cũ của trang', () => edits.restore(back)));
    return began;
  }

  /* ---- a card on the glass ---- */

  /* The page with a card that was scanned last on the glass and has no closer image yet; undefined: none. */
  get card() {
    const {capture, pages} = this.#station;
    if (!capture.isHere || capture.isRunning || !capture.isFlatbed)
      return undefined;
    const last = pages.reduce((a, b) => b.captured_us > (a?.captured_us ?? 0) ? b : a, undefined);
    const isCard = last?.card_mm && last.job === capture.job.id && last.state !== 'rejected' && last.state !== 'failed';
    const paper = isCard && this.#station.documents.find(({id}) => id === last.document_id);
    return paper && this.takes(paper) ? last : undefined;
  }

  get isCardRefused() {
    return this.#refusedCard === this.card?.id;
  }

  refuseCard() {
    this.#refusedCard = this.card?.id;
    this.#station.changed();
  }

  scanCard() {
    const page = this.card;
    const {device} = this.#station.capture.request;
    const place = {source: 'flatbed', resolution_dpi: CARD_DPI, area_mm: page.card_mm, part_of: page.id, part_kind: 'detail'};
    return this.#scan(page.document_id, () => device ? {...place, device} : place);
  }
}
