#!/usr/bin/env node
/* What a clerk does to single pages and papers after the scan, and files instead of paper, against a made-up station:
 * by key and by mouse, undone, and when the station refuses. What the daemon makes of it is in scanning.test.mjs. */
import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {choose, fake, focused, onMadeUpStation, openDossier, page, show, text, until, untilFocused, untilSeen} from './fixture.mjs';

const ME = {id: 'uid:1000/web-0a', role: 'clerk'};
const GLASS = {source: 'flatbed'};
let asked; // [path without ids, body] of what the page told the station

onMadeUpStation({pageMs: 100, refusals: /status of 507/});

beforeEach(() => {
  asked = [];
  page.on('request', (request) => {
    const {pathname} = new URL(request.url());
    if (request.method() === 'POST' && /pages|documents|scan$|feed|retry/.test(pathname))
      asked.push([pathname.replace(/^\/v1|\/[0-9a-f-]{36}/g, ''), request.postDataJSON()]);
  });
});

const sides = () => page.locator('.thumbs li.side');

/* That many sides on the glass; the first one is said to be of this dossier. */
async function scanSides(count) {
  for (let i = await sides().count(); i < count; i++) {
    await page.keyboard.press('F2');
    await page.waitForSelector(`.thumbs li.side >> nth=${i}`);
    if (i === 0) {
      await page.waitForSelector('.first-page');
      await page.keyboard.press('F8');
    }
    await page.waitForSelector('#scan:not([disabled])');
  }
  await page.waitForSelector(`.thumbs img >> nth=${count - 1}`);
}

/* Ids of the sides as they lie, shortened. */
const order = () => page.$$eval('.thumbs li.side', (all) => all.map(({dataset}) => dataset.side));
async function untilOrder(wanted) {
  await page.waitForFunction((ids) => JSON.stringify([...document.querySelectorAll('.thumbs li.side')].map(({dataset}) => dataset.side)) ===
    JSON.stringify(ids), wanted);
}

test('a page is turned by a quarter, read again, and turned back', async () => {
  await openDossier(GLASS);
  await scanSides(1);
  await page.click('button[aria-label="Xoay phải"]');
  await page.waitForSelector('#undo >> text=Hoàn tác xoay trang');
  await page.waitForSelector('.thumbs img[src$="turn=90"]');
  await page.click('button[aria-label="Xoay phải"]');
  await page.waitForSelector('.thumbs img[src$="turn=180"]');
  await page.click('button[aria-label="Xoay trái"]');
  await page.waitForSelector('.thumbs img[src$="turn=90"]');
  await page.keyboard.press('Control+z');
  await page.waitForSelector('.thumbs img[src$="turn=180"]');
  await choose('Để máy tự tìm chiều');
  await page.waitForSelector('.thumbs img[src$="turn=0"]');
  const turns = asked.filter(([path]) => path === '/pages/turn').map(([, body]) => body.turned_deg);
  assert.deepEqual(turns, [90, 180, 90, 180, null]);
});

test('what is done twice in a row is reckoned from what is so by then', async () => {
  await openDossier(GLASS);
  await scanSides(3);
  const [first, second, third] = await order();
  await page.route(/\/v1\/dossiers\/[^/]+$/, async (route) => {
    const response = await route.fetch();
    await new Promise((resolve) => setTimeout(resolve, 300)); // the page learns late what came of it
    await route.fulfill({response});
  });
  const press = async (act, count) => {
    await act();
    await until(() => asked.filter(([path]) => /turn|move/.test(path)).length === count);
    await page.waitForSelector('button[aria-label="Xoay phải"]:not([disabled])');
  };
  for (let i = 1; i <= 2; i++)
    await press(() => page.click('button[aria-label="Xoay phải"]'), i);
  await page.focus('.thumbs li.side >> nth=2 >> .thumb');
  for (let i = 3; i <= 4; i++)
    await press(() => page.keyboard.press('Control+ArrowLeft'), i);
  await untilOrder([third, first, second]);
  const told = asked.filter(([path]) => /turn|move/.test(path)).map(([, {turned_deg: turned, position}]) => turned ?? position);
  assert.deepEqual(told, [90, 180, 2, 1]);
  await page.unrouteAll({behavior: 'ignoreErrors'});
});

