#!/usr/bin/env node
/* "Send, and then switch the station off", on the page. */
import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {fake, onMadeUpStation, page, text, until} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

const AT_19_20 = Date.UTC(2026, 10, 23, 12, 20) * 1000;
const LINE = {schedule: {window: 'always', mode: 'all', targets: [], disk: null}, transfers: [], waiting: 2};

let power, run, posted;

/* What the station says of switching off, and what it is asked. */
async function answerFor(route) {
  const request = route.request();
  if (request.method() === 'POST') {
    const wish = request.postDataJSON();
    posted.push(wish);
    run = wish.then === 'poweroff' ? {state: 'sending', until_us: AT_19_20, then: 'poweroff'} : null;
    power = run && {state: 'planned', at_us: null, problem: null};
  }
  await route.fulfill({status: 200, contentType: 'application/json', body: JSON.stringify({...LINE, run, power})});
}

beforeEach(async () => {
  [power, run, posted] = [null, null, []];
  await page.route('**/v1/sync', answerFor);
  await fake.tell({sync: {}});
});

const readAgain = () => fake.tell({sync: {alarms: []}});

test('a time is chosen, the page tells when, and one button takes it back', async () => {
  await page.click('#open-report');
  await page.waitForSelector('dialog.sync[open]');
  await page.click('#send-then-off');
  await page.waitForSelector('sohoa-ask dialog[open] #until');
  assert.equal(await page.locator('#until option').count(), 8);
  await shoot(page, 'power-ask');
  assert.deepEqual(await findBarriers(page), []);
  await page.selectOption('#until', {index: 2});
  await page.click('sohoa-ask button.primary');
  await until(() => posted.length === 1);
  assert.match(posted[0].until, /^[0-2]\d:[03]0$/);
  assert.equal(posted[0].then, 'poweroff');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.power >> text=Máy sẽ tự tắt khi gửi xong, muộn nhất lúc 19:20.');
  await shoot(page, 'power-planned');
  assert.deepEqual(await findBarriers(page), []);
  await page.focus('.power button');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.power', {state: 'detached'});
  assert.deepEqual(posted[1], {then: 'stay'});
});

test('an evening of the configuration is told with its minute', async () => {
  power = {state: 'planned', at_us: AT_19_20, problem: null};
  await readAgain();
  await page.waitForSelector('.power >> text=Máy sẽ tự tắt lúc 19:20.');
});

test('a station that could not be switched off says so, and what to do', async () => {
  power = {state: 'planned', at_us: null, problem: 'POWER_UNAVAILABLE'};
  await readAgain();
  await page.waitForSelector('.power.error');
  assert.match(await text('.power'), /Máy chưa tắt\..*hãy tự tắt máy/);
});
