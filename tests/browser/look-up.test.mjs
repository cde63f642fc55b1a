#!/usr/bin/env node
/* What others hold of the papers a dossier wants, against a made-up station: asked by itself, told, reused, asked again. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {FAR} from './fake-wanted.mjs';
import {dossierId, fake, onMadeUpStation, openDossier, page, until, untilFocused} from './fixture.mjs';

onMadeUpStation({pageMs: 50, refusals: [/409/]});

async function openBirth(owner) {
  await openDossier();
  await page.fill('#procedure', '1.001193');
  await page.waitForSelector('.procedures li');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.wanted li');
  await page.evaluate(async ([id, number]) => fetch(`/v1/dossiers/${id}`, {method: 'PATCH', body: JSON.stringify({owner_id: number}),
    headers: {'Content-Type': 'application/json', 'X-Sohoa': '1'}}), [dossierId(), owner]);
  await fake.tell({event: ['changed', {kind: 'dossier', id: dossierId(), dossier_id: dossierId()}]});
}

const line = (name) => page.locator('.wanted li', {has: page.locator('b', {hasText: new RegExp(`^${name}$`)})});
const lineText = (name) => line(name).textContent().then((found) => found.replace(/\s+/g, ' ').trim());
const press = (name, title) => line(name).getByRole('button', {name: title}).click();
const isSaid = (name, words) => until(async () => words.test(await lineText(name)));

test('whoever is known is asked about by itself, and what the warehouse holds is reused', async () => {
  await openBirth(FAR.held);
  await isSaid('Giấy chứng sinh', /Đã có ở nơi khác: 31\/GCS · 03\/02\/2024 · Kho tỉnh \(chưa rõ thời hạn\).*Kho tỉnh: có \(\d\d:\d\d\)/);
  assert.doesNotMatch(await lineText('Giấy chứng sinh'), /Cổng quốc gia/); // found: nobody further is asked
  assert.match(await lineText('Giấy chứng sinh'), /Dùng lại.*Vẫn quét, nêu lý do/);
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'look-up-hit');
  await press('Giấy chứng sinh', 'Dùng lại');
  await page.waitForSelector('.wanted li.have >> text=Dùng lại 31/GCS');
  await page.waitForSelector('summary >> text=không thiếu');
  await press('Giấy chứng sinh', 'Bỏ dùng lại');
  await page.waitForSelector('summary >> text=còn thiếu 1');
});

test('who could not be asked is named at the paper and asked again before sending', async () => {
  await openBirth(FAR.offline);
  await isSaid('Giấy chứng sinh', /Kho tỉnh: chưa hỏi được, mất kết nối – sẽ hỏi lại trước khi gửi · Cổng quốc gia: không có \(\d\d:\d\d\)/);
  assert.match(await lineText('Giấy chứng sinh'), /Quét giấy này/); // it holds nobody up
  assert.doesNotMatch(await lineText('Thẻ căn cước'), /Kho tỉnh/);
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'look-up-offline');
});

test('an older answer serves while the line is down, and says how old it is', async () => {
  await openBirth(FAR.aged);
  await isSaid('Giấy chứng sinh', /Kho tỉnh: chưa hỏi được, mất kết nối, câu trả lời cũ: có \(3 ngày trước, \d\d\/\d\d, \d\d:\d\d\) – sẽ hỏi lại trước khi gửi/);
  await shoot(page, 'look-up-aged');
});

test('a look-up that takes long is ended and begun again by the keyboard', async () => {
  await openBirth(FAR.slow);
  await page.waitForSelector('.sources >> text=Đang tra cứu ở Kho tỉnh, Cổng quốc gia…');
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'look-up-running');
  await page.focus('#end-look-up');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#look-up');
  await page.focus('#look-up');
  await page.keyboard.press('Enter');
  await isSaid('Giấy chứng sinh', /Kho tỉnh: không có \(/);
  await untilFocused('look-up');
});

test('a paper that turned out to be held after its scan is sent for a reason, or withdrawn', async () => {
  await openBirth(FAR.late);
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await isSaid('Giấy khai sinh', /Kho tỉnh đã có giấy này nên bản vừa quét chưa gửi.*Dùng bản đã có.*Vẫn gửi, nêu lý do.*Thu hồi bản vừa quét/);
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'look-up-late');
  await press('Giấy khai sinh', 'Thu hồi bản vừa quét');
  await page.waitForSelector('sohoa-ask dialog[open]');
  await page.keyboard.press('Escape');
  await press('Giấy khai sinh', 'Vẫn gửi, nêu lý do');
  await page.waitForSelector('sohoa-ask dialog[open]');
  await page.fill('#note', 'Bản ở kho thiếu trang');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Enter');
  await until(async () => !/chưa gửi/.test(await lineText('Giấy khai sinh')));
});