test('a page is scanned in where its neighbour lies when the scan begins', async () => {
  await openDossier(GLASS);
  await scanSides(3);
  const [first, second, third] = await order();
  await show(3);
  await choose('Quét chèn trang vào sau');
  await page.focus('.thumbs li.side >> nth=2 >> .thumb');
  await page.keyboard.press('Control+ArrowLeft');
  await untilOrder([first, third, second]);
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li.side >> nth=3');
  const after = await order();
  assert.deepEqual([after[0], after[1], after[3]], [first, third, second]);
});

test('the focus stays where it was while an action runs, and next to what is gone', async () => {
  await openDossier(GLASS);
  await fake.faults({question: 'interrupted'});
  await scanSides(2);
  await page.focus('button[aria-label="Xoay phải"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.thumbs img[src$="turn=90"]');
  await page.waitForFunction(() => document.activeElement.ariaLabel === 'Xoay phải');
  await page.focus('.thumbs li.side >> nth=1 >> .asked button >> text=Giữ');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.thumbs .asked').length === 1);
  await page.waitForFunction(() => document.activeElement.closest('li.side')?.matches(':nth-child(2)'));
});

test('a page beside which the machine was stopped is asked about before the paper is confirmed', async () => {
  await openDossier({source: 'adf'});
  await fake.faults({question: 'interrupted'});
  await page.keyboard.press('F2');
  await page.waitForSelector('#f-type');
  await page.keyboard.press('F8');
  assert.match(await text('.thumbs .asked'), /^Trang 1: máy đã dừng đột ngột khi đang quét.*nếu thiếu, hãy quét thêm; nếu đủ, giữ lại\. Giữ Bỏ$/);
  assert.match(await text('.confirm .left'), /Còn 2 câu hỏi về trang/);
  await page.fill('#f-owner_id', '020221308151');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.confirm [role=alert] >> text=Còn trang cần trả lời');
  await page.waitForFunction(() => document.activeElement.closest('.asked'));
  await shoot(page, 'pages-interrupted');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.thumbs .asked').length === 1);
  await page.click('.thumbs .asked button >> text=Giữ');
  await page.waitForSelector('.thumbs .asked', {state: 'detached'});
  assert.deepEqual(asked.filter(([path]) => path === '/pages/answer').map(([, body]) => body),
    Array(2).fill({code: 'interrupted', answer: 'keep'}));
  assert.equal(asked.some(([path]) => path.endsWith('/confirm')), false);
});

test('a page that was not read in time says so, and is read again when the clerk says so', async () => {
  await openDossier({source: 'adf'});
  await fake.faults({page: 'unread'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs .alert >> nth=1');
  await page.keyboard.press('F8');
  assert.match(await text('.thumbs li'), /không đọc được chữ Máy chưa đọc kịp chữ của trang này\. Ảnh vẫn đủ; .* Đọc lại$/);
  await shoot(page, 'pages-unread');
  assert.deepEqual(await findBarriers(page), []);
  await fake.faults({});
  await page.click('.thumbs .alert button >> text=Đọc lại');
  await page.waitForFunction(() => document.querySelectorAll('.thumbs .alert').length === 1);
});

test('the pages of a paper are leafed through', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  await page.focus('button[aria-label="Trang sau"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.sheet .opener >> text=Sửa trang 2');
  assert.match(await text('.leaf'), /2\/2/);
  await page.keyboard.press('Enter');
  assert.match(await text('.leaf'), /2\/2/, 'behind the last there is none, and the focus stays');
  await page.click('button[aria-label="Trang trước"]');
  await page.waitForSelector('.sheet .opener >> text=Sửa trang 1');
});

test('the menu of a page is found by key, and gives the focus back', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  await show(2);
  await page.focus('.sheet .opener');
  assert.match(await text('.sheet .opener'), /^Sửa trang 2/);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.textContent.startsWith('Quét lại trang này'));
  await page.keyboard.press('ArrowDown');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Quét chèn trang vào trước/);
  await shoot(page, 'pages-menu');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.menu-list', {state: 'detached'});
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains('opener')));
});

