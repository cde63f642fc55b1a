/* The scanner: choose it, scan, see how far it is, cancel, next paper. F2 scans, F4 is the next paper, Enter
 * the next page of a hands-free run, Esc cancels. */
import {html, nothing, SohoaElement, station} from './element.js';
import {deviceKey, deviceModel, deviceName} from './devices.js';
import {isLostFrom} from './focus.js';
import {ScanOptions} from './scan-options.js';
import {scanProgress} from './scan-progress.js';
import './device-dialog.js';
import './first-page.js';

/* A failed scan goes on with what it was begun with; whoever chose otherwise meanwhile begins anew. */
const SETTINGS = ['source', 'device', 'profile', 'paper'];
const isSame = (a, b) => SETTINGS.every((key) => a[key] === b[key]);

/* Where Enter has a meaning of its own. */
const TAKES_ENTER = 'input, textarea, select, button, a, summary';

class SohoaScanner extends SohoaElement {
  #options = new ScanOptions(() => this.requestUpdate());
  #onKey = (event) => this.#key(event);

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.#onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#onKey);
  }

  /* What was pressed is gone while the scan runs, and the focus with it; once the scan ended it is on its button. Not
   * before: whoever hits Enter once more must not cancel. */
  updated() {
    if (!station.arrival.page && isLostFrom(this))
      this.querySelector('#scan:not(:disabled)')?.focus();
  }

  get #ready() {
    return Boolean(station.dossier && !station.dossier.closed_us && !station.capture.isRunning && !station.busy);
  }

  view() {
    const {capture, devices} = station;
    return html`
      <div class="choices">
        <label for="device">Máy quét</label>
        <span class="with-button">
          <select id="device" @change=${(event) => devices.choose(event.target.value)}>
            <option value="">Máy mặc định</option>
            ${(devices.list ?? []).map((device) => this.#device(device))}
          </select>
          <button type="button" @click=${() => devices.load()}>Tìm lại</button>
          ${devices.current ? html`<sohoa-device .device=${devices.current}></sohoa-device>` : nothing}
        </span>
        ${this.#about()}
        ${this.#options.viewSource()}
        ${this.#options.viewMore()}
      </div>
      ${devices.error ? html`<p class="alert error">${devices.error.message}</p>` : nothing}
      ${this.#errand(station.errand.wish)}
      <div class="buttons">
        ${capture.isRunning ? html`
          <button id="cancel" type="button" class="big stop" @click=${() => capture.cancel()}>
            Hủy quét <kbd>Esc</kbd></button>` : html`
          <button id="scan" type="button" class="big primary" aria-keyshortcuts="F2"
            ?disabled=${!this.#ready} @click=${() => this.#scan()}>
            ${station.openDocument && !station.errand.wish ? 'Quét tiếp' : 'Quét'} <kbd>F2</kbd></button>`}
        <button id="next-paper" type="button" class="big" aria-keyshortcuts="F4"
          ?disabled=${!this.#ready || !station.openDocument} @click=${() => this.#nextPaper()}>
          Giấy tiếp theo <kbd>F4</kbd></button>
      </div>
      <div class="progress" aria-live="polite">${scanProgress()}</div>
      <sohoa-first-page></sohoa-first-page>
      ${capture.preview.rows && capture.isHere ? capture.preview.canvas : nothing}`;
  }

  #device(device) {
    const isGone = device.present === false;
    const key = deviceKey(device);
    return html`<option value=${key} ?disabled=${isGone}
      ?selected=${key === station.devices.chosen || device.name === station.devices.chosen}>
      ${deviceName(device)}${isGone ? ' – không kết nối' : ''}</option>`;
  }

  /* The model where the choice shows a label, and whose the machine is. */
  #about() {
    const device = station.devices.current;
    if (!device)
      return station.devices.list?.length === 0 && !station.devices.error ? html`<small class="trouble">Không có máy quét nào kết nối.
        Kiểm tra nguồn điện và dây cáp rồi bấm «Tìm lại».</small>` : nothing;
    const model = deviceModel(device);
    return html`<div class="device">
      ${device.present === false ? html`<small class="trouble">Không kết nối. Kiểm tra nguồn điện và dây cáp.</small>`
        : device.label && model ? html`<small>${model}</small>` : nothing}
      ${station.dossier ? this.#lease() : nothing}</div>`;
  }

  #lease() {
    const {lease} = station;
    const button = (text, act) => html`<button type="button" class="small" ?disabled=${station.busy}
      @click=${act}>${text}</button>`;
    if (lease.state === 'mine')
      return html`<small role="status">✓ Máy đang dành cho hồ sơ này</small>
        ${button('Bàn giao', () => lease.handOver())}`;
    if (lease.state === 'given')
      return html`<small role="status">Đã bàn giao máy</small> ${button('Nhận lại', () => lease.take())}`;
    if (lease.state === 'other')
      return html`<small role="status" class="trouble">Máy đang do cán bộ ${lease.owner} sử dụng${lease.minutesLeft
        ? html` (còn <span aria-live="off">${lease.minutesLeft}</span> phút)` : nothing}.
        ${lease.idleMinutes !== null ? `Đã ${lease.idleMinutes} phút không quét.` : lease.mayTake ? nothing : 'Chờ bàn giao…'}</small>
        ${lease.mayTake ? button('Nhận máy', () => lease.take()) : nothing}`;
    return nothing;
  }

  #errand(wish) {
    return wish ? html`<p class="alert asks" role="status"><span><strong>${wish.text}.</strong>
        <small>${wish.hint} Đặt giấy vào máy rồi bấm Quét.</small></span>
      <button type="button" ?disabled=${station.capture.isRunning} @click=${() => this.#dropErrand()}>Thôi</button></p>` : nothing;
  }

  #dropErrand() {
    station.errand.drop();
    this.querySelector('#scan')?.focus();
  }

  async #scan() {
    if (!this.#ready)
      return;
    const {capture, errand} = station;
    const request = this.#options.request();
    if (errand.wish) {
      await errand.start(request);
      return;
    }
    if (capture.canGoOn && (!capture.request || isSame(capture.request, request))) {
      capture.goOn();
      return;
    }
    if (await capture.start(() => request))
      this.#options.onScan();
  }

  async #nextPaper() {
    if (!this.#ready || !station.openDocument || !await station.papers.finishOpen())
      return;
    station.capture.forget();
    this.querySelector('#scan')?.focus();
  }

  /* A key pressed while something is still being saved means what comes after it. */
  async #soon(run) {
    await station.whenFree;
    await run();
  }

  #key(event) {
    if (document.querySelector('dialog[open]'))
      return;
    const {capture} = station;
    if (event.key === 'F2')
      this.#soon(() => this.#scan());
    else if (event.key === 'F4' && !event.altKey)
      this.#soon(() => this.#nextPaper());
    else if (event.key === 'Escape' && capture.isRunning)
      capture.cancel();
    else if (event.key === 'Enter' && capture.waitsForKey && !event.target.closest(TAKES_ENTER))
      capture.next();
    else
      return;
    event.preventDefault();
  }
}

customElements.define('sohoa-scanner', SohoaScanner);
