#!/usr/bin/env node
/* Whose case a dossier is and who brought it, against a made-up station. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {onMadeUpStation, openDossier, page, text, untilFocused} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

test('owner and presenter are said by keyboard alone, and stand in the head of the dossier', async () => {
  await openDossier();
  await page.waitForSelector('.people >> text=Chủ hồ sơ: chưa nhập');
  await page.focus('#change-people');
  await page.keyboard.press('Enter');
  await untilFocused('owner-name');
  await page.keyboard.type('Đặng Thị Thử Nghiệm');
  await page.keyboard.press('Tab');
  await page.keyboard.type('031199003406');
  await page.selectOption('#owner-kind', 'person');
  await page.selectOption('#channel', 'direct');
  await page.selectOption('#presenter-basis', 'authorised');
  await page.fill('#presenter-name', 'Lý Văn Mẫu');
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'people-form');
  await page.keyboard.press('Enter');
  await untilFocused('change-people');
  await page.waitForSelector('.people >> text=Đặng Thị Thử Nghiệm');
  assert.match(await text('.people'),
    /Chủ hồ sơ: Đặng Thị Thử Nghiệm · 031199003406 · Người nộp: Lý Văn Mẫu, người được ủy quyền · Trực tiếp/);
  await page.reload();
  await page.waitForSelector('.people >> text=Đặng Thị Thử Nghiệm');
  await shoot(page, 'people');
  await page.click('#change-people');
  await page.fill('#presenter-name', '');
  await page.keyboard.press('Escape');
  await untilFocused('change-people');
  assert.match(await text('.people'), /Lý Văn Mẫu/, 'Esc changes nothing');
});

test('a number that cannot be is refused beside its field, and what was typed stays', async () => {
  await openDossier();
  await page.click('#change-people');
  await page.fill('#owner-name', 'Đặng Thị Thử Nghiệm');
  await page.fill('#owner-id', '123');
  await page.click('.people-form .primary');
  await untilFocused('owner-id');
  assert.match(await text('.people-form .alert'), /Số này không đúng: số định danh có 12 chữ số/);
  assert.equal(await page.inputValue('#owner-name'), 'Đặng Thị Thử Nghiệm');
  assert.deepEqual(await findBarriers(page), []);
});

test('the old number that the code of the owner\'s card says is offered, and taken by a press', async () => {
  await openDossier();
  await page.evaluate(async () => {
    const id = new URLSearchParams(location.hash.slice(1)).get('ho-so');
    await fetch(`/v1/dossiers/${id}`, {method: 'PATCH', body: JSON.stringify({owner_name: 'Đặng Thị Thử Nghiệm', owner_id: '031199003406',
      owner_old_id_read: '031456782'}), headers: {'Content-Type': 'application/json', 'X-Sohoa': '1'}});
  });
  await page.reload();
  await page.waitForSelector('#take-old-id');
  assert.match(await text('.offer'), /số CMND cũ: 031456782/);
  assert.doesNotMatch(await text('.people'), /CMND cũ/, 'offered is not taken');
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'people-old-id-offer');
  const [asked] = await Promise.all([page.waitForRequest((request) => request.method() === 'PATCH'), page.click('#take-old-id')]);
  assert.deepEqual(asked.postDataJSON(), {owner_old_id: '031456782'});
  await page.waitForSelector('.people >> text=(CMND cũ 031456782)');
  await page.click('#change-people');
  assert.equal(await page.inputValue('#owner-old-id'), '031456782');
  await page.fill('#owner-old-id', '03145678');
  await shoot(page, 'people-old-id-form');
  await page.click('.people-form .primary');
  await untilFocused('owner-old-id');
  assert.match(await text('.people-form .alert'), /Số CMND cũ có 9 chữ số/);
});