test('a page is scanned again in its place, and the old image comes back', async () => {
  await openDossier(GLASS);
  await scanSides(3);
  const [first, second, third] = await order();
  await show(2);
  await choose('Quét lại trang này');
  await page.waitForSelector('.asks >> text=Quét lại trang 2 của Giấy 1.');
  assert.equal(await focused(), 'scan');
  await shoot(page, 'pages-replace');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#undo >> text=Lấy lại ảnh cũ của trang');
  await page.waitForSelector(`li[data-side="${second}"]`, {state: 'detached'});
  const after = await order();
  assert.deepEqual([after.length, after[0], after[2]], [3, first, third]);
  await untilFocused('scan');
  const {replaces, finish, document_id: paper} = asked.filter(([path]) => path.endsWith('/scan')).at(-1)[1];
  assert.deepEqual([replaces, finish, Boolean(paper)], [second, false, true]);
  await page.click('#undo');
  await untilOrder([first, second, third]);
});

test('pages are scanned in before and behind another', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  const [first, second] = await order();
  await show(2);
  await choose('Quét chèn trang vào trước');
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li.side >> nth=2');
  await page.waitForSelector('#scan:not([disabled])');
  await show(1);
  await choose('Quét chèn trang vào sau');
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li.side >> nth=3');
  const after = await order();
  assert.deepEqual([after[0], after[3]], [first, second]);
  assert.deepEqual(asked.filter(([path]) => path.endsWith('/scan')).slice(-2).map(([, {position}]) => position), [2, 2]);
});

