/* How the scan goes, in words; what can be done when it stands still. */
import {html, nothing, station} from './element.js';

const ORDERS = {reversed: 'Lật cả chồng, tờ cuối trước', same: 'Lật từng tờ, giữ thứ tự'};

let order = 'reversed';

const button = (text, act, kind = '') => html`<button type="button" class=${kind} ?disabled=${station.busy}
  @click=${act}>${text}</button>`;

export function scanProgress() {
  const {capture} = station;
  if (!station.dossier)
    return html`<p class="hint">Mở hoặc chọn một hồ sơ để quét.</p>`;
  if (station.dossier.closed_us)
    return html`<p class="hint">Hồ sơ này đã đóng. Mở hồ sơ mới hoặc chọn hồ sơ khác để quét.</p>`;
  if (capture.isOpening)
    return html`<p>Đang mở máy quét…</p>`;
  if (!capture.isHere)
    return html`<p class="hint">Đặt giấy vào máy rồi bấm Quét.</p>`;
  if (capture.isRunning)
    return running(capture);
  if (capture.job.error)
    return failed(capture);
  if (capture.canGoOn)
    return cancelled(capture);
  const ended = capture.job.state === 'cancelled' ? 'Đã hủy quét.' : 'Quét xong.';
  return html`<p class="hint">${ended} ${kept(capture.job)}</p>${station.errand.wish ? nothing : html`${card()}${backs(capture)}`}`;
}

/* A card is small: while it lies on the glass a closer image costs nothing. */
function card() {
  const {errand} = station;
  if (!errand.card || errand.isCardRefused)
    return nothing;
  return html`<div class="alert asks"><span><strong>Trên mặt kính có thẻ.</strong>
      <small>Để nguyên thẻ, quét lại riêng phần thẻ ở 600 dpi cho rõ chữ; vẫn tính là một trang.</small></span>
    <p class="buttons">${button('Quét lại thẻ ở 600 dpi', () => errand.scanCard(), 'primary')}
      ${button('Không cần', () => errand.refuseCard())}</p></div>`;
}

const kept = ({pages}) => pages ? `Đã lưu ${pages} trang.` : 'Chưa có trang nào được lưu.';

function running(capture) {
  const {job, progress} = capture;
  if (capture.waitsForKey)
    return nextLeaf(capture);
  if (job.waits)
    return html`<p>Máy quét đang bận, thử lại sau <span aria-live="off">${capture.secondsLeft ?? 'ít'}</span> giây.</p>
      <p class="hint">${kept(job)} Bấm Hủy quét nếu không muốn chờ.</p>`;
  const page = progress?.page ?? (job.pages ?? 0) + 1;
  const isKnown = progress?.lines_expected > 0;
  return html`<p>Đang quét: trang ${page}</p>
    ${isKnown ? html`<progress max=${progress.lines_expected} .value=${progress.lines}
        aria-label="Trang đang quét"></progress>`
      : html`<progress aria-label="Trang đang quét"></progress>`}`;
}

/* A hands-free run between two pages. */
function nextLeaf(capture) {
  const {secondsLeft} = capture;
  const isAsked = Boolean(station.arrival.page) || capture.isAsked;
  return html`<p>${isAsked ? 'Hãy xác nhận trang đầu, rồi quét tiếp.'
      : secondsLeft === null ? 'Lật sang trang kế rồi bấm Enter.'
        : html`Lật sang trang kế: quét sau <span aria-live="off">${secondsLeft}</span> giây.`}</p>
    <p class="hint">${kept(capture.job)}</p>
    <p class="buttons">
      <button id="next-page" type="button" class="primary" ?disabled=${station.busy || isAsked}
        @click=${() => capture.next()}>Trang kế <kbd>Enter</kbd></button>
      ${button('Xong', () => capture.finishRun())}
    </p>`;
}

/* A pile: what the machine had pulled in when it was cancelled is not kept. */
function cancelled(capture) {
  const {job} = capture;
  return html`<div class="alert asks"><span><strong>Đã hủy quét. ${kept(job)}</strong>
      ${lost(job)}
      <small>Muốn quét nốt: đặt các tờ chưa quét vào khay theo thứ tự rồi bấm «Quét tiếp».</small></span>
    ${choices(capture)}</div>`;
}

function failed(capture) {
  const {job} = capture;
  if (job.error.code === 'SHEETS_MISSING')
    return missing(capture);
  return html`<div class="alert error"><span><strong>${job.error.message}</strong>
      ${holder(job.error)}
      ${lost(job)}
      <small>${kept(job)}${job.error.ref ? ` Mã tham chiếu: ${job.error.ref}` : ''}</small></span>
    ${choices(capture)}</div>`;
}

/* Who has the device, where the system tells: "… held by scanbd (812)". */
function holder({code, detail}) {
  const name = code === 'DEVICE_BUSY' && /([\w.-]+) \(\d+\)/.exec(detail ?? '')?.[1];
  return name ? html`<b class="holder">Chương trình đang giữ máy quét: ${name}.</b>` : nothing;
}

/* Several where the store refused a page while the next one was on its way. */
const lost = ({lost_sheet: sheet, lost_sheets: count}) => sheet ? html`<b class="lost-sheet">Tờ ${count > 1
  ? `${sheet} đến ${sheet + count - 1}` : sheet} phải đưa vào quét lại.</b>` : nothing;

/* Fewer sheets than the clerk said: only the clerk knows which number is right. */
function missing(capture) {
  const {job, request} = capture;
  const said = request?.sheets ? html` trên ${request.sheets} tờ đã báo` : nothing;
  return html`<div class="alert asks"><span><strong>Máy quét được ${job.sheets} tờ${said}. Còn tờ nào chưa quét không?</strong>
      <small>Còn: đặt các tờ thiếu vào khay rồi bấm «Quét tiếp». Không còn: bấm «Xong giấy này».</small>
      ${lost(job)}
      <small>${kept(job)}</small></span>
    ${choices(capture)}</div>`;
}

function choices(capture) {
  const code = capture.job.error?.code;
  if (code === 'COUNT_MISMATCH' && capture.request?.backs)
    return html`<p class="buttons">${button('Quét lại mặt sau', () => capture.scanBacksAgain(), 'primary')}</p>`;
  if (!capture.canGoOn)
    return nothing;
  return html`<p class="buttons">
    ${code === 'SHEETS_EXTRA' ? nothing : button('Quét tiếp', () => capture.goOn(), 'primary')}
    ${button(capture.job.pages ? 'Xong giấy này' : 'Thôi', () => capture.finishPaper())}</p>`;
}

/* The other half of a pile whose fronts are in: the next step where the clerk chose to turn it, else on demand. */
function backs(capture) {
  const paper = capture.frontsOnly;
  if (!paper)
    return nothing;
  return html`<details ?open=${!paper.scan_finished}><summary>Giấy có mặt sau?</summary>
    <div class="alert asks"><small>Lật chồng giấy, đặt lại vào khay rồi bấm «Quét mặt sau».</small>
    <select id="backs" aria-label="Cách lật chồng giấy" @change=${(event) => (order = event.target.value)}>
      ${Object.entries(ORDERS).map(([value, label]) => html`<option value=${value} ?selected=${value === order}>${label}</option>`)}
    </select>
    <p class="buttons">
      ${button('Quét mặt sau', () => capture.scanBacks(order), 'primary')}
      ${button('Không có', () => capture.forget())}</p></div></details>`;
}
