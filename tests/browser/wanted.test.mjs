#!/usr/bin/env node
/* What a dossier is about and which papers that wants, against a made-up station. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {fake, onMadeUpStation, openDossier, page, text, until, untilFocused} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

const namesFound = () => page.$$eval('.procedures li b', (all) => all.map(({textContent: name}) => name));

async function chooseProcedure(words) {
  await page.fill('#procedure', words);
  await page.waitForSelector('.procedures li');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.procedure');
}

test('a procedure is found by words without accents, and its papers stand beside those that are there', async () => {
  await openDossier();
  await page.fill('#procedure', 'khai sinh');
  await until(async () => (await namesFound()).length === 2);
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.procedures button >> text=1.001193');
  await page.waitForSelector('summary >> text=Giấy tờ cần có: còn thiếu 1');
  assert.match(await text('.wanted'), /Thành phần hồ sơ.*Giấy chứng sinh Còn thiếu.*Tờ khai đăng ký khai sinh Chỉ số hóa khi người nộp yêu cầu.*Thẻ căn cước Không số hóa.*Kết quả giải quyết.*Giấy khai sinh Chưa có kết quả/);
  assert.match(await text('.wanted'), /Tiếp nhận 05\/03\/2026 · theo NĐ 118\/2025/);
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.wanted li.have');
  await page.waitForSelector('summary >> text=Giấy tờ cần có: còn thiếu 1');
  assert.match(await text('.wanted li.have'), /Giấy khai sinh Đã có: Giấy 1/);
  await shoot(page, 'wanted');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.wanted li.have button');
  await page.waitForSelector('.paper-name[aria-current=true] >> text=Giấy 1');
});

test('Enter takes the best hit, another one can be chosen later, or none', async () => {
  await openDossier();
  await chooseProcedure('khai tu');
  assert.match(await text('.procedure'), /Thủ tục đăng ký khai tử \(1\.000656\)/);
  await page.reload();
  await page.waitForSelector('.procedure >> text=khai tử');
  await page.click('#change-procedure');
  await untilFocused('procedure');
  await page.fill('#procedure', '1.001193');
  await page.click('.procedures button >> text=1.001193');
  await page.waitForSelector('.procedure >> text=khai sinh');
  assert.equal(await page.locator('#procedure').count(), 0);
  await page.click('#change-procedure');
  await page.click('#no-procedure');
  await page.waitForSelector('.procedure', {state: 'detached'});
  await page.waitForSelector('#procedure');
});

test('a procedure that is in no catalogue stops nobody', async () => {
  await openDossier();
  await page.fill('#procedure', 'nuôi rồng');
  await page.waitForSelector('text=Không có thủ tục nào như vậy. Thử ít chữ hơn.');
  await page.fill('#procedure', '1.777777');
  await page.waitForSelector('text=bộ phận kỹ thuật đã được báo. Cứ quét bình thường.');
  await page.click('button >> text=Dùng mã này');
  await page.waitForSelector('.procedure >> text=chưa có trong danh mục (1.777777)');
  assert.match(await text('.wanted'), /danh sách có thể thiếu\. Cứ quét bình thường\./);
  assert.equal(await text('.wanted summary'), 'Giấy tờ cần có: chưa biết đủ');
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
});

test('whoever begins to change the procedure may leave it as it is', async () => {
  await openDossier();
  await chooseProcedure('khai tu');
  await page.click('#change-procedure');
  await page.fill('#procedure', 'khai sinh');
  await page.click('#keep-procedure');
  await untilFocused('change-procedure');
  assert.equal(await page.locator('#procedure').count(), 0);
  assert.match(await text('.procedure'), /khai tử/);
});

test('a code from a reader of barcodes, with Enter at once, is taken', async () => {
  await openDossier();
  await page.focus('#procedure');
  await page.evaluate(() => {
    const input = document.querySelector('#procedure');
    input.value = '1.001193';
    input.dispatchEvent(new InputEvent('input', {bubbles: true}));
    input.form.requestSubmit();
  });
  await page.waitForSelector('.procedure >> text=Thủ tục đăng ký khai sinh (1.001193)');
});

test('the procedure read from the receipt is offered, not taken', async () => {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await fake.change({type: 'receipt-slip', fields: {procedure_code: {value: '1.001193', confidence: 0.9, needs_person: false}}});
  await page.waitForSelector('.offer >> text=1.001193');
  assert.equal(await page.locator('.procedure').count(), 0);
  await page.click('sohoa-wanted .offer button');
  await page.waitForSelector('.procedure >> text=Thủ tục đăng ký khai sinh (1.001193)');
  await page.waitForSelector('.offer', {state: 'detached'});
});

test('only the answer to the last words is shown', async () => {
  await openDossier();
  await page.route(/\/v1\/procedures\?/, async (route) => {
    const isFirst = route.request().url().endsWith('=khai');
    const response = await route.fetch();
    if (isFirst)
      await new Promise((resolve) => setTimeout(resolve, 700));
    await route.fulfill({response});
  });
  await page.fill('#procedure', 'khai');
  await page.waitForRequest(/q=khai$/);
  await page.fill('#procedure', 'khai tử');
  await until(async () => (await namesFound()).length === 1);
  await page.waitForResponse(/q=khai$/);
  assert.deepEqual(await namesFound(), ['Thủ tục đăng ký khai tử']);
  await page.unrouteAll({behavior: 'ignoreErrors'});
  await fake.faults({});
});
