/* The whole job on one screen: 1 dossier, 2 scan, 3 compare, 4 queue. */
import {html, nothing, SohoaElement, station} from './element.js';
import {fieldLabel} from './text.js';
import './alarms.js';
import './ask.js';
import './dossiers.js';
import './focus.js';
import './papers.js';
import './power.js';
import './queue.js';
import './reconcile-dialog.js';
import './register-dialog.js';
import './review.js';
import './scanner.js';
import './signer.js';
import './sync-dialog.js';

class SohoaApp extends SohoaElement {
  view() {
    return html`
      <header>
        <h1>Sohoa <span>Số hóa hồ sơ một cửa</span></h1>
        <sohoa-registers></sohoa-registers>
        <sohoa-signer></sohoa-signer>
      </header>
      <div class="alerts">
        <div role="alert">${station.connected ? nothing : this.#lostLine()}</div>
        <sohoa-alarms></sohoa-alarms>
        <sohoa-power></sohoa-power>
        <div role="alert">${station.notice ? this.#notice(station.notice) : nothing}</div>
        <p class="heard-only" role="status">${station.said}</p>
        <div class="toast" role="status">${station.toast ? html`<p class=${station.toast.isError ? 'alert error' : 'alert news'}>
          ${station.toast.text}</p>` : nothing}</div>
      </div>
      <main>
        <section class="column dossiers" aria-labelledby="h-dossiers">
          <h2 id="h-dossiers"><span class="step">1</span> Hồ sơ</h2>
          <sohoa-dossiers></sohoa-dossiers>
        </section>
        <section class="column scan" aria-labelledby="h-scan">
          <h2 id="h-scan"><span class="step">2</span> Quét</h2>
          <sohoa-scanner></sohoa-scanner>
          <sohoa-papers></sohoa-papers>
        </section>
        <section class="column review" aria-labelledby="h-review">
          <h2 id="h-review"><span class="step">3</span> Đối chiếu</h2>
          <sohoa-review></sohoa-review>
        </section>
        <section class="column queue" aria-labelledby="h-queue">
          <h2 id="h-queue"><span class="step">4</span> Hàng chờ gửi kho</h2>
          <sohoa-queue></sohoa-queue>
        </section>
      </main>
      <sohoa-sync></sohoa-sync>
      <sohoa-reconcile></sohoa-reconcile>
      <sohoa-ask></sohoa-ask>`;
  }

  #lostLine() {
    if (station.expired)
      return html`<p class="alert lost"><strong>${station.expired}</strong></p>`;
    return html`<p class="alert lost"><strong>Mất kết nối.</strong>
      Trang đang tự kết nối lại; những gì đã quét và xác nhận vẫn an toàn trên máy này.</p>`;
  }

  #notice(notice) {
    return html`<p class="alert error">
      <span><strong>${notice.message}</strong>
        ${notice.field ? html`<small>Mục: ${fieldLabel(notice.field)}</small>` : nothing}
        ${notice.holder ? html`<small>Đang sử dụng: cán bộ ${notice.holder}</small>` : nothing}
        ${notice.code === 'STATE_CHANGED' ? html`<small>Trang đã tải lại nội dung mới.</small>` : nothing}
        ${['COUNT_MISMATCH', 'COUNTS_NOT_SAID'].includes(notice.code) ? this.#counts(station.counts) : nothing}
        ${notice.ref ? html`<small>Mã tham chiếu: ${notice.ref}</small>` : nothing}</span>
      ${notice.code === 'COUNTS_NOT_SAID' ? html`<button type="button" ?disabled=${station.busy}
        @click=${() => station.closeDossier(true)}>Đã đếm, khớp: đóng hồ sơ</button>` : nothing}
      <button type="button" @click=${() => station.dismissNotice()}>Đã hiểu</button></p>`;
  }

  #counts({said, scanned, notCompared, withoutPages}) {
    return html`<small>Giấy đã khai: ${said ?? 'chưa nhập'} · đã quét: ${scanned} · chưa đối chiếu: ${notCompared}${
      withoutPages ? ` · không có trang: ${withoutPages}` : ''}</small>`;
  }
}

customElements.define('sohoa-app', SohoaApp);
station.start();
