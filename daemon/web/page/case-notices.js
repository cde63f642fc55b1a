/* What holds for a whole case: personal data that reached somebody else, a result that citizens see once it was handed over. */
import {html, nothing, SohoaElement, station} from './element.js';
import {ask} from './ask.js';
import {timeForPeople} from './text.js';

class SohoaCaseNotices extends SohoaElement {
  view() {
    const {incidents = [], waits_for_handover: waiting, handed_over: handed} = station.dossier ?? {};
    return html`${incidents.map((incident) => this.#incident(incident))}
      ${waiting && !handed ? this.#handOver(waiting) : nothing}
      ${handed ? html`<p class="hint handed">✓ Đã trao kết quả lúc ${timeForPeople(handed.us)}</p>` : nothing}`;
  }

  #incident({document_id: id, noted_us: noted, notify_before_us: until}) {
    const number = station.numberOf(id);
    return html`<div class="alert error incident" role="alert"><span><strong>▲ Sự cố dữ liệu cá nhân: ${number ? `Giấy ${number}` : 'một giấy tờ'}
        đã tới nhầm người.</strong>
      Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15) và Nghị định 356/2025/NĐ-CP: thông báo vi phạm trong 72 giờ, trước ${timeForPeople(until)}.
      Báo ngay lãnh đạo và người phụ trách bảo vệ dữ liệu; báo cho người có dữ liệu; ghi lại ai đã xem được; không xóa hồ sơ này.
      <small>Ghi nhận lúc ${timeForPeople(noted)}</small></span></div>`;
  }

  #handOver(waiting) {
    return html`<p class="alert asks handover"><span>${waiting} bản kết quả chờ trao cho công dân rồi mới hiện ở kho của họ.</span>
      <button id="handed-over" type="button" ?disabled=${station.busy} @click=${() => this.#ask()}>Đã trao kết quả</button></p>`;
  }

  async #ask() {
    const sure = await ask({title: 'Đã trao kết quả cho công dân?', act: 'Đã trao', fields: () => [],
      lines: () => ['Công dân sẽ thấy kết quả ở kho của họ. Việc này không hủy được.']});
    if (sure)
      await station.papers.handedOver();
  }
}

customElements.define('sohoa-case-notices', SohoaCaseNotices);
