/* How to scan: what the clerk chose, and the request it makes. The simple way needs none of it. What is usual
 * at this counter is kept on this machine; what is about one paper (sheets, hands-free) is not. */
import {html, nothing, station} from './element.js';

export const SOURCES = {flatbed: 'Mặt kính', adf: 'Khay nạp, một mặt', duplex: 'Khay nạp, hai mặt',
  turned: 'Khay nạp, tự lật mặt'};
const PAPERS = {'': 'A4 (thường dùng)', a5: 'A5', a3: 'A3', id1: 'Thẻ (căn cước)', auto: 'Máy tự đo'};
const A3_MM = [297, 420];
const SLACK_MM = 3; // glasses end a little before the paper's edge
const INTERVALS = {'': 'Khi bấm Enter', 3: 'Sau 3 giây', 5: 'Sau 5 giây', 8: 'Sau 8 giây', 12: 'Sau 12 giây', 20: 'Sau 20 giây'};
const LOCKED = {source: 'Nguồn giấy', paper: 'Khổ giấy'};

/* Nothing personal. */
const remembered = (key, otherwise) => localStorage.getItem(`sohoa.${key}`) ?? otherwise;
const remember = (key, value) => localStorage.setItem(`sohoa.${key}`, value);

const selected = (options, chosen) => Object.entries(options).map(([value, label]) => html`
  <option value=${value} ?selected=${value === chosen}>${label}</option>`);

const {a3: _, ...SMALL_PAPERS} = PAPERS;

const noA3 = ({source, area: [w, h]}) => html`<p id="no-a3" class="hint">
  ${`${source === 'flatbed' ? 'Mặt kính' : 'Khay nạp'} của máy này chỉ ${Math.round(w)} × ${Math.round(h)} mm, nhỏ hơn A3.`}
  Trang A3: quét trên mặt kính thành các phần gối lên nhau; sau phần đầu, bấm «Sửa trang», chọn «Quét phần kế của trang khổ lớn».</p>`;

export class ScanOptions {
  source = remembered('source', 'adf');
  onePaper = remembered('one-paper', 'true') === 'true';
  paper = remembered('paper', '');
  profile = '';
  sheets = null;
  isHandsFree = false;
  interval = remembered('interval', '');
  turnSecond = remembered('turn-second', 'false') === 'true';

  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  /* The settings that will be used where the request says nothing. */
  get #inEffect() {
    const {devices} = station;
    return devices.profiles.find(({name}) => name === this.profile) ?? devices.profileOf(devices.current);
  }

  /* A locked profile decides: the request must not say another value. */
  #locked(key) {
    const profile = this.#inEffect;
    return profile?.locked ? profile.settings?.[key] : undefined;
  }

  get #isFeeder() {
    return (this.#locked('source') ?? this.source) !== 'flatbed';
  }

  /* What the source of the machine is too small for A3 by; null where A3 fits, or nobody knows. */
  get #tooSmall() {
    const source = this.#locked('source') ?? this.source;
    const area = station.devices.areaOf(source === 'turned' ? 'adf' : source);
    return area && !A3_MM.every((mm, i) => area[i] + SLACK_MM >= mm) ? {source, area} : null;
  }

  request() {
    const isTurned = this.source === 'turned';
    const request = {source: isTurned ? 'adf' : this.source, finish: this.#isFeeder ? this.onePaper && !isTurned : this.isHandsFree};
    if (this.#locked('source'))
      delete request.source;
    if (this.paper && !this.#locked('paper') && !(this.paper === 'a3' && this.#tooSmall))
      request.paper = this.paper;
    if (station.devices.chosen)
      request.device = station.devices.chosen;
    if (this.profile)
      request.profile = this.profile;
    if (this.sheets && this.#isFeeder)
      request.sheets = this.sheets;
    if (this.isHandsFree && !this.#isFeeder)
      Object.assign(request, {hands_free: true, turn_second: this.turnSecond},
        this.interval ? {interval_s: Number(this.interval)} : {});
    return request;
  }

  /* What was said about one paper does not hold for the next. */
  onScan() {
    this.sheets = null;
    this.isHandsFree = false;
    this.#onChange();
  }

  #set(name, value, key) {
    this[name] = value;
    if (key)
      remember(key, String(value));
    this.#onChange();
  }

  viewSource() {
    return html`<div class="pair source">
        <label for="source">Nguồn giấy</label>
        <label for="sheets">Số tờ</label>
        <select id="source" ?disabled=${Boolean(this.#locked('source'))}
          @change=${(event) => this.#set('source', event.target.value, 'source')}>
          ${selected(SOURCES, this.#locked('source') ?? this.source)}</select>
        <input id="sheets" type="number" min="1" max="999" inputmode="numeric" placeholder="–"
          title="Số tờ đặt trong khay; máy hỏi lại nếu thiếu" ?disabled=${!this.#isFeeder}
          .value=${String(this.sheets ?? '')} @input=${(event) => this.#set('sheets', event.target.valueAsNumber || null)}>
      </div>
      ${this.#isFeeder ? html`<label class="tick"><input type="checkbox" .checked=${this.onePaper}
          ?disabled=${this.source === 'turned'}
          @change=${(event) => this.#set('onePaper', event.target.checked, 'one-paper')}>
        Cả chồng trong khay là một giấy tờ</label>` : this.#handsFree()}`;
  }

  #handsFree() {
    return html`<label class="tick"><input id="hands-free" type="checkbox" .checked=${this.isHandsFree}
        @change=${(event) => this.#set('isHandsFree', event.target.checked)}>
        Quét rảnh tay (giấy đóng quyển)</label>
      ${this.isHandsFree ? html`<div class="pair run">
        <label for="interval">Quét trang kế</label>
        <select id="interval" @change=${(event) => this.#set('interval', event.target.value, 'interval')}>
          ${selected(INTERVALS, this.interval)}</select>
        <label class="tick"><input id="turn-second" type="checkbox" .checked=${this.turnSecond}
          @change=${(event) => this.#set('turnSecond', event.target.checked, 'turn-second')}>
          Trang chẵn nằm ngược</label></div>` : nothing}`;
  }

  viewMore() {
    const {profiles} = station.devices;
    const locked = Object.keys(LOCKED).filter((key) => this.#locked(key));
    if (this.paper === 'a3')
      station.devices.ask();
    const tooSmall = this.#tooSmall;
    const paper = this.#locked('paper') ?? (this.paper === 'a3' && tooSmall ? '' : this.paper);
    return html`<details class="more" @toggle=${(event) => event.target.open && station.devices.ask(true)}><summary>Tùy chọn khác</summary>
      <label for="paper">Khổ giấy</label>
      <select id="paper" ?disabled=${Boolean(this.#locked('paper'))} aria-describedby=${tooSmall ? 'no-a3' : nothing}
        @change=${(event) => this.#set('paper', event.target.value, 'paper')}>
        ${selected(tooSmall ? SMALL_PAPERS : PAPERS, paper)}</select>
      ${tooSmall ? noA3(tooSmall) : nothing}
      ${profiles.length ? html`<label for="profile">Thiết lập quét</label>
        <select id="profile" @change=${(event) => this.#set('profile', event.target.value)}>
          ${selected({'': 'Theo máy quét', ...Object.fromEntries(profiles.map(({name}) => [name, name]))}, this.profile)}
        </select>` : nothing}
      ${locked.length ? html`<p class="hint">Thiết lập «${this.#inEffect.name}» đã khóa: ${locked.map((key) => LOCKED[key]).join(', ')}.</p>` : nothing}
    </details>`;
  }
}