test('a page of a paper that was read is scanned again; a refused or cancelled scan leaves the paper as it was', async () => {
  await openDossier({source: 'adf'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.keyboard.press('F8');
  await choose('Quét lại trang này');
  await fake.faults({scan: 'DEVICE_BUSY'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.alerts >> text=Máy quét đang bận.');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.asks >> text=Quét lại trang 1 của Giấy 1.');
  await fake.faults({endless: true, hold: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('#cancel');
  await page.keyboard.press('Escape');
  await page.waitForSelector('text=Đã hủy quét.');
  await page.waitForSelector('.paper.read');
  await fake.faults({});
});

test('the button of the machine rests while a place is waited for', async () => {
  const lease = async () => (await fake.tell({})).lease;
  await openDossier(GLASS);
  await scanSides(1);
  await choose('Quét lại trang này');
  await until(async () => (await lease()).asked.to === ME.id);
  await fake.tell({event: ['button', {device: 'sohoasim/1', button: 'scan', action: null}]});
  await untilSeen(/bấm Quét trên màn hình/);
  await page.click('.asks >> text=Thôi');
  await page.waitForSelector('.asks', {state: 'detached'});
});

test('pages are moved by key, by mouse and by the menu, and back', async () => {
  await openDossier(GLASS);
  await scanSides(3);
  const [first, second, third] = await order();
  await page.focus('.thumbs li.side >> nth=2 >> .thumb');
  await page.keyboard.press('Control+ArrowLeft');
  await untilOrder([first, third, second]);
  await page.waitForFunction((id) => document.activeElement.closest('li')?.dataset.side === id, third);
  await page.keyboard.press('Control+ArrowLeft');
  await untilOrder([third, first, second]);
  await page.waitForFunction((id) => document.activeElement.closest('li')?.dataset.side === id, third);
  await page.keyboard.press('Control+z');
  await untilOrder([first, third, second]);
  await page.dragAndDrop(`li[data-side="${second}"]`, `li[data-side="${first}"]`, {targetPosition: {x: 4, y: 30}});
  await untilOrder([second, first, third]);
  await show(1);
  await choose('Chuyển trang…');
  await page.selectOption('#place', '2');
  await shoot(page, 'pages-move');
  assert.deepEqual(await findBarriers(page), []);
  await page.focus('#place');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await untilOrder([first, third, second]);
});

test('a page goes to another paper', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  await page.keyboard.press('F4');
  await page.waitForSelector('.paper.read');
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper >> nth=1 >> .thumbs img');
  await page.waitForSelector('#scan:not([disabled])');
  await page.locator('.paper >> nth=1 >> li.side').scrollIntoViewIfNeeded();
  await page.dragAndDrop('.paper >> nth=0 >> li.side >> nth=1', '.paper >> nth=1 >> li.side', {targetPosition: {x: 55, y: 30}});
  await page.waitForSelector('.paper >> nth=1 >> li.side >> nth=1');
  assert.equal(await page.locator('.paper >> nth=0 >> li.side').count(), 1);
  await page.click('.paper >> nth=1 >> li.side >> nth=0 >> .thumb');
  await choose('Chuyển trang…');
  await page.selectOption('#document', {index: 1});
  await page.click('dialog >> text=/^Chuyển$/');
  await page.waitForSelector('.paper >> nth=0 >> li.side >> nth=1');
});

test('the image with the note and the one without are one side', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  await show(1);
  await choose('Quét thêm ảnh có ghi chú');
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li.several img >> nth=1');
  assert.equal(await sides().count(), 2);
  assert.match(await text('.counts'), /Mặt có chữ ?2 Ảnh ?3/);
  assert.match(await text('.paper-name'), /2 trang/);
  await page.waitForSelector('.images >> text=Có ghi chú');
  await page.click('.images >> text=Có ghi chú');
  await page.waitForSelector('.sheet .opener >> text=Sửa trang 1 (có ghi chú)');
  await shoot(page, 'pages-note');
  assert.deepEqual(await findBarriers(page), []);
  await choose('Tách thành trang riêng');
  await page.waitForSelector('.thumbs li.side >> nth=2');
  await page.click('#undo');
  await page.waitForSelector('.thumbs li.several');
});

test('two images that are there become one side', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  const [first, second] = await order();
  await show(2);
  await choose('Ghép với trang trước…');
  await page.check('dialog >> text=Trang này không có ghi chú, trang trước có');
  await shoot(page, 'pages-pair');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('dialog >> text=/^Ghép$/');
  await page.waitForSelector('.thumbs li.several');
  assert.deepEqual(await order(), [second]);
  assert.deepEqual(asked.at(-1), ['/pages/pair', {part_of: second, part_kind: 'note'}]);
  await page.click('#undo');
  await page.waitForSelector('.thumbs li.side >> nth=1');
  assert.deepEqual((await order()).sort(), [first, second].sort());
});

test('the parts of a side larger than the glass are seen joined, or beside one another', async () => {
  await openDossier(GLASS);
  await scanSides(1);
  await choose('Quét phần kế của trang khổ lớn');
  await page.waitForSelector('.asks >> text=gối lên phần đã quét');
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li.several img >> nth=1');
  assert.equal(await sides().count(), 1);
  await page.waitForSelector('img.joined');
  await page.waitForFunction(() => document.querySelector('img.joined').naturalWidth > 0);
  await shoot(page, 'pages-joined');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.images >> text=Phần 2');
  await page.waitForSelector('.sheet .opener >> text=Sửa trang 1 (phần 2)');
  assert.equal(await page.locator('img.joined').count(), 0);
  await fake.faults({apart: true});
  await page.reload();
  await page.waitForSelector('.apart .page-image >> nth=1');
  await page.waitForSelector('.apart-why >> text=xếp cạnh nhau');
  await shoot(page, 'pages-apart');
  assert.deepEqual(await findBarriers(page), []);
});

test('a page is taken out with a reason and comes back', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  const ids = await order();
  await show(2);
  await choose('Bỏ trang này…');
  await page.waitForSelector('dialog >> text=Bỏ trang 2');
  await page.fill('#reason', 'quét thừa');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#undo >> text=Lấy lại trang vừa bỏ');
  await untilOrder([ids[0]]);
  await page.click('#undo');
  await untilOrder(ids);
});

test('a refusal says what happened, and nothing is lost', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  const ids = await order();
  await fake.faults({edit: 'STATE_CHANGED'});
  await page.focus('.thumbs li.side >> nth=1 >> .thumb');
  await page.keyboard.press('Control+ArrowLeft');
  await page.waitForSelector('.alerts >> text=chưa được ghi');
  assert.deepEqual(await order(), ids);
  assert.equal(await page.locator('#undo').count(), 0);
});

test('a paper is split and joined with the one before', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  const ids = await order();
  await show(2);
  await choose('Từ trang này là giấy khác');
  await page.waitForSelector('.paper >> nth=1 >> .thumbs img');
  await page.click('.paper-name >> nth=1');
  await page.waitForSelector('.about >> text=Giấy 2');
  await page.click('sohoa-paper-menu .opener');
  await shoot(page, 'pages-paper-menu');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.menu-list button >> text=Gộp vào giấy trước');
  await page.waitForSelector('.paper >> nth=1', {state: 'detached'});
  await untilOrder(ids);
});

