/* A paper that was taken back, or replaced: which warehouse was told, what it answered, and the way back while there is one. */
import {html, nothing, SohoaElement, station} from './element.js';
import {stateLabel, timeForPeople} from './text.js';

const REASONS = {withdrawn: 'thu hồi', 'wrong-person': 'tới nhầm người', replaced: 'có bản thay thế'};

function receipt({waits_for: waitsFor, withdrawal}) {
  const {ended_us: ended, begun_us: begun, receipt: answer} = withdrawal;
  if (waitsFor === 'receiver')
    return 'Nơi nhận không thu hồi được qua phần mềm: gửi công văn đề nghị gỡ, xem mục việc cần làm.';
  if (!ended)
    return begun ? 'Đã bắt đầu báo kho, chờ biên nhận.' : 'Chưa báo kho.';
  if (!answer)
    return 'Chưa gửi lần nào, không phải báo kho.';
  if (answer.kept_theirs)
    return 'Giữ bản của kho theo quyết định của cán bộ.';
  if (answer.asked)
    return `Nơi nhận đã trả lời ${answer.removed ? 'là đã gỡ' : 'là không gỡ'}, ghi lúc ${timeForPeople(ended)}.`;
  return `Kho đã nhận thông báo lúc ${timeForPeople(ended)}${answer.removed ? ', đã xóa tệp' : ', tệp còn ở kho kèm dấu thu hồi'}.`;
}

class SohoaWithdrawn extends SohoaElement {
  static properties = {paper: {attribute: false}};

  view() {
    const told = station.deliveriesOf(this.paper.id).filter(({withdrawal}) => withdrawal);
    const {withdrawal} = this.paper;
    if (!withdrawal && !told.length)
      return nothing;
    return html`<section class="taken-back" aria-label="Thu hồi">
      ${withdrawal ? this.#decision(withdrawal) : nothing}
      <ul class="list">${told.map((delivery) => this.#row(delivery))}</ul></section>`;
  }

  #decision({reason, asked_us: asked, asked_by: by, wrong_person: wrong, may_undo: mayUndo}) {
    return html`<p class=${wrong ? 'alert error' : 'alert asks'}><span><strong>${wrong ? '▲ Đã thu hồi vì tới nhầm người.' : 'Đã thu hồi.'}</strong>
        Lý do: ${reason}<small>${timeForPeople(asked)} · ${by} · mã kết quả số hóa đã hủy</small></span>
      ${mayUndo ? html`<button id="withdraw-undo" type="button" ?disabled=${station.busy}
        @click=${() => station.papers.undoWithdraw(this.paper.id)}>Hủy thu hồi</button>` : nothing}</p>`;
  }

  #row(delivery) {
    const {receipt: answer, reason_code: reason, replaced_by: successor} = delivery.withdrawal;
    return html`<li><b>Kho «${delivery.target}»</b>
      <span class="state">${stateLabel('delivery', delivery.state)}</span> <small>(${REASONS[reason]}${successor
        ? `, bản mới là Giấy ${station.numberOf(successor) || '—'}` : nothing})</small>
      <small>${receipt(delivery)}</small>
      ${answer?.sha256 ? html`<small>Biên nhận: SHA-256 ${answer.sha256.slice(0, 12)}…</small>` : nothing}</li>`;
  }
}

customElements.define('sohoa-withdrawn', SohoaWithdrawn);
