#!/usr/bin/env node
/* The clerk's whole job through the page and the real sohoad: scanner, recognition, signature, warehouse. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {lastlyIsQuiet, onRealStation, openDossier, page, station} from './fixture.mjs';
import {sample} from './station.mjs';

const paperOf = (type) => sample.papers.find((paper) => paper.type === type);
const PAPERS = ['receipt-slip', 'birth-certificate', 'decision'].map(paperOf);
const READING_MS = 120000;

onRealStation({isOpen: false});

async function scan(paper, number) {
  station.load(paper);
  await page.selectOption('#source', paper.duplex ? 'duplex' : 'adf');
  await page.waitForSelector('#scan:not([disabled])');
  await page.keyboard.press('F2');
  await page.waitForSelector(`.paper >> nth=${number - 1} >> .thumbs li >> nth=${paper.pages.length - 1}`);
  await page.waitForSelector('#scan:not([disabled])');
}

/* Answers what the page asks for, as the sample's answer file says, and nothing else. */
async function answer(paper) {
  const asked = await page.$$eval('.field.missing, .field.check', (rows) =>
    rows.map((row) => row.querySelector('[id^=f-]').id.slice(2)));
  for (const name of asked) {
    const truth = paper.fields[name] ?? null;
    if (truth === null)
      await page.check(`.field:has(#f-${name}) input[type=checkbox]`).catch(() => page.fill(`#f-${name}`, ''));
    else if (name === 'no_expiry')
      await page.selectOption('#f-no_expiry', String(truth));
    else
      await page.fill(`#f-${name}`, String(truth));
    if (truth === null && !await page.isChecked(`.field:has(#f-${name}) input[type=checkbox]`))
      await page.check(`.field:has(#f-${name}) input[type=checkbox]`);
  }
  return asked;
}

test('without the link nobody gets the page', async () => {
  const {origin} = new URL(station.link());
  const answered = await page.goto(origin);
  assert.equal(answered.status(), 401);
  assert.match(await page.textContent('body'), /Chưa mở phiên làm việc/);
});

test('the page opens by its one-time link, under a policy without exceptions', async () => {
  await page.goto(station.link());
  await page.waitForSelector('#new-code');
  const answered = await page.reload();
  assert.match(answered.headers()['content-security-policy'], /^default-src 'self';/);
  assert.doesNotMatch(answered.headers()['content-security-policy'], /unsafe/);
  await page.waitForSelector('#device option >> nth=1', {state: 'attached'});
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'clerk-1-empty');
});

test('papers are scanned one after the other and read in the background', async () => {
  await openDossier({papers: PAPERS.length});
  for (const [index, paper] of PAPERS.entries())
    await scan(paper, index + 1);
  await page.waitForSelector(`.paper.read >> nth=${PAPERS.length - 1}`, {timeout: READING_MS});
  const pages = PAPERS.flatMap((paper) => paper.pages).length;
  await page.waitForSelector(`.thumbs img >> nth=${pages - 1}`);
  assert.equal(await page.locator('.counts .unequal').count(), 0);
  await shoot(page, 'clerk-2-scanned');
});

test('the code read from the receipt becomes the code of the dossier', async () => {
  await page.click('text=Dùng mã này');
  await page.waitForSelector(`sohoa-papers h3 >> text=${sample.dossier_code}`);
});

test('every paper is compared, confirmed, signed and accepted by the warehouse', async () => {
  for (const [index, paper] of PAPERS.entries()) {
    await page.waitForSelector(`.about >> text=Giấy ${index + 1}:`);
    await page.waitForSelector('#f-type');
    assert.equal(await page.inputValue('#f-type'), paper.type);
    await answer(paper);
    assert.equal(await page.locator('.field.missing, .field.check').count(), 0);
    const boxed = page.locator('rect.box').first();
    if (await boxed.count()) {
      await boxed.click();
      await page.waitForSelector('svg.strip');
    }
    await shoot(page, `clerk-3-review-${index + 1}`);
    assert.deepEqual(await findBarriers(page), []);
    await page.check('#compared');
    await page.keyboard.press('Control+Enter');
    if (index === 0) {
      await page.waitForSelector('dialog[open] #password');
      await page.fill('#password', 'sai mật khẩu');
      await page.keyboard.press('Enter');
      await page.waitForSelector('dialog .alert');
      await shoot(page, 'clerk-4-password');
      await page.fill('#password', station.password);
      await page.keyboard.press('Enter');
    }
    await page.waitForSelector(`.paper.read >> nth=${PAPERS.length - 1 - index}`, {state: 'detached'});
  }
  for (const index of PAPERS.keys())
    await page.waitForSelector(`sohoa-queue li:has-text("Kho đã nhận") >> nth=${index}`, {timeout: READING_MS});
  await shoot(page, 'clerk-5-accepted');
  const delivered = station.warehouse();
  assert.equal(delivered.filter((name) => name.endsWith('.pdf')).length, PAPERS.length, delivered.join(' '));
  assert.equal(delivered.filter((name) => name.endsWith('.json')).length, PAPERS.length, delivered.join(' '));
});

test('the signed copy can be fetched, and the dossier closed', async () => {
  await page.click('.paper-name >> nth=0');
  const address = await page.getAttribute('text=Xem bản đã ký', 'href');
  const file = await page.evaluate(async (href) => {
    const answered = await fetch(href);
    return [answered.headers.get('content-type'), (await answered.text()).slice(0, 5)];
  }, address);
  assert.deepEqual(file, ['application/pdf', '%PDF-']);
  await page.click('text=Đóng hồ sơ');
  await page.waitForSelector('sohoa-papers h3 >> text=Hồ sơ đã đóng');
});

test('a jam at the scanner keeps the page before it and says what to do', async () => {
  await openDossier();
  const twoSheets = sample.papers.find((paper) => paper.pages.length > 1);
  station.load({...twoSheets, duplex: false});
  station.setFaults('sheet 2 jam\n');
  await page.selectOption('#source', 'adf');
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error');
  assert.match(await page.textContent('.progress'), /Kẹt giấy[^]*Đã lưu 1 trang\.[^]*Mã tham chiếu: \w+/);
  await page.waitForSelector('.thumbs li');
  await shoot(page, 'clerk-6-jam');
  station.setFaults('');
});

test('when sohoad comes back after a restart, the page asks for a new session and shows everything again', async () => {
  await station.stop();
  await page.waitForSelector('text=Mất kết nối.');
  const {port} = new URL(page.url());
  await station.start(port);
  await page.waitForSelector('text=/Phiên làm việc đã hết/');
  await shoot(page, 'clerk-7-session-ended');
  await page.goto(station.link());
  await page.waitForSelector('sohoa-dossiers li >> nth=1');
});

lastlyIsQuiet();