test('a paper is split and joined with one key each, undone, and the focus stays with the page', async () => {
  await openDossier(GLASS);
  await scanSides(3);
  const ids = await order();
  await page.focus('.thumbs li.side >> nth=1 >> .thumb');
  await page.keyboard.press('F9');
  await page.waitForSelector('.paper >> nth=1 >> .thumbs img');
  await page.waitForSelector('#undo >> text=Hoàn tác tách giấy');
  await page.waitForSelector('[role=status] >> text=Đã tách: từ trang này là Giấy 2.');
  await page.waitForSelector('.about >> text=Giấy 2');
  assert.deepEqual(asked.at(-1), ['/documents/split', {page_id: ids[1]}]);
  await page.waitForSelector('.keys >> text=từ trang đang chọn là giấy khác');
  await shoot(page, 'pages-split-by-key');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Control+z');
  await page.waitForSelector('.paper >> nth=1', {state: 'detached'});
  await untilOrder(ids);
  assert.equal(await page.locator('#undo').count(), 0);

  await page.focus('.thumbs li.side >> nth=2 >> .thumb');
  await page.keyboard.press('F9');
  await page.waitForSelector('.about >> text=Giấy 2');
  await page.waitForFunction((id) => document.activeElement.closest('li.side')?.dataset.side === id, ids[2]);
  await page.keyboard.press('Shift+F9');
  await page.waitForSelector('.paper >> nth=1', {state: 'detached'});
  await page.waitForSelector('#undo >> text=Hoàn tác gộp giấy');
  await page.keyboard.press('Control+z');
  await page.waitForSelector('.paper >> nth=1 >> .thumbs img');
});

test('a key that cannot split or join says why, and does nothing in a field', async () => {
  await openDossier(GLASS);
  await scanSides(2);
  await page.focus('.thumbs li.side >> nth=0 >> .thumb');
  await page.keyboard.press('F9');
  await page.waitForSelector('text=/Không tách được: trang đang chọn đã là trang đầu/');
  await page.keyboard.press('Shift+F9');
  await page.waitForSelector('text=/Không gộp được: không có giấy nào ngay trước/');
  await page.click('.thumbs li.side >> nth=1 >> .thumb');
  await page.focus('#device');
  await page.keyboard.press('F9');
  assert.equal(asked.filter(([path]) => /split|join/.test(path)).length, 0);
});

