/* A page with the boxes of its fields, and the strip cut out around one of them. Both are SVG over the
 * thumbnail, in millimetres of the page: no style attribute, so the page keeps its strict policy. */
import {html, nothing, svg} from './element.js';

const STRIP_MARGIN_MM = 3;
const STRIP_MIN_W_MM = 60;
const STRIP_MIN_H_MM = 9;

/* The turn is in the address: another way up is another picture. */
export const thumbOf = (page) => `/v1/pages/${page.id}/thumb?turn=${page.info?.rotation_deg ?? 0}`;

/* [x, y, width, height] of the whole image, seen from the page: a cut page shows a part of it. */
function imageOf({info, cut_mm: cut, width_mm: width, height_mm: height}) {
  if (!cut)
    return [0, 0, width, height];
  const sides = [info.width_px, info.height_px].map((px) => px * 25.4 / info.dpi);
  return [-cut[0], -cut[1], ...(info.rotation_deg % 180 ? sides.reverse() : sides)];
}

/* The inner picture ends with the page; the outer one is as large as its place. */
function sheet(page, isWhole = false) {
  const [x, y, width, height] = imageOf(page);
  const image = svg`<image href=${thumbOf(page)} x=${x} y=${y} width=${width} height=${height}
    preserveAspectRatio="none"></image>`;
  return !page.cut_mm || isWhole ? image : svg`<svg width=${page.width_mm} height=${page.height_mm}>${image}</svg>`;
}

/* The page, small; about: what it is. */
export const pageThumb = (page, about) => page.cut_mm
  ? html`<svg viewBox="0 0 ${page.width_mm} ${page.height_mm}" role="img" aria-label=${about}>${sheet(page)}</svg>`
  : html`<img src=${thumbOf(page)} alt=${about} loading="lazy" draggable="false">`;

const stateOf = (page) => page.state === 'held' ? 'Trang này chờ cán bộ xử lý.'
  : page.turned_deg === null || page.turned_deg === undefined ? 'Trang đang được xử lý…' : 'Máy đang đọc lại trang theo chiều vừa xoay…';

/* boxes: [{name, box_mm, state}]; choose(name) on a click; isWhole: all of the image, not the page alone. */
export function pageImage(page, boxes, chosen, choose, isWhole = false) {
  if (!page?.info)
    return html`<p class="empty waiting-page">${page ? stateOf(page) : 'Không có ảnh trang.'}</p>`;
  const view = isWhole ? imageOf(page) : [0, 0, page.width_mm, page.height_mm];
  return html`<svg class="page-image" viewBox=${view.join(' ')} role="img"
      aria-label="Ảnh trang ${page.position}">
    ${sheet(page, isWhole)}
    ${isWhole && page.cut_mm ? svg`<rect class="cut" x="0" y="0" width=${page.width_mm} height=${page.height_mm}></rect>` : nothing}
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
