/* Sides of the paper and their images: one image, or several of the same side that are linked by part_of.
 * Nothing here asks the daemon. */

/* Those that count, in order: a page nobody could process is not in the copy. */
export const countedPages = (pages) => pages.filter(({state}) => state !== 'rejected' && state !== 'failed')
  .sort((a, b) => a.position - b.position);

export const sideOf = (page) => page.part_of ?? page.id;

/* [{id, number, images: [page]}]; pages: those that count, in order. */
export function sidesOf(pages) {
  const sides = new Map();
  for (const page of pages) {
    const id = sideOf(page);
    if (!sides.has(id))
      sides.set(id, {id, number: sides.size + 1, images: []});
    sides.get(id).images.push(page);
  }
  return [...sides.values()];
}

export const hasKind = (side, kind) => side.images.some(({part_kind: is}) => is === kind);
export const overlapsOf = (side) => hasKind(side, 'overlap')
  ? side.images.filter((page) => page.part_kind === 'overlap' || !page.part_of || page === side.images[0]) : [];

/* What one image of a side is; '' where it is the only one. */
export function imageName(side, page) {
  if (side.images.length === 1)
    return '';
  if (page.part_kind === 'note')
    return 'Có ghi chú';
  if (page.part_kind === 'detail')
    return 'Cận cảnh';
  const parts = overlapsOf(side);
  if (parts.includes(page))
    return `Phần ${parts.indexOf(page) + 1}`;
  return hasKind(side, 'note') ? 'Không ghi chú' : 'Cả trang';
}

/* «Trang 2», «Trang 2 (có ghi chú)»; pages: those that count of the same paper, in order. */
export function pageName(page, pages) {
  const side = sidesOf(pages).find(({images}) => images.some(({id}) => id === page.id));
  if (!side)
    return `Trang ${page.position}`;
  const name = imageName(side, page);
  return `Trang ${side.number}${name ? ` (${name.toLowerCase()})` : ''}`;
}

/* The position that lays a side at that index among the others: positions count images. */
export const positionAt = (others, index) =>
  1 + others.slice(0, index).reduce((sum, {images}) => sum + images.length, 0);
