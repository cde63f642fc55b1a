/* What stands still: a line above everything, with what to do now and its one button. */
import {html, nothing, SohoaElement, station} from './element.js';
import {ACTIONS, runAction} from './sync-acts.js';

class SohoaAlarms extends SohoaElement {
  view() {
    const {alarms} = station.sync;
    const first = alarms.find(({who}) => who === 'clerk') ?? alarms[0];
    if (!first)
      return nothing;
    const action = {...first, verb: first.action};
    return html`<div class="alert error alarm" role="alert">
      <span><strong>▲ Cảnh báo: ${first.text}</strong> ${first.help}
        ${first.who === 'it' ? html`<small>Việc của bộ phận kỹ thuật.</small>` : nothing}
        ${alarms.length > 1 ? html`<small>Còn ${alarms.length - 1} cảnh báo khác.</small>` : nothing}</span>
      <button type="button" ?disabled=${station.sync.isBusy} @click=${() => runAction(action)}>${ACTIONS[action.verb]}</button>
      <button type="button" @click=${() => document.querySelector('sohoa-sync').open('report')}>Xem báo cáo</button></div>`;
  }
}

customElements.define('sohoa-alarms', SohoaAlarms);
