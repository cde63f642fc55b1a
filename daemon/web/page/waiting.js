/* A paper that cannot be compared yet: what it waits for, and what the clerk can do about it. */
import {html, nothing, station} from './element.js';
import {pageName} from './sides.js';

/* pages: those that count; allPages: removed ones, too. */
export function waiting(document, pages, allPages) {
  const held = pages.filter(({state}) => state === 'held');
  if (!pages.length)
    return html`<p class="empty">${withoutPages(document, allPages)}</p>`;
  if (held.length)
    return held.map((page) => heldPage(page, pages));
  return html`<p class="empty">${document.scan_finished ? 'Máy đang nhận dạng, xin chờ một lát…'
    : station.capture.isScanning(document.id) ? 'Đang quét giấy này…'
    : 'Giấy này còn nhận thêm trang. Bấm «Giấy tiếp theo» khi đã đủ trang.'}</p>`;
}

function withoutPages(document, allPages) {
  if (station.capture.isScanning(document.id))
    return 'Đang chờ trang đầu tiên từ máy quét…';
  if (document.scan_finished)
    return 'Giấy không còn trang nào để đọc. Bấm «Sửa giấy này», chọn «Bỏ cả giấy này», rồi quét lại.';
  return `Giấy ${allPages.length ? 'không còn trang' : 'chưa có trang'}. Đặt giấy vào máy rồi bấm Quét, hoặc bỏ giấy này.`;
}

function heldPage(page, pages) {
  return html`<p class="alert error">
    <span><strong>${pageName(page, pages)} chờ cán bộ xử lý.</strong>
      ${station.messageFor(page.held?.reason) || 'Xem lại trang này rồi bấm Thử lại, hoặc bỏ trang và quét lại.'}
      ${page.held?.ref ? html`<small>Mã tham chiếu: ${page.held.ref}</small>` : nothing}</span>
    <button type="button" ?disabled=${station.busy}
      @click=${() => station.release('page', page.id)}>Thử lại</button></p>`;
}

/* They are not in the copy: said wherever the paper is still to be compared. */
export function failedPages(document, allPages) {
  const sheets = allPages.filter(({state}) => state === 'failed').map(({sheet}) => sheet);
  if (!sheets.length)
    return nothing;
  return html`<p class="alert error"><span><strong>Tờ ${sheets.join(', ')} không xử lý được</strong> nên không có
    trong bản số hóa. ${document.state === 'read'
      ? 'Bấm «Sửa giấy này», chọn «Quét thêm trang vào giấy này», rồi quét lại tờ đó.' : 'Quét lại tờ đó.'}</span></p>`;
}
