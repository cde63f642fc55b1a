/* A page with the boxes of its fields, and the strip cut out around one of them. Both are SVG over the
 * thumbnail, in millimetres: no style attribute, so the page keeps its strict policy. */
import {html, svg} from './element.js';

const STRIP_MARGIN_MM = 3;
const STRIP_MIN_W_MM = 60;
const STRIP_MIN_H_MM = 9;

/* The turn is in the address: another way up is another picture. */
export const thumbOf = (page) => `/v1/pages/${page.id}/thumb?turn=${page.info?.rotation_deg ?? 0}`;

function sheet(page) {
  return svg`<image href=${thumbOf(page)} x="0" y="0" width=${page.width_mm} height=${page.height_mm}
    preserveAspectRatio="none"></image>`;
}

const stateOf = (page) => page.state === 'held' ? 'Trang này chờ cán bộ xử lý.'
  : page.turned_deg === null || page.turned_deg === undefined ? 'Trang đang được xử lý…' : 'Máy đang đọc lại trang theo chiều vừa xoay…';

/* boxes: [{name, box_mm, state}]; choose(name) on a click. */
export function pageImage(page, boxes, chosen, choose) {
  if (!page?.info)
    return html`<p class="empty waiting-page">${page ? stateOf(page) : 'Không có ảnh trang.'}</p>`;
  return html`<svg class="page-image" viewBox="0 0 ${page.width_mm} ${page.height_mm}" role="img"
      aria-label="Ảnh trang ${page.position}">
    ${sheet(page)}
    ${boxes.map(({name, box_mm: [x, y, w, h], state}) => svg`
      <rect class=${`box ${state}${name === chosen ? ' chosen' : ''}`} x=${x - 1} y=${y - 1}
        width=${w + 2} height=${h + 2} rx="0.8" @click=${() => choose(name)}></rect>`)}
  </svg>`;
}

export function pageStrip(page, box) {
  if (!page?.info || !box)
    return html`<p class="empty">Không có vị trí trên ảnh; hãy xem bản giấy.</p>`;
  const w = Math.max(box[2] + 2 * STRIP_MARGIN_MM, STRIP_MIN_W_MM);
  const h = Math.max(box[3] + 2 * STRIP_MARGIN_MM, STRIP_MIN_H_MM);
  const x = box[0] + box[2] / 2 - w / 2;
  const y = box[1] + box[3] / 2 - h / 2;
  return html`<svg class="strip" viewBox="${x} ${y} ${w} ${h}" role="img"
    aria-label="Đoạn ảnh của mục đang xem">${sheet(page)}</svg>`;
}
