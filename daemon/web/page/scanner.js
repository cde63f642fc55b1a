/* The scanner: choose it, scan, see how far it is, cancel, next paper. F2 scans, F4 is the next paper, Esc
 * cancels. */
import {html, nothing, SohoaElement, station} from './element.js';

const SOURCES = {flatbed: 'Mặt kính', adf: 'Khay nạp, một mặt', duplex: 'Khay nạp, hai mặt'};

/* What the clerk chose last on this machine; nothing personal. */
const remembered = (key, otherwise) => localStorage.getItem(`sohoa.${key}`) ?? otherwise;
const remember = (key, value) => localStorage.setItem(`sohoa.${key}`, value);

class SohoaScanner extends SohoaElement {
  #device = remembered('device', '');
  #source = remembered('source', 'adf');
  #onePaper = remembered('one-paper', 'true') === 'true';
  #onKey = (event) => this.#key(event);

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.#onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#onKey);
  }

  get #ready() {
    return Boolean(station.dossier && !station.dossier.closed_us && !station.scanning && !station.busy);
  }

  view() {
    return html`
      <div class="choices">
        <label for="device">Máy quét</label>
        <span class="with-button">
          <select id="device" @change=${(event) => this.#choose('device', event.target.value)}>
            <option value="">Máy mặc định của quầy</option>
            ${(station.devices ?? []).map((device) => html`
              <option value=${device.name} ?selected=${device.name === this.#device}>
                ${[device.vendor, device.model].filter(Boolean).join(' ') || device.name}</option>`)}
          </select>
          <button type="button" @click=${() => station.loadDevices()}>Tìm lại</button>
        </span>
        <label for="source">Nguồn giấy</label>
        <select id="source" @change=${(event) => this.#choose('source', event.target.value)}>
          ${Object.entries(SOURCES).map(([value, label]) => html`
            <option value=${value} ?selected=${value === this.#source}>${label}</option>`)}
        </select>
      </div>
      ${station.devicesError ? html`<p class="alert error">${station.devicesError.message}</p>` : nothing}
      ${this.#source === 'flatbed' ? nothing : html`
        <label class="tick"><input type="checkbox" .checked=${this.#onePaper}
          @change=${(event) => this.#chooseOnePaper(event.target.checked)}>
          Cả chồng trong khay là một giấy tờ</label>`}
      <div class="buttons">
        ${station.scanning ? html`
          <button id="cancel" type="button" class="big stop" @click=${() => station.cancelScan()}>
            Hủy quét <kbd>Esc</kbd></button>` : html`
          <button id="scan" type="button" class="big primary" aria-keyshortcuts="F2"
            ?disabled=${!this.#ready} @click=${() => this.#scan()}>
            ${station.openDocument ? 'Quét tiếp' : 'Quét'} <kbd>F2</kbd></button>`}
        <button id="next-paper" type="button" class="big" aria-keyshortcuts="F4"
          ?disabled=${!this.#ready || !station.openDocument} @click=${() => this.#nextPaper()}>
          Giấy tiếp theo <kbd>F4</kbd></button>
      </div>
      <div class="progress" aria-live="polite">${this.#progress()}</div>`;
  }

  #progress() {
    const job = station.job;
    if (!station.dossier)
      return html`<p class="hint">Mở hoặc chọn một hồ sơ để quét.</p>`;
    if (!job || job.dossier_id && job.dossier_id !== station.dossierId)
      return html`<p class="hint">Đặt giấy vào máy rồi bấm Quét.</p>`;
    if (job.state === 'running')
      return this.#running(job);
    const kept = job.pages ? `Đã lưu ${job.pages} trang.` : 'Chưa có trang nào được lưu.';
    if (job.error)
      return html`<p class="alert error"><span><strong>${job.error.message}</strong>
        <small>${kept}${job.error.ref ? ` Mã tham chiếu: ${job.error.ref}` : ''}</small></span></p>`;
    return html`<p class="hint">${job.state === 'cancelled' ? 'Đã hủy quét. ' : 'Quét xong. '}${kept}</p>`;
  }

  #running(job) {
    const progress = station.progress;
    const page = progress?.page ?? (job.pages ?? 0) + 1;
    const isKnown = progress?.lines_expected > 0;
    return html`<p>Đang quét: trang ${page}</p>
      ${isKnown ? html`<progress max=${progress.lines_expected} .value=${progress.lines}
          aria-label="Trang đang quét"></progress>`
        : html`<progress aria-label="Trang đang quét"></progress>`}`;
  }

  #choose(key, value) {
    if (key === 'device')
      this.#device = value;
    else
      this.#source = value;
    remember(key, value);
    this.requestUpdate();
  }

  #chooseOnePaper(value) {
    this.#onePaper = value;
    remember('one-paper', String(value));
  }

  #scan() {
    if (!this.#ready)
      return;
    const options = {source: this.#source, finish: this.#source !== 'flatbed' && this.#onePaper};
    if (this.#device)
      options.device = this.#device;
    station.scan(options);
  }

  async #nextPaper() {
    if (this.#ready && station.openDocument && await station.finishPaper())
      this.querySelector('#scan')?.focus();
  }

  #key(event) {
    if (document.querySelector('dialog[open]'))
      return;
    if (event.key === 'F2')
      this.#scan();
    else if (event.key === 'F4' && !event.altKey)
      this.#nextPaper();
    else if (event.key === 'Escape' && station.scanning)
      station.cancelScan();
    else
      return;
    event.preventDefault();
  }
}

customElements.define('sohoa-scanner', SohoaScanner);
