/* One key each for where papers begin: F9, from the page in focus or looked at on it is another paper; Shift+F9, this
 * paper belongs to the one before. Both are taken back like anything done to a page. */
import {station} from './station.js';
import {sidesOf} from './sides.js';

export const SPLIT_KEY = 'F9';
export const JOIN_KEY = 'Shift+F9';

/* The side that is meant, with its paper: the one in focus before the one that is looked at. */
function meant(target) {
  const focused = target.closest('li.side')?.dataset.side;
  const page = station.pageOf(focused ?? station.pageId);
  const paper = station.documentOf(page?.document_id ?? station.documentId);
  const sides = paper ? sidesOf(station.pagesOf(paper.id)) : [];
  return {paper, side: sides.find(({images}) => images.some(({id}) => id === page?.id)) ?? sides[0]};
}

function split({paper, side}) {
  const why = station.papers.whyNotSplit(paper, side);
  if (!why)
    return station.papers.split(paper.id, side.images[0].id);
  station.tell(why, true);
  return undefined;
}

function join({paper}) {
  const before = station.papers.before(paper);
  if (before)
    return station.papers.join(before.id, paper.id);
  station.tell('Không gộp được: không có giấy nào ngay trước, hoặc một trong hai giấy đã đối chiếu xong.', true);
  return undefined;
}

/* Its entry is another one in its new paper: the focus goes there with it. */
async function act(run, target) {
  const id = target.closest('li.side')?.dataset.side;
  if (await run(meant(target)) && id)
    requestAnimationFrame(() => document.querySelector(`li.side[data-side="${id}"] .thumb`)?.focus());
}

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, textarea, select') || document.querySelector('dialog[open]');
  if (event.key !== 'F9' || event.ctrlKey || event.altKey || event.metaKey || isTyping || !station.dossier)
    return;
  event.preventDefault();
  act(event.shiftKey ? join : split, event.target);
});
