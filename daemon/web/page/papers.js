/* The papers of the dossier with their pages as they come, and the counts against what was said. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {JOIN_KEY, SPLIT_KEY} from './paper-keys.js';
import {sidesOf} from './sides.js';
import {documentName, documentState, dossierName} from './text.js';
import './case-notices.js';
import './files.js';
import './people.js';
import './thumbs.js';

class SohoaPapers extends SohoaElement {
  view() {
    const dossier = station.dossier;
    if (!dossier)
      return nothing;
    return html`
      <h3>${dossier.closed_us ? 'Hồ sơ đã đóng' : 'Hồ sơ'}: ${dossierName(dossier)}</h3>
      <sohoa-case-notices></sohoa-case-notices>
      ${this.#counts(dossier)}
      <sohoa-people></sohoa-people>
      ${this.#keys()}
      <ol class="papers">
        ${repeat(station.documents, (document) => document.id, (document) => this.#paper(document))}
      </ol>
      ${dossier.closed_us ? nothing : html`<sohoa-files></sohoa-files>`}
      ${dossier.closed_us || !station.documents.length ? nothing : html`
        <button type="button" ?disabled=${station.busy || station.capture.isRunning}
          @click=${() => station.closeDossier()}>Đóng hồ sơ</button>`}
      ${this.#undo(station.edits.undoable)}`;
  }

  #keys() {
    return station.pages.length > 1 ? html`<p class="keys"><kbd>${SPLIT_KEY}</kbd> từ trang đang chọn là giấy khác ·
      <kbd>${JOIN_KEY}</kbd> gộp vào giấy trước</p>` : nothing;
  }

  #undo(done) {
    return done ? html`<p class="undo"><button id="undo" type="button" aria-keyshortcuts="Control+Z" ?disabled=${station.busy}
      @click=${() => station.edits.undo()}>${done.text} <kbd>Ctrl</kbd>+<kbd>Z</kbd></button></p>` : nothing;
  }

  /* Papers, sheets, written sides and images are four numbers. One that has no page yet is no paper. */
  #counts(dossier) {
    const {scanned, withoutPages} = station.counts;
    const {sheets, written, blank, images, separators} = dossier.counts;
    const papers = scanned - withoutPages;
    const unequal = !dossier.papers || dossier.papers === papers ? '' : papers < dossier.papers ? 'unequal few' : 'unequal';
    return html`<dl class="counts">
      <div class=${unequal}><dt>Giấy tờ</dt>
        <dd>${papers}${dossier.papers ? html`<span> / ${dossier.papers} đã khai</span>` : nothing}</dd></div>
      <div><dt>Tờ</dt><dd>${sheets}</dd></div>
      <div><dt>Mặt có chữ</dt><dd>${written}</dd></div>
      <div><dt>Ảnh</dt><dd>${images}${blank ? html`<span> (${blank} mặt trắng)</span>` : nothing}${
        separators ? html`<span> + ${separators} phân cách</span>` : nothing}</dd></div>
    </dl>`;
  }

  #paper(document) {
    const pages = station.pagesOf(document.id);
    const isCurrent = document.id === station.documentId;
    return html`<li class=${`paper ${document.state}`}>
      <button type="button" class="paper-name" aria-current=${isCurrent ? 'true' : nothing}
        @click=${() => station.chooseDocument(document.id)}>
        <b>Giấy ${station.numberOf(document.id)}: ${documentName(document)}</b>
        <small>${sidesOf(pages).length} trang · <span class="state">${documentState(document, pages, station.deliveriesOf(document.id), station.capture.isScanning(document.id))}</span>
          ${document.version > 1 ? ` · bản ${document.version}` : nothing}</small>
      </button>
      <sohoa-thumbs .paper=${document}></sohoa-thumbs>
    </li>`;
  }
}

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, textarea, select') || document.querySelector('dialog[open]');
  if (event.key !== 'z' || !event.ctrlKey || isTyping || !station.edits.undoable)
    return;
  event.preventDefault();
  station.edits.undo();
});

customElements.define('sohoa-papers', SohoaPapers);
