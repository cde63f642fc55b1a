/* "Send, and then switch the station off": asked for in the evening, told to everybody at the page, and taken back by whoever stays. */
import {ask} from './ask.js';
import {html, nothing, SohoaElement, station} from './element.js';
import {clockForPeople} from './text.js';

const HALF_HOUR_US = 1800e6;
const CHOICES = 8;

/* The next half hours, at least ten minutes away. */
function choices() {
  const first = Math.ceil((Date.now() * 1000 + 600e6) / HALF_HOUR_US) * HALF_HOUR_US;
  const times = Array.from({length: CHOICES}, (_, i) => clockForPeople(first + i * HALF_HOUR_US));
  return Object.fromEntries(times.map((time) => [time, time]));
}

export async function sendThenOff() {
  const wish = await ask({title: 'Gửi xong rồi tắt máy', act: 'Gửi rồi tắt máy',
    fields: () => [{name: 'until', label: 'Muộn nhất lúc', options: choices()}],
    lines: () => ['Máy gửi hết những gì đang chờ rồi tự tắt. Đến giờ này mà chưa gửi hết thì máy vẫn tắt; phần còn lại gửi vào lần mở máy sau.',
      'Máy không tắt khi đang quét.']});
  if (wish)
    await station.sync.sendUntil(wish.until, 'poweroff');
}

class SohoaPower extends SohoaElement {
  view() {
    const {power, run} = station.sync.line ?? {};
    if (!power)
      return nothing;
    if (power.problem)
      return html`<div class="alert error power" role="alert"><span><strong>Máy chưa tắt.</strong> ${station.messageFor(power.problem)}</span>
        <button type="button" ?disabled=${station.sync.isBusy} @click=${() => station.sync.stay()}>Đã hiểu</button></div>`;
    return html`<div class="alert news power" role="alert"><span><strong>Máy sẽ tự tắt ${this.#when(power, run)}.</strong>
        Những gì đã quét vẫn an toàn trên máy này.</span>
      <button type="button" ?disabled=${station.sync.isBusy} @click=${() => station.sync.stay()}>Không tắt máy</button></div>`;
  }

  #when(power, run) {
    if (power.state !== 'planned')
      return 'ngay bây giờ';
    if (power.at_us)
      return `lúc ${clockForPeople(power.at_us)}`;
    return run?.until_us ? `khi gửi xong, muộn nhất lúc ${clockForPeople(run.until_us)}` : 'khi gửi xong';
  }
}

customElements.define('sohoa-power', SohoaPower);
