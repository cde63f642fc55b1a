/* The papers of the dossier with their pages as they come, and the counts against what was said. */
import {html, nothing, repeat, SohoaElement, station} from './element.js';
import {countedPages} from './station.js';
import {documentName, documentState, dossierName, openQuestions, qualityReasons, questionLabel, stateLabel}
  from './text.js';

class SohoaPapers extends SohoaElement {
  view() {
    const dossier = station.dossier;
    if (!dossier)
      return nothing;
    return html`
      <h3>${dossier.closed_us ? 'Hồ sơ đã đóng' : 'Hồ sơ'}: ${dossierName(dossier)}</h3>
      ${this.#counts(dossier)}
      <ol class="papers">
        ${repeat(station.documents, (document) => document.id, (document) => this.#paper(document))}
      </ol>
      ${station.lastRemoved ? html`<button type="button" @click=${() => station.undoRemoval()}>
        Lấy lại trang vừa bỏ</button>` : nothing}
      ${dossier.closed_us || !station.documents.length ? nothing : html`
        <button type="button" ?disabled=${station.busy || station.capture.isRunning}
          @click=${() => station.closeDossier()}>Đóng hồ sơ</button>`}`;
  }

  /* Papers, sheets, written sides and images are four numbers. One that has no page yet is no paper. */
  #counts(dossier) {
    const {scanned, withoutPages} = station.counts;
    const papers = scanned - withoutPages;
    const pages = countedPages(station.pages);
    const sheets = pages.filter((page) => page.side !== 'back').length;
    const blank = pages.filter((page) => page.blank).length;
    const isEqual = !dossier.papers || dossier.papers === papers;
    return html`<dl class="counts">
      <div class=${isEqual ? '' : 'unequal'}><dt>Giấy tờ</dt>
        <dd>${papers}${dossier.papers ? html`<span> / ${dossier.papers} đã khai</span>` : nothing}</dd></div>
      <div><dt>Tờ</dt><dd>${sheets}</dd></div>
      <div><dt>Mặt có chữ</dt><dd>${pages.length - blank}</dd></div>
      <div><dt>Ảnh</dt><dd>${pages.length}${blank ? html`<span> (${blank} mặt trắng)</span>` : nothing}</dd></div>
    </dl>`;
  }

  #paper(document) {
    const pages = station.pagesOf(document.id);
    const isCurrent = document.id === station.documentId;
    return html`<li class=${`paper ${document.state}`}>
      <button type="button" class="paper-name" aria-current=${isCurrent ? 'true' : nothing}
        @click=${() => station.chooseDocument(document.id)}>
        <b>Giấy ${station.numberOf(document.id)}: ${documentName(document)}</b>
        <small>${pages.length} trang · <span class="state">${documentState(document, pages, station.deliveriesOf(document.id))}</span>
          ${document.version > 1 ? ` · bản ${document.version}` : nothing}</small>
      </button>
      <ul class="thumbs">
        ${repeat(pages, (page) => page.id, (page) => this.#thumb(page))}
        ${repeat(station.failedPagesOf(document.id), (page) => page.id, (page) => this.#failed(page))}
      </ul>
    </li>`;
  }

  #failed(page) {
    return html`<li><span class="waiting">${stateLabel('page', page.state)}</span>
      <small>tờ ${page.sheet}</small></li>`;
  }

  #thumb(page) {
    const number = page.position;
    const side = page.side === 'back' ? 'mặt sau' : 'mặt trước';
    const about = `Trang ${number}, ${side}${page.blank ? ', trắng' : ''}`;
    return html`<li class=${page.blank ? 'blank' : ''}>
      ${page.info
        ? html`<img src="/v1/pages/${page.id}/thumb" alt=${about} loading="lazy">`
        : html`<span class="waiting">${page.state === 'held' ? 'Cần xem' : 'Đã lưu'}</span>`}
      <small>${number}${page.blank ? ' trắng' : ''}</small>
      ${this.#quality(page)}
      ${openQuestions(page).map((question) => this.#question(page, question))}
      ${page.state === 'held' ? this.#held(page) : nothing}
    </li>`;
  }

  /* While the paper is still at hand: what a second scan would make better. */
  #quality(page) {
    const reasons = qualityReasons(page);
    return reasons.length ? html`<small class="mark">${reasons.join(', ')}</small>` : nothing;
  }

  #question(page, {code}) {
    return html`<p class="alert">
      <span>Trang ${page.position}: ${questionLabel(code)}</span>
      <button type="button" @click=${() => station.answerQuestion(page.id, code, 'keep')}>Giữ</button>
      <button type="button" @click=${() => station.answerQuestion(page.id, code, 'removed')}>Bỏ</button></p>`;
  }

  #held(page) {
    return html`<p class="alert error">
      <span>${station.messageFor(page.held?.reason) || 'Trang này cần người xem.'}
        ${page.held?.ref ? html`<small>Mã tham chiếu: ${page.held.ref}</small>` : nothing}</span>
      <button type="button" @click=${() => station.release('page', page.id)}>Thử lại</button></p>`;
  }
}

customElements.define('sohoa-papers', SohoaPapers);
