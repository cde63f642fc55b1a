#!/usr/bin/env node
/* In which form a paper was handed in, against a made-up station. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {fake, focused, onMadeUpStation, openDossier, page, text, until} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

test('what the paper says is offered, and a copy waits for the supervisor with name and reason', async () => {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('#f-submitted');
  assert.equal(await page.inputValue('#f-submitted'), '', 'nothing is taken silently');
  await fake.change({copy_marks: [{name: 'chung_thuc', form: 'certified_copy', page_id: 'x'}]});
  await page.waitForSelector('sohoa-submitted .offer >> text=Chứng thực bản sao đúng với bản chính');
  await page.click('#take-form');
  await page.waitForSelector('.decision');
  assert.equal(await page.inputValue('#f-submitted'), 'certified_copy');
  await page.click('#copy-yes');
  await until(async () => await focused() === 'copy-decider');
  await page.fill('#copy-decider', 'Lý Thị Lãnh Đạo');
  await page.fill('#copy-reason', 'Bản chính đã nộp ở hồ sơ trước');
  assert.deepEqual(await findBarriers(page), []);
  await page.focus('#copy-yes');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.decision >> text=Cho số hóa: Lý Thị Lãnh Đạo, Bản chính đã nộp ở hồ sơ trước');
  await page.locator('.decision').scrollIntoViewIfNeeded();
  await shoot(page, 'submitted');
  await page.selectOption('#f-submitted', 'original');
  await page.waitForSelector('.decision', {state: 'detached'});
  assert.match(await text('sohoa-submitted'), /Hình thức bản nộp/);
});
