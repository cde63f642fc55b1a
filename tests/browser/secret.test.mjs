#!/usr/bin/env node
/* A paper with the mark of a secret one, against a made-up station. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {fake, onMadeUpStation, openDossier, page, text, until, untilFocused} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

async function scanMarked(mark) {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await fake.tell({mark});
  await page.waitForSelector('.secret');
}

test('a locked paper shows no picture, says what happened and what to do, and one key removes it', async () => {
  await scanMarked({level: 'mat'});
  assert.match(await text('.secret'), /Máy thấy dấu «MẬT» trên trang \d của giấy này\. .*Giấy mật không được số hóa.*lấy giấy ra khỏi máy.*ảnh tự xóa lúc \d\d:\d\d/);
  assert.equal(await page.locator('.review image, .review img, .thumb img, .thumb image').count(), 0, 'nothing of it is shown');
  assert.equal(await page.locator('#compared').count(), 0, 'nor can it be confirmed');
  assert.match(await text('.paper .state'), /Có dấu mật, đã khóa/);
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'secret');
  await page.keyboard.press('Delete');
  await page.waitForSelector('.secret', {state: 'detached'});
  await until(async () => await page.locator('.papers .paper').count() === 0);
});

test('beside a locked first page «Đúng hồ sơ này?» shows no picture, says why, and asks on once it is unlocked', async () => {
  await openDossier({code: 'HS-1'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.first-page img');
  await fake.tell({mark: {level: 'mat'}});
  await page.waitForSelector('.first-page >> text=Trang này có dấu mật nên không hiện ảnh');
  assert.doesNotMatch(await text('.first-page'), /Đang tải/);
  assert.equal(await page.locator('.first-page img, .first-page canvas, .first-page button').count(), 0);
  await shoot(page, 'secret-first-page');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('#not-secret');
  await page.fill('#why-not-secret', 'Dấu đã giải mật');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.first-page #right-dossier');
});

test('a paper that is none is unlocked with a reason, by keyboard', async () => {
  await scanMarked({level: 'toi_mat'});
  await page.focus('#not-secret');
  await page.keyboard.press('Enter');
  await untilFocused('why-not-secret');
  await page.keyboard.press('Delete'); // in a field it is only a letter's end
  await page.keyboard.press('Enter');
  await page.waitForSelector('.secret .alert >> text=Hãy ghi lý do');
  await shoot(page, 'secret-denied');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Escape');
  await untilFocused('not-secret');
  await page.click('#not-secret');
  await page.fill('#why-not-secret', 'Dấu đã giải mật ngày 02/9/2024');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.secret', {state: 'detached'});
  await page.waitForSelector('.papers .paper');
});

test('a page of a file waits for its answer, and the file itself is named', async () => {
  await scanMarked({level: 'tuyet_mat', isFile: true});
  assert.match(await text('.secret'), /«TUYỆT MẬT».*từ tệp trong thư mục «kho-cu».*giữ khóa đến khi có trả lời/);
  assert.doesNotMatch(await text('.secret'), /tự xóa/);
});
