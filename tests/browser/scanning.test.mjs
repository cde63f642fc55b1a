#!/usr/bin/env node
/* Scanning through the page with the real sohoad and the simulated scanner, which moves as slowly as a real one:
 * live preview, a jam and the way on, missing sheets, a bound paper, the machine's own button. */
import assert from 'node:assert/strict';
import {existsSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {lastlyIsQuiet, onRealStation, openDossier as open, openPage, page, station, text, untilSeen} from './fixture.mjs';
import {sample} from './station.mjs';

const FIRST_LINES_MS = 1000;
const twoSheets = {...sample.papers.find((paper) => paper.pages.length > 1), duplex: false};
const oneSheet = {...twoSheets, pages: twoSheets.pages.slice(0, 1)};

onRealStation({simulator: 'pace yes\n', config: 'scan {\n    poll_ms = 200\n}\n'});

/* The machine's button works only for whoever has the machine. */
async function openDossier() {
  await open();
  await page.waitForSelector('.device >> text=Máy đang dành cho hồ sơ này');
}

/* How many of the rows drawn so far are not of one light colour. */
const inkedRows = () => page.evaluate(() => {
  const canvas = document.querySelector('canvas.preview');
  if (!canvas)
    return 0;
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let rows = 0;
  for (let y = 0; y < canvas.height; y++) {
    let dark = 0;
    for (let x = 0; x < canvas.width; x++) {
      const at = 4 * (y * canvas.width + x);
      dark += data[at + 3] === 255 && data[at] + data[at + 1] + data[at + 2] < 450;
    }
    rows += dark > 0;
  }
  return rows;
});

test('a scanner gets its label on the page, and keeps it', async () => {
  await page.click('#device-settings');
  await page.fill('#device-label', 'Quầy 1');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#device option >> text=Quầy 1', {state: 'attached'});
  await page.selectOption('#device', 'sohoasim/counter');
  await page.reload();
  await page.waitForSelector('#device option >> text=Quầy 1', {state: 'attached'});
  assert.equal(await page.inputValue('#device'), 'sohoasim/counter');
  assert.equal(station.json('device', 'list').devices[0].label, 'Quầy 1');
});

test('the page is seen while the lamp moves, and its card takes the place', async () => {
  await openDossier();
  station.load(oneSheet);
  station.setFaults('sheet 1 stall at 70% for 8 s\n'); // time to look
  await page.evaluate(() => {
    const source = new EventSource('/v1/events');
    source.addEventListener('progress', ({data}) => {
      globalThis.firstProgress ??= JSON.parse(data).lines > 0 ? performance.now() : undefined;
    });
    let beatMs = performance.now();
    globalThis.heldMs = 0; // the machine had no time for the page
    const beat = setInterval(() => {
      const now = performance.now();
      globalThis.heldMs += globalThis.firstProgress ? Math.max(0, now - beatMs - 50) : 0;
      beatMs = now;
    }, 20);
    const look = () => document.querySelector('canvas.preview') ? (globalThis.firstDrawn = performance.now()) && (source.close(), clearInterval(beat))
      : requestAnimationFrame(look);
    look();
  });
  await page.keyboard.press('F2');
  await page.waitForSelector('canvas.preview');
  await page.waitForFunction(() => globalThis.firstDrawn);
  const [progress, drawn, held] = await page.evaluate(() => [globalThis.firstProgress, globalThis.firstDrawn, globalThis.heldMs]);
  console.log(`first lines on the page ${Math.round(drawn - progress)} ms after the first news of data, ${Math.round(held)} ms of it held up`);
  assert.ok(drawn - progress - held < FIRST_LINES_MS, `${drawn - progress} ms`);
  await page.waitForFunction(() => document.querySelector('.progress progress')?.value > 1000);
  assert.ok(await inkedRows() > 5);
  await shoot(page, 'scanning-preview');
  assert.deepEqual(await findBarriers(page), []);
  await page.waitForSelector('.thumbs li');
  await page.waitForSelector('canvas.preview', {state: 'detached'});
  await page.waitForSelector('text=Quét xong. Đã lưu 1 trang.');
  const fetched = await page.evaluate(() => performance.getEntriesByType('resource')
    .filter(({name}) => name.includes('/preview?')).map(({name, startTime}) => [startTime, name]));
  const spanMs = fetched.at(-1)[0] - fetched[0][0];
  assert.ok(fetched.length > 2 && fetched.length <= 2 + spanMs / 250, `at most four a second: ${fetched.length} in ${Math.round(spanMs)} ms`);
  const from = fetched.map(([, url]) => Number(new URL(url).searchParams.get('from')));
  assert.deepEqual(from, [...new Set(from)].sort((a, b) => a - b), 'no row is fetched twice');
  assert.equal(from[0], 0);
});

test('the first page of the dossier is asked about with its picture', async () => {
  await page.waitForSelector('.first-page canvas, .first-page img');
  await shoot(page, 'scanning-first-page');
  await page.waitForSelector('.first-page img');
  await page.keyboard.press('F8');
  await page.waitForSelector('.first-page', {state: 'detached'});
});

test('a jam names the sheet, and «Quét tiếp» brings the rest into the same paper', async () => {
  await openDossier();
  station.load(twoSheets);
  station.setFaults('sheet 2 jam\n');
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error');
  assert.match(await text('.progress'), /Kẹt giấy.*Tờ 2 phải đưa vào quét lại\. Đã lưu 1 trang\./);
  await page.waitForSelector('.first-page .buttons');
  await shoot(page, 'scanning-jam');
  assert.deepEqual(await findBarriers(page), []);
  station.load({...twoSheets, pages: twoSheets.pages.slice(1)});
  station.setFaults('');
  await page.click('.progress button >> text=Quét tiếp');
  await page.waitForSelector('text=Quét xong. Đã lưu 2 trang.');
  assert.equal(await page.locator('.paper').count(), 1);
  assert.equal(await page.locator('.thumbs li').count(), 2);
  await page.keyboard.press('F8');
});

test('a cancelled pile names the sheet that was pulled in, and «Quét tiếp» brings the rest', async () => {
  await openDossier();
  station.load(twoSheets);
  station.setFaults('sheet 2 stall\n');
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress >> text=Đang quét: trang 2');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.progress .asks');
  assert.match(await text('.progress'), /Đã hủy quét\. Đã lưu 1 trang\. *Tờ 2 phải đưa vào quét lại\./);
  await page.waitForSelector('.first-page .buttons');
  assert.deepEqual(await findBarriers(page), []);
  station.load({...twoSheets, pages: twoSheets.pages.slice(1)});
  station.setFaults('');
  await page.click('.progress button >> text=Quét tiếp');
  await page.waitForSelector('text=Quét xong. Đã lưu 2 trang.');
  await page.waitForSelector('.thumbs li:nth-child(2)');
  await page.keyboard.press('F8');
});

