/* What lies in a folder and is no file that can be taken: what it is and what to do about it. */
import {html, nothing, station} from './element.js';
import {timeForPeople} from './text.js';

/* folder: as /v1/imports tells it. It is looked through all the time, so it is read again once somebody wants to know. */
export function passedOver({name, passed_over: passed}) {
  if (!passed?.count)
    return nothing;
  return html`<details class="passed" @toggle=${(event) => event.target.open && station.refresh('imports')}>
    <summary>${passed.count} mục trong thư mục «${name}» không nhận được</summary>
    <ul class="list">${passed.files.map(({path, problem}) => html`<li><b>${path}</b>
      <span class="why">${problem.message}</span></li>`)}</ul>
    <p class="hint">${passed.unlisted ? `Và ${passed.unlisted} mục nữa. ` : ''}Xem thư mục lần cuối: ${timeForPeople(passed.seen_us)}.</p>
  </details>`;
}
