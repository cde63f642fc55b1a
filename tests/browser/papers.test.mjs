#!/usr/bin/env node
/* Pages, papers and files put right through the page and the real sohoad: scanned in, again and in pairs, a sheet
 * larger than the glass, files that are sent, and a copying machine's folder. */
import assert from 'node:assert/strict';
import {copyFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {browser, choose, dossierId, lastlyIsQuiet, onRealStation, openDossier as open, page, show, station} from './fixture.mjs';
import {imageOf, sample} from './station.mjs';

const IMAGES = sample.papers.flatMap((paper) => paper.pages.map(({file}) => imageOf(paper, file)));
const DPI = 300; // what the simulator takes an image for that names none
const [GLASS_W, GLASS_H, OVERLAP] = [216, 297, 30]; // mm

onRealStation({
  config: (folder) => `import "photocopy" {\n    path = "${folder}/copier"\n    kind = "scan"\n    interval_s = 1\n}\n`,
  prepare: ({folder}) => mkdirSync(path.join(folder, 'copier')),
});

let scanned; // in the present dossier

async function openDossier() {
  await open({source: 'flatbed'});
  scanned = 0;
}

/* That image lies on the glass; images: how many there are afterwards. */
async function scan(image, images) {
  station.layOnGlass(image);
  await page.keyboard.press('F2');
  await page.waitForFunction((count) => document.querySelectorAll('.thumb').length === count, images);
  if (!scanned++) {
    await page.waitForSelector('.first-page .buttons');
    await page.keyboard.press('F8');
  }
  await page.waitForSelector('#scan:not([disabled])');
}

const truth = () => page.evaluate((id) => fetch(`/v1/dossiers/${id}`).then((answer) => answer.json()), dossierId());
const counted = ({pages}) => pages.filter(({state}) => state !== 'rejected').sort((a, b) => a.position - b.position);

test('pages are scanned behind one, instead of one and with a note, and turned', async () => {
  await openDossier();
  await scan(IMAGES[0], 1);
  await scan(IMAGES[1], 2);
  const [first, second] = counted(await truth());
  await show(1);
  await choose('Quét chèn trang vào sau');
  await scan(IMAGES[2], 3);
  let pages = counted(await truth());
  assert.deepEqual([pages[0].id, pages[2].id], [first.id, second.id]);
  await show(2);
  await choose('Quét lại trang này');
  await scan(IMAGES[3], 3);
  await page.waitForSelector('#undo >> text=Lấy lại ảnh cũ của trang');
  assert.equal(counted(await truth())[1].replaces, pages[1].id);
  await page.click('#undo');
  await page.waitForSelector(`.thumbs li[data-side="${pages[1].id}"]`);
  await show(1);
  await choose('Quét thêm ảnh có ghi chú');
  await scan(IMAGES[4], 4);
  pages = counted(await truth());
  assert.deepEqual([pages[1].part_of, pages[1].part_kind], [first.id, 'note']);
  const {dossier} = await truth();
  assert.deepEqual([dossier.counts.sides, dossier.counts.images], [3, 4]);
  await page.waitForSelector('.thumbs img >> nth=3');
  await show(3);
  await page.click('button[aria-label="Xoay phải"]');
  await page.waitForFunction((id) => document.querySelector(`li[data-side="${id}"] img`)?.src.endsWith('turn=90'), second.id);
  assert.equal(counted(await truth())[3].turned_deg, 90);
  await shoot(page, 'papers-edited');
  assert.deepEqual(await findBarriers(page), []);
});

test('a page is moved to the front, and papers are parted and joined', async () => {
  const before = counted(await truth());
  await page.focus('.thumbs li.side >> nth=2 >> .thumb');
  await page.keyboard.press('Control+ArrowLeft');
  await page.waitForSelector(`.thumbs li.side >> nth=1 >> css=[src*="${before[3].id}"]`);
  await show(2);
  await choose('Từ trang này là giấy khác');
  await page.waitForSelector('.paper >> nth=1 >> .thumb');
  await page.click('.paper-name >> nth=1');
  await page.waitForSelector('.about >> text=Giấy 2');
  await choose('Gộp vào giấy trước', 'sohoa-paper-menu .opener');
  await page.waitForSelector('.paper >> nth=1', {state: 'detached'});
  const after = counted(await truth());
  assert.deepEqual(after.map(({id}) => id), [before[0], before[1], before[3], before[2]].map(({id}) => id));
});

/* Pictures of what lies on the glass, made in a blank tab: draw(context of the canvas, px(mm), number, facts). */
async function makeImages(count, draw, facts) {
  const blank = await browser.context.newPage();
  const images = await blank.evaluate(async ({count: n, text, width, height, dpi, given}) => {
    const px = (mm) => Math.round(mm / 25.4 * dpi);
    const all = [];
    for (let i = 0; i < n; i++) {
      const canvas = new OffscreenCanvas(px(width), px(height));
      await (0, eval)(text)(canvas.getContext('2d'), px, i, given);
      const blob = await canvas.convertToBlob({type: 'image/png'});
      all.push(btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join('')));
    }
    return all;
  }, {count, text: `(${draw})`, width: GLASS_W, height: GLASS_H, dpi: DPI, given: facts});
  await blank.close();
  return images.map((image, i) => {
    const file = path.join(station.folder, `${draw.name}-${i}.png`);
    writeFileSync(file, Buffer.from(image, 'base64'));
    return file;
  });
}

