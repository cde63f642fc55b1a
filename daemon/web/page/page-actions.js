/* What can be done with one page: the groups of its menu. */
import {station} from './element.js';
import {ask, askReason} from './ask.js';
import {SPLIT_KEY} from './paper-keys.js';
import {hasKind, pageName, sidesOf} from './sides.js';

const isTurned = ({turned_deg: turned}) => turned !== null && turned !== undefined;

/* Pages may be changed until the paper is compared; a signed file never. */
export const isChangeable = ({state, passed_through: isSignedFile}) =>
  !isSignedFile && (state === 'open' || state === 'read' || state === 'held');

const PAIRS = {
  note: 'Trang này có ghi chú, trang trước không',
  bare: 'Trang này không có ghi chú, trang trước có',
  overlap: 'Hai phần gối lên nhau của một trang khổ lớn',
};

/* paper: the document; pages: those of it that count, in order; page: the image that is looked at. */
export function pageActions(paper, pages, page) {
  const sides = sidesOf(pages);
  const side = sides.find(({images}) => images.includes(page));
  return [
    {name: 'Quét', actions: scans(paper, side, page)},
    {name: 'Sắp xếp', actions: places(paper, sides, side, page)},
    {name: 'Bỏ', actions: [{title: side.images.length > 1 ? 'Bỏ ảnh này…' : 'Bỏ trang này…', run: () => remove(page, pages)}]},
  ];
}

function scans(paper, side, page) {
  const {errand} = station;
  const isOff = !errand.takes(paper);
  const actions = [
    {title: 'Quét lại trang này', hint: isOff ? 'Chờ máy đọc xong giấy này' : '', run: () => errand.replace(page)},
    {title: 'Quét chèn trang vào trước', run: () => errand.insert(page, false)},
    {title: 'Quét chèn trang vào sau', run: () => errand.insert(page, true)},
  ];
  if (!hasKind(side, 'overlap'))
    actions.push({title: 'Quét thêm ảnh có ghi chú', hint: 'Cùng trang này, ghi chú còn dán', run: () => errand.note(page)});
  if (!hasKind(side, 'note'))
    actions.push({title: 'Quét phần kế của trang khổ lớn', run: () => errand.overlap(page)});
  if (errand.card?.id === page.id)
    actions.push({title: 'Quét lại thẻ ở 600 dpi', hint: 'Thẻ còn nằm trên mặt kính', run: () => errand.scanCard()});
  return actions.map((action) => ({...action, isOff}));
}

function places(paper, sides, side, page) {
  const {edits, papers} = station;
  const before = sides[side.number - 2];
  const isPart = page.part_of && side.images[0] !== page;
  const actions = [{title: 'Chuyển trang…', hint: 'Hoặc kéo ảnh nhỏ, Ctrl+← →', run: () => askPlace(paper, side)}];
  if (isPart)
    actions.push({title: 'Tách thành trang riêng', run: () => edits.part(page)});
  if (before && side.images.length === 1)
    actions.push({title: 'Ghép với trang trước…', hint: 'Ghi chú, hoặc trang khổ lớn', run: () => askPair(page, before)});
  if (before && paper.state !== 'held')
    actions.push({title: 'Từ trang này là giấy khác', hint: SPLIT_KEY, run: () => papers.split(paper.id, side.images[0].id)});
  if (page.cut_mm)
    actions.push({title: 'Bỏ cắt', hint: 'Lấy cả mặt kính làm trang', run: () => edits.cut(page, false)});
  if (page.cut_off)
    actions.push({title: 'Cắt lại theo giấy', hint: 'Trang chỉ còn phần giấy', run: () => edits.cut(page, true)});
  if (isTurned(page))
    actions.push({title: 'Để máy tự tìm chiều', run: () => edits.turn(page, null)});
  return actions;
}

async function remove(page, pages) {
  const reason = await askReason(`Bỏ ${pageName(page, pages).replace('Trang', 'trang')}`);
  if (reason)
    station.edits.remove(page, reason);
}

async function askPair(page, before) {
  const answers = await ask({title: 'Ghép với trang trước',
    fields: () => [{name: 'pair', label: 'Hai ảnh này là', options: PAIRS, isRadio: true}], act: 'Ghép'});
  if (answers?.pair === 'bare')
    station.edits.pair(before.images[0], page, 'note');
  else if (answers)
    station.edits.pair(page, before.images[0], answers.pair);
}

/* The places of a paper for that side: before each other one, and behind the last. */
function placesIn(documentId, side) {
  const others = sidesOf(station.pagesOf(documentId)).filter(({id}) => id !== side.id);
  return Object.fromEntries([...others.map((_, index) => [String(index), `Làm trang ${index + 1}`]),
    [String(others.length), others.length ? 'Cuối giấy' : 'Trang đầu']]);
}

async function askPlace(paper, side) {
  const papers = station.documents.filter(isChangeable);
  const names = Object.fromEntries([paper, ...papers.filter(({id}) => id !== paper.id)].map(({id}) =>
    [id, `Giấy ${station.numberOf(id)}${id === paper.id ? ' (giấy này)' : ''}`]));
  const answers = await ask({title: `Chuyển trang ${side.number}`, act: 'Chuyển', fields: ({document: id}) => [
    {name: 'document', label: 'Vào giấy', options: names},
    {name: 'place', label: 'Vị trí', options: placesIn(id ?? paper.id, side)}]});
  if (answers)
    station.edits.move(side, answers.document, Number(answers.place));
}
