/* Who else was asked which papers of the owner exist already: when, what came, and what is asked again. */
import {html, nothing, SohoaElement, station} from './element.js';
import {clockForPeople, timeForPeople} from './text.js';

const DAY_US = 86400e6;

/* Why there was no answer. */
const SILENCE = {
  offline: 'chưa hỏi được, mất kết nối',
  refused: 'không trả lời được câu hỏi, báo bộ phận kỹ thuật',
};
const ERRORS = {
  TARGET_BUSY: 'chưa hỏi được, nơi nhận đang quá tải',
  TARGET_AUTH: 'chưa hỏi được, đăng nhập bị từ chối, báo bộ phận kỹ thuật',
  TARGET_BAD_REPLY: 'trả lời không đọc được, báo bộ phận kỹ thuật',
  CANCELLED: 'chưa hỏi xong vì đã dừng',
};
const AGAIN = 'sẽ hỏi lại trước khi gửi';

const isSilent = ({outcome}) => outcome === 'offline' || outcome === 'refused';
const silenceOf = ({outcome, error}) => ERRORS[error] ?? SILENCE[outcome];

/* "09:15", "3 ngày trước, 20/11, 09:15" */
function ageOf(us) {
  const days = Math.floor((Date.now() * 1000 - us) / DAY_US);
  return days > 0 ? `${days} ngày trước, ${timeForPeople(us)}` : clockForPeople(us);
}

/* What one source said about one paper. */
function answerOf(source, held) {
  const {label, outcome, answered_us: answered} = source;
  const has = held.some(({held_by: by}) => by === source.name) ? 'có' : 'không có';
  if (!outcome)
    return held.some(({fit}) => fit) ? null : `${label}: chưa hỏi`;
  if (!isSilent(source))
    return `${label}: ${has} (${ageOf(answered)})`;
  return answered ? `${label}: ${silenceOf(source)}, câu trả lời cũ: ${has} (${ageOf(answered)}) – ${AGAIN}`
    : `${label}: ${silenceOf(source)} – ${AGAIN}`;
}

/* Papers that are still to come: only those are looked for. */
const isAwaited = ({stage, state, never, reuse, documents}) =>
  stage === 'component' && state !== 'never' && !never && !reuse && !documents.length;

export function answersAbout(paper) {
  const said = isAwaited(paper) ? station.wanted.sources.map((source) => answerOf(source, paper.held)).filter(Boolean) : [];
  return said.length ? html`<small class="asked">${said.join(' · ')}</small>` : nothing;
}

class SohoaWantedSources extends SohoaElement {
  view() {
    const {wanted, dossier} = station;
    const {sources, looking, papers} = wanted;
    if (!sources.length || dossier.closed_us)
      return nothing;
    const names = sources.map(({label}) => label).join(', ');
    const silent = papers.some(isAwaited) ? [] : sources.filter(isSilent); // else each paper says so
    return html`<p class="sources"><span role="status">${looking ? `Đang tra cứu ở ${names}…`
      : silent.length ? html`<span aria-hidden="true">▲</span> ${silent.map((one) => `${one.label}: ${silenceOf(one)}`).join('; ')} – ${AGAIN}.` : nothing}</span>
      ${looking ? html`<button id="end-look-up" type="button" class="small" @click=${() => this.#end()}>Thôi, không chờ</button>`
        : html`<button id="look-up" type="button" class="small" aria-label=${`Tra cứu lại ở ${names}`} ?disabled=${station.busy}
          @click=${() => this.#lookUp()}>Tra cứu lại</button>`}</p>`;
  }

  async #lookUp() {
    const done = station.wanted.lookUp(true);
    await this.updateComplete;
    this.querySelector('#end-look-up')?.focus();
    await done;
    await this.updateComplete;
    if (!document.activeElement || document.activeElement === document.body)
      this.querySelector('#look-up')?.focus();
  }

  async #end() {
    await station.wanted.endLookUp();
  }
}

customElements.define('sohoa-wanted-sources', SohoaWantedSources);
