#!/usr/bin/env node
/* What people have to do about records at the warehouses, and the comparisons, on the page. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {fake, onMadeUpStation, page, text, until} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

async function openTasks() {
  await page.click('#open-tasks');
  await page.waitForSelector('dialog.reconcile[open]');
}

test('without tasks the page says that all is as it was sent', async () => {
  await openTasks();
  assert.match(await text('dialog.reconcile'), /Không có việc nào\..*Chưa đối soát lần nào/s);
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog.reconcile[open]', {state: 'detached'});
});

test('each task says what happened and what to do, and a button with a note closes it', async () => {
  await fake.tell({tasks: ['missing', 'different']});
  await page.waitForSelector('#open-tasks >> text=(2)');
  await openTasks();
  await page.waitForSelector('.open-tasks li >> nth=1');
  assert.match(await text('.open-tasks'), /Kho không còn bản đã nhận.*Hỏi đơn vị quản lý kho.*Bản ở kho khác bản đã gửi.*Máy không ghi đè/s);
  await shoot(page, 'reconcile-tasks');
  assert.deepEqual(await findBarriers(page), []);
  await page.fill('.open-tasks li:first-child input', 'kho mất đĩa');
  await page.click('.open-tasks li:first-child button:has-text("Gửi lại")');
  await page.waitForSelector('.open-tasks li >> nth=1', {state: 'detached'});
  assert.deepEqual((await fake.tell({})).closedTasks, ['missing resend kho mất đĩa']);
  await page.waitForSelector('#open-tasks >> text=(1)', {state: 'attached'});
});

test('a comparison that is asked for shows how far it is, and what it found', async () => {
  await openTasks();
  await page.click('#compare-now');
  await page.waitForSelector('dialog.reconcile >> text=Đang đối soát kho «warehouse»');
  await page.waitForSelector('dialog.reconcile tr.done');
  assert.match(await text('dialog.reconcile tr.done'), /warehouse.*Xong.*1198\/1200.*1.*1.*0.*40/s);
  await shoot(page, 'reconcile-runs');
  assert.deepEqual(await findBarriers(page), []);
  await until(async () => await page.locator('#compare-now').isEnabled());
});