test('fewer sheets than said is a question the clerk answers', async () => {
  await openDossier();
  station.load(oneSheet);
  await page.fill('#sheets', '2');
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .asks');
  assert.match(await text('.progress'), /Máy quét được 1 tờ trên 2 tờ đã báo\. Còn tờ nào chưa quét không\?/);
  await shoot(page, 'scanning-sheets');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.progress button >> text=Xong giấy này');
  await page.waitForSelector('.progress .asks', {state: 'detached'});
  await page.waitForSelector('.paper-name >> text=/Đang nhận dạng|Chờ đối chiếu/');
  await page.keyboard.press('F8');
});

test('a page like the one before asks; it can be taken out and brought back', async () => {
  await openDossier();
  station.load(twoSheets);
  station.setFaults('sheet 2 same\n');
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs .alert >> text=giống hệt trang ngay trước');
  await page.waitForSelector('.first-page .buttons');
  await shoot(page, 'scanning-question');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('F8');
  await page.click('.thumbs .alert button >> text=Bỏ');
  await page.waitForFunction(() => document.querySelectorAll('.thumbs li').length === 1);
  await page.click('text=Lấy lại trang vừa bỏ');
  await page.waitForFunction(() => document.querySelectorAll('.thumbs li').length === 2);
  for (const question of ['giống hệt trang ngay trước', 'có thể là trang đầu của một giấy khác']) { // the other comes once it is read
    await page.click(`.thumbs .alert:has-text("${question}") button >> text=Giữ`);
    await page.waitForSelector(`.thumbs .alert >> text=${question}`, {state: 'detached'});
  }
  assert.equal(await page.locator('.thumbs li').count(), 2);
  station.setFaults('');
});

test('an empty feeder leaves no paper', async () => {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error >> text=Khay giấy đã hết');
  await page.waitForSelector('.paper', {state: 'detached'});
  await page.click('.progress button >> text=Thôi');
});

test('a bound paper is scanned leaf by leaf', async () => {
  await openDossier();
  station.load(twoSheets);
  await page.selectOption('#source', 'flatbed');
  await page.check('#hands-free');
  await page.keyboard.press('F2');
  await page.waitForSelector('.first-page .buttons');
  await page.keyboard.press('F8');
  await page.waitForSelector('.progress >> text=Lật sang trang kế rồi bấm Enter.');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Enter');
  await page.waitForSelector('.thumbs li >> nth=1');
  await page.waitForSelector('.progress >> text=Đã lưu 2 trang.');
  await shoot(page, 'scanning-run');
  await page.click('.progress button >> text=Xong');
  await page.waitForSelector('text=Quét xong. Đã lưu 2 trang.');
  await page.waitForSelector('.paper-name >> text=/Đang nhận dạng|Chờ đối chiếu/');
});

test('the machine\'s button scans into the dossier that is open', async () => {
  await openDossier();
  station.load(oneSheet);
  const button = path.join(station.folder, 'simulator/button');
  writeFileSync(button, '');
  await untilSeen(/Đã bấm nút trên máy quét/);
  await page.waitForSelector('.thumbs li');
  await page.waitForSelector('.first-page .buttons');
  await shoot(page, 'scanning-button');
  assert.equal(existsSync(button), false);
  rmSync(button, {force: true});
});

test('after a kill in the middle of a sheet the pages before it are there, and the sheets behind are asked about', async () => {
  await openDossier();
  await page.selectOption('#source', 'adf'); // whatever the papers before it came by
  station.load(twoSheets);
  station.setFaults('sheet 2 stall at 60% for 12 s\n');
  await page.keyboard.press('F2');
  await page.waitForSelector('.first-page .buttons');
  await page.keyboard.press('F8');
  await page.waitForFunction(() => document.querySelector('.progress')?.textContent.includes('trang 2') &&
    document.querySelector('.progress progress')?.value > 1000);
  const {port} = new URL(page.url());
  station.child.kill('SIGKILL');
  await station.ended;
  await station.start(port);
  await openPage();
  await page.click('sohoa-dossiers .list li >> nth=0 >> button');
  await page.waitForSelector('.thumbs .asked >> text=máy đã dừng đột ngột');
  await page.waitForSelector('.thumbs img');
  assert.equal(await page.locator('.thumbs li.side').count(), 1);
  await shoot(page, 'scanning-interrupted');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.thumbs .asked button >> text=Giữ');
  await page.waitForSelector('.thumbs .asked', {state: 'detached'});
  station.setFaults('');
});

lastlyIsQuiet();