test('a separator sheet is seen small, is counted as such, and is a page again by one button', async () => {
  await openDossier(GLASS);
  await scanSides(1);
  await fake.faults({separator: 'patch'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs .separator >> text=Tờ phân cách (mã Patch)');
  await page.waitForSelector('.counts >> text=+ 1 phân cách');
  await fake.faults({missing: 3, number: 5});
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs .mark >> text=Số trang in 5: thiếu trang 3–4?');
  await page.waitForSelector('#scan:not([disabled])');
  await page.focus('.thumbs .separator button');
  await shoot(page, 'pages-separator');
  assert.deepEqual(await findBarriers(page), []);
  await page.locator('.thumbs .separator button').press('Enter');
  await page.waitForSelector('.thumbs .separator', {state: 'detached'});
  await page.waitForSelector('.thumbs li.side >> nth=2');
});

test('a page that may start a paper is split off where it asks', async () => {
  await openDossier(GLASS);
  await scanSides(1);
  await fake.faults({question: 'paper_start'});
  await page.keyboard.press('F2');
  await page.click('.thumbs .asked button >> text=Tách');
  await page.waitForSelector('.paper >> nth=1 >> .thumbs img');
  assert.equal(asked.filter(([path]) => path === '/documents/split').length, 1);
});

/* Papers of one side each, the ones behind the first after the code of another dossier. */
async function scanPile(count, code) {
  await openDossier(GLASS);
  await scanSides(1);
  await page.keyboard.press('F4');
  await fake.faults({question: 'other_dossier', dossier_code: code});
  for (let i = 1; i < count; i++) {
    await page.waitForSelector('#scan:not([disabled])');
    await page.keyboard.press('F2');
    await page.waitForSelector(`.paper >> nth=${i} >> .thumbs img`);
    await page.keyboard.press('F4');
  }
  await page.waitForSelector(`.asked >> text=Từ đây có ${count - 1} giấy`);
}

const OTHER = 'H56.14-260105-0002';

test('papers behind the code of another dossier go there together, and come back', async () => {
  await scanPile(3, OTHER);
  assert.equal(await page.locator('.asked').count(), 1, 'asked once');
  await page.waitForSelector(`.mark >> text=Thuộc hồ sơ ${OTHER}? Trả lời ở Giấy 2`);
  await shoot(page, 'pages-strays');
  assert.deepEqual(await findBarriers(page), []);
  await page.focus('.asked button >> text=Chuyển 2 giấy');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.paper >> nth=1', {state: 'detached'});
  await page.waitForSelector(`text=Đã chuyển 2 giấy sang hồ sơ ${OTHER}.`);
  assert.deepEqual(asked.at(-1), ['/documents/move', {code: OTHER, alike: true}]);
  await page.waitForSelector(`sohoa-dossiers .list >> text=${OTHER}`);
  await page.keyboard.press('Control+z');
  await page.waitForSelector('.paper >> nth=2 >> .thumbs img');
  assert.deepEqual(asked.slice(-2).map(([path, {ordinal}]) => [path, ordinal]), [['/documents/move', 2], ['/documents/move', 3]]);
});

test('papers that belong here are kept with one answer', async () => {
  await scanPile(3, OTHER);
  await page.click('.asked button >> text=Giữ ở đây');
  await page.waitForSelector('.asked', {state: 'detached'});
  await page.waitForSelector('.mark >> text=Thuộc hồ sơ', {state: 'detached'});
  assert.equal(await page.locator('.paper').count(), 3);
});

test('any paper is moved to another dossier by its list', async () => {
  await openDossier(GLASS);
  await scanSides(1);
  await page.keyboard.press('F4');
  await page.click('sohoa-paper-menu .opener');
  await page.click('.menu-list button >> text=Chuyển sang hồ sơ khác…');
  await page.waitForSelector('dialog[open] >> text=Chuyển giấy này sang hồ sơ nào?');
  await page.selectOption('#dossier', 'code');
  await page.fill('#dossier-code', OTHER);
  await shoot(page, 'pages-move-dialog');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.paper', {state: 'detached'});
  assert.deepEqual(asked.at(-1), ['/documents/move', {code: OTHER}]);
  await page.click('#undo');
  await page.waitForSelector('.paper .thumbs img');
});

test('A3 is offered where the machine takes it; else it is said why and what to do', async () => {
  await openDossier(GLASS);
  await page.click('.more summary');
  await page.waitForSelector('#no-a3 >> text=/Mặt kính của máy này chỉ 216 × 297 mm, nhỏ hơn A3/');
  assert.equal(await page.locator('#paper option[value=a3]').count(), 0);
  await shoot(page, 'pages-no-a3');
  assert.deepEqual(await findBarriers(page), []);
  await fake.tell({areas: {flatbed: [216, 297], adf: [297, 431.8]}});
  await page.reload();
  await page.selectOption('#source', 'adf');
  await page.click('.more summary');
  await page.waitForSelector('#paper option[value=a3]', {state: 'attached'});
  await page.selectOption('#paper', 'a3');
  await page.selectOption('#source', 'flatbed');
  await page.waitForSelector('#no-a3');
  await page.waitForSelector('#scan:not([disabled])');
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li');
  assert.deepEqual(asked.at(-1), ['/dossiers/scan', {source: 'flatbed', finish: false}], 'never a paper the machine cannot take');
});

test('a card on the glass is scanned closer while it lies there', async () => {
  await openDossier(GLASS);
  await fake.faults({card: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .asks >> text=Trên mặt kính có thẻ.');
  await page.keyboard.press('F8');
  await page.waitForSelector('.first-page', {state: 'detached'});
  await shoot(page, 'pages-card');
  assert.deepEqual(await findBarriers(page), []);
  const [id] = await order();
  await page.click('.progress >> text=Quét lại thẻ ở 600 dpi');
  await page.waitForSelector('.thumbs li.several img >> nth=1');
  await page.waitForSelector('.progress .asks', {state: 'detached'});
  const {document_id: _, ...rest} = asked.at(-1)[1];
  assert.deepEqual(rest, {source: 'flatbed', resolution_dpi: 600, area_mm: [12, 15, 85.6, 54], part_of: id, part_kind: 'detail', finish: false});
  await page.waitForSelector('.images >> text=Cận cảnh');
  assert.equal(await sides().count(), 1);
});

test('a card is shown alone, its glass when asked for, and either is the page by a word', async () => {
  const big = '.sheet svg.page-image';
  const untilView = (view) => page.waitForFunction(([selector, wanted]) =>
    document.querySelector(selector)?.getAttribute('viewBox') === wanted, [big, view]);
  await openDossier(GLASS);
  await fake.faults({cut: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs svg[viewBox="0 0 86 54"]');
  await page.keyboard.press('F8');
  await untilView('0 0 86 54');
  const image = () => page.$eval(`${big} image`, (node) => ['x', 'y', 'width', 'height'].map((name) => Math.round(node.getAttribute(name))));
  assert.deepEqual(await image(), [-30, -40, 210, 297]);
  await shoot(page, 'pages-cut');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.sheet-tools >> text=Xem cả mặt kính');
  await page.waitForFunction((selector) => /^-30 -40 209\.9\d* 297\.0\d*$/.test(document.querySelector(selector)?.getAttribute('viewBox')), big);
  await page.waitForSelector('.sheet rect.cut[width="86"]');
  await shoot(page, 'pages-cut-glass');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.sheet-tools [aria-pressed=true] >> text=Xem cả mặt kính');
  await untilView('0 0 86 54');

  await choose('Bỏ cắt');
  await untilView('0 0 210 297');
  await page.waitForSelector('.thumbs img');
  assert.equal(await page.locator('.sheet-tools >> text=Xem cả mặt kính').count(), 0);
  await page.click('#undo >> text=Hoàn tác bỏ cắt');
  await untilView('0 0 86 54');
  await page.click('button[aria-label="Xoay phải"]'); // the cut turns with the page
  await untilView('0 0 54 86');
  await choose('Bỏ cắt');
  await untilView('0 0 210 297');
  await choose('Cắt lại theo giấy');
  await untilView('0 0 54 86');
  assert.deepEqual(asked.filter(([path]) => path === '/pages/cut').map(([, {on}]) => on), [false, true, false, true]);
});

const file = (name) => ({name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 thử')});

test('a file is chosen into the dossier, and becomes a paper', async () => {
  await openDossier(GLASS);
  await page.setInputFiles('.files input[type=file]', [file('don.pdf'), file('phieu.pdf')]);
  await page.waitForSelector('.files >> text=✓ 2 tệp đã vào hồ sơ.');
  await page.waitForSelector('.paper >> nth=1 >> .thumbs img');
  assert.equal(await page.locator('.files li').count(), 0);
});

test('a file is dropped anywhere on the page; the browser does not open it', async () => {
  await openDossier(GLASS);
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['%PDF-1.7'], 'thả.pdf', {type: 'application/pdf'}));
    return transfer;
  });
  await page.dispatchEvent('.column.review', 'dragover', {dataTransfer: data});
  await page.waitForSelector('.files.over >> text=Thả ra để đưa tệp vào hồ sơ này');
  await shoot(page, 'pages-drop');
  await page.dispatchEvent('.column.review', 'drop', {dataTransfer: data});
  await page.waitForSelector('.files >> text=✓ 1 tệp đã vào hồ sơ.');
  await page.waitForSelector('.files.over', {state: 'detached'});
});

test('a file that could not be sent stays and is sent again; one that is refused says why and is tried again', async () => {
  await openDossier(GLASS);
  await fake.faults({upload: 'DISK_FULL'});
  await page.setInputFiles('.files input[type=file]', [file('don.pdf')]);
  await page.waitForSelector('.files .why >> text=Chưa nhận được tệp này; tệp gốc vẫn ở chỗ cũ. Ổ đĩa đã đầy.');
  await fake.faults({file: 'PDF_ENCRYPTED'});
  await page.click('.files >> text=Gửi lại tệp');
  await page.waitForSelector('.files .state >> text=Không nhận được');
  assert.match(await text('.files li'), /^don\.pdf Không nhận được ?Tệp PDF có mật khẩu/);
  await shoot(page, 'pages-file-refused');
  assert.deepEqual(await findBarriers(page), []);
  await fake.faults({});
  await page.click('.files >> text=Thử lại');
  await page.waitForSelector('.files >> text=✓ 1 tệp đã vào hồ sơ.');
  await untilFocused('choose-files');
});

test('the folder of the copying machine feeds the open dossier when that is switched on', async () => {
  await openDossier(GLASS);
  const copier = page.getByRole('switch', {name: 'Nhận tệp từ máy photocopy vào hồ sơ này'});
  await copier.focus();
  await page.keyboard.press('Space');
  await page.waitForSelector('.files >> text=Đang nhận. Tự thôi lúc');
  assert.equal(await copier.isChecked(), true);
  assert.match(JSON.stringify(asked.at(-1)), /^\["\/imports\/photocopy\/feed",\{"dossier_id":"[0-9a-f-]{36}"\}\]$/);
  await openDossier(GLASS);
  await page.waitForSelector('.files >> text=Đang nhận vào hồ sơ khác');
  assert.equal(await copier.isChecked(), false);
  await shoot(page, 'pages-copier');
  assert.deepEqual(await findBarriers(page), []);
  await copier.click();
  await page.waitForSelector('.files >> text=Đang nhận vào hồ sơ khác', {state: 'detached'});
});

test('files of the copying machine that came before go into the dossier only when the clerk says so', async () => {
  await openDossier(GLASS);
  await fake.faults({stray: ['quet 1.jpg', 'quet 2.jpg']});
  const copier = page.getByRole('switch', {name: 'Nhận tệp từ máy photocopy vào hồ sơ này'});
  await copier.click();
  await page.waitForSelector('.stray >> text=Có 2 tệp từ máy photocopy đến trước');
  assert.equal(await copier.isChecked(), false);
  assert.match(await text('.stray ul'), /quet 2\.jpg\s*quet 1\.jpg/);
  await shoot(page, 'pages-stray');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.stray >> text=Thôi');
  await page.waitForSelector('.stray', {state: 'detached'});
  assert.equal(await copier.isChecked(), false);
  for (const [label, waiting] of [['Để lại', 'leave'], ['Nhận vào hồ sơ này', 'take']]) {
    await openDossier(GLASS);
    await copier.click();
    await page.click(`.stray button >> text=${label}`);
    await page.waitForSelector('.files >> text=Đang nhận. Tự thôi lúc');
    assert.equal(asked.at(-1)[1].waiting, waiting);
    assert.equal(await page.locator('.stray').count(), 0);
  }
});

test('what a folder passed over is listed with the reason', async () => {
  await fake.faults({passed: {closed: 1, deep: 0, links: 1, special: 0, clutter: 3, count: 2, unlisted: 4, seen_us: 1795356000000000, files: [
    {path: 'sổ 1998', why: 'closed', problem: {code: 'FOLDER_CLOSED', message: 'Thư mục con này không cho phần mềm mở nên các tệp trong đó chưa được nhận.'}},
    {path: 'don.lnk.pdf', why: 'links', problem: {code: 'FILE_LINK', message: 'Đây là lối tắt trỏ ra ngoài. Chép chính tệp đó vào thư mục này.'}}]}});
  await openDossier();
  await page.click('.passed summary >> text=2 mục trong thư mục «photocopy» không nhận được');
  assert.match(await text('.passed'), /sổ 1998 Thư mục con này không cho.*don\.lnk\.pdf Đây là lối tắt.*Và 4 mục nữa\. Xem thư mục lần cuối: \d\d\/\d\d, \d\d:\d\d\./);
  await shoot(page, 'pages-passed-over');
  assert.deepEqual(await findBarriers(page), []);
});

test('a scanner that somebody has and does not use may be taken', async () => {
  await fake.tell({lease: {owner: 'uid:1001/web-ff', idle_since_us: (Date.now() - 190000) * 1000}});
  await openDossier(GLASS);
  await page.waitForSelector('.device >> text=/Đã \\d+ phút không quét\\./');
  await shoot(page, 'pages-lease-idle');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.device >> text=Nhận máy');
  await page.waitForSelector('.device >> text=Máy đang dành cho hồ sơ này');
});