/* A page of the sample, enlarged to nearly A3: what of it lies on the glass. */
async function partOfWide(context, px, i, {image, width, step}) {
  const paper = await createImageBitmap(await fetch(`data:image/jpeg;base64,${image}`).then((answer) => answer.blob()));
  context.drawImage(paper, -px(i * step), 0, px(step + width), px(step + width) * paper.height / paper.width);
}

function card(context, px) {
  context.fillStyle = '#f5f5f5';
  context.fillRect(0, 0, px(216), px(297));
  context.fillStyle = '#bcd9e6';
  context.beginPath();
  context.roundRect(px(30), px(40), px(85.6), px(53.98), px(3));
  context.fill();
  context.fillStyle = '#8a1c1c';
  context.font = `bold ${px(4)}px sans-serif`;
  context.fillText('CĂN CƯỚC CÔNG DÂN', px(60), px(52));
  context.fillStyle = '#222';
  context.font = `${px(3)}px sans-serif`;
  ['Số: 020221308151', 'Họ và tên: NGUYỄN VĂN THỬ', 'Ngày sinh: 01/01/1990', 'Quê quán: xã Thử Nghiệm', 'Giới tính: Nam'].forEach((line, i) =>
    context.fillText(line, px(60), px(59 + 6 * i)));
  context.fillStyle = '#6b6b6b';
  context.fillRect(px(34), px(55), px(20), px(27));
}

test('the parts of a sheet larger than the glass are one side, seen joined', async () => {
  await openDossier();
  await page.click('.more summary');
  await page.waitForSelector('#no-a3');
  const parts = await makeImages(2, partOfWide, {image: readFileSync(IMAGES.at(-1)).toString('base64'), width: GLASS_W, step: GLASS_W - OVERLAP});
  await scan(parts[0], 1);
  await choose('Quét phần kế của trang khổ lớn');
  await scan(parts[1], 2);
  await page.waitForSelector('.thumbs .several img >> nth=1');
  await page.waitForSelector('img.joined, .apart');
  await page.waitForFunction(() => document.querySelector('.apart') || document.querySelector('img.joined').naturalWidth > 0);
  await shoot(page, 'papers-joined');
  assert.equal(await page.locator('.apart').count(), 0, 'the overlap is found');
  const {counts} = (await truth()).dossier;
  assert.deepEqual([counts.sides, counts.images], [1, 2]);
});

test('a card is found on the glass and scanned closer', async () => {
  await openDossier();
  const [file] = await makeImages(1, card);
  await scan(file, 1);
  await page.waitForSelector('.progress .asks >> text=Trên mặt kính có thẻ.');
  await page.click('.progress >> text=Quét lại thẻ ở 600 dpi');
  await page.waitForSelector('.thumbs .several .thumb >> nth=1');
  await page.waitForSelector('.progress .asks', {state: 'detached'});
  const [whole, closer] = counted(await truth());
  assert.deepEqual([closer.part_of, closer.part_kind, closer.dpi], [whole.id, 'detail', 600]);
  assert.ok(Math.abs(closer.width_mm - 85.6) < 12 && Math.abs(closer.height_mm - 53.98) < 12);
  await page.waitForSelector('.images >> text=Cận cảnh');
  await shoot(page, 'papers-card');
});

test('files become papers of the dossier, and a twin is not taken again', async () => {
  await openDossier();
  await page.setInputFiles('.files input[type=file]', [IMAGES[0], IMAGES[2]]);
  await page.waitForSelector('.files >> text=✓ 2 tệp đã vào hồ sơ.');
  await page.waitForSelector('.paper >> nth=1 >> .thumb');
  await page.setInputFiles('.files input[type=file]', IMAGES[0]);
  await page.waitForSelector('.files >> text=Tệp này đã có trong hồ sơ này, nên không nhận thêm.');
  await page.setInputFiles('.files input[type=file]', {name: 'ghi âm.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('ID3 thử')});
  await page.waitForSelector('.files .why >> text=Chưa nhận được tệp này');
  await shoot(page, 'papers-files');
  assert.deepEqual(await findBarriers(page), []);
  assert.equal(await page.locator('.paper').count(), 2);
});

test('the folder of the copying machine feeds the dossier that is open', async () => {
  await openDossier();
  await page.getByRole('switch').click();
  await page.waitForSelector('.files >> text=Đang nhận. Tự thôi lúc');
  copyFileSync(IMAGES[1], path.join(station.folder, 'copier/scan0001.jpg'));
  await page.waitForSelector('.paper .thumb');
  await page.waitForSelector('.files >> text=✓ 1 tệp đã vào hồ sơ.');
  await page.getByRole('switch').click();
  await page.waitForSelector('.files >> text=Đang nhận. Tự thôi lúc', {state: 'detached'});
});

lastlyIsQuiet();
