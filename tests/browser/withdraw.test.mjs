#!/usr/bin/env node
/* A paper is taken back, a warehouse holds something else, a result is handed over: against a made-up station. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {choose, fake, focused, onMadeUpStation, openDossier, page, text, until, untilFocused} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

const MENU = 'sohoa-paper-menu .opener';

/* A paper that its warehouse has, or refuses to have. */
async function sentPaper(faults = {}) {
  await fake.tell({faults});
  await openDossier({code: 'H41.05-261122-0007'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.fill('#f-owner_id', '001088000017');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('dialog[open] #password');
  await page.fill('#password', 'mật khẩu thử');
  await page.keyboard.press('Enter');
  await page.waitForSelector(faults.deliver ? '.list .troubled' : '.about .state >> text=Kho đã nhận');
}

test('a paper that reached a wrong person is taken back by the keyboard, and the case says what the law asks', async () => {
  await sentPaper();
  await page.focus(MENU);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open] >> text=Thu hồi giấy này');
  assert.match(await text('dialog[open] .lines'), /Kho «warehouse»: đã nhận: máy báo thu hồi và chờ biên nhận/);
  assert.doesNotMatch(await text('dialog[open] .lines'), /72 giờ/);
  assert.equal(await focused(), 'reason');
  await page.keyboard.press('Enter');
  assert.ok(await page.isVisible('dialog[open]'), 'without a reason nothing is done');
  await page.keyboard.type('Trả nhầm cho người khác cùng tên');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.match(await text('dialog[open] .lines'), /sự cố dữ liệu cá nhân.*91\/2025\/QH15.*72 giờ/);
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'withdraw-dialog');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.taken-back >> text=tới nhầm người');
  await page.waitForSelector('.incident >> text=trước');
  assert.match(await text('.incident'), /72 giờ/);
  assert.match(await text('.taken-back'), /Đang thu hồi.*Chưa báo kho/);
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'withdrawing');
  await fake.tell({withdrawn: true});
  await page.waitForSelector('.taken-back >> text=tệp còn ở kho kèm dấu thu hồi');
  assert.match(await text('.taken-back'), /Biên nhận: SHA-256 5b1c5b1c5b1c…/);
  await page.waitForSelector('#withdraw-undo', {state: 'detached'});
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'withdrawn');
});

test('a withdrawal is undone before a warehouse was told', async () => {
  await sentPaper();
  await choose('Thu hồi…', MENU);
  await page.fill('#reason', 'Nhầm giấy');
  await page.click('dialog[open] .primary');
  await page.click('#withdraw-undo');
  await page.waitForSelector('.about .state >> text=Kho đã nhận');
  await page.waitForSelector('.taken-back', {state: 'detached'});
});

test('of two that differ a person keeps the one of the warehouse', async () => {
  await sentPaper({deliver: 'TARGET_CONFLICT', said: 'pdf: SHA-256 9f8e7d6c5b4a… (kho), 1a2b3c4d5e6f… (máy này)'});
  await choose('Kho có bản khác…', MENU);
  await page.waitForSelector('dialog[open] >> text=9f8e7d6c5b4a');
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'conflict');
  await page.click('dialog[open] .primary');
  await page.waitForSelector('.taken-back >> text=Giữ bản của kho theo quyết định của cán bộ');
});

test('a result that waits is handed over after a question', async () => {
  await sentPaper();
  await fake.tell({dossier: {waits_for_handover: 1}});
  await page.waitForSelector('#handed-over');
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'handover');
  await page.click('#handed-over');
  await page.waitForSelector('dialog[open] >> text=không hủy được');
  await page.keyboard.press('Escape');
  await untilFocused('handed-over');
  await page.click('#handed-over');
  await page.click('dialog[open] .primary');
  await page.waitForSelector('.handed >> text=Đã trao kết quả lúc');
  await until(async () => await page.locator('#handed-over').count() === 0);
});
