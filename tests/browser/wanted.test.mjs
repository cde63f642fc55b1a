#!/usr/bin/env node
/* What a dossier is about and which papers that wants, against a made-up station. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {KNOWN_OWNER} from './fake-wanted.mjs';
import {choose, dossierId, fake, onMadeUpStation, openDossier, page, text, until, untilFocused} from './fixture.mjs';

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
  assert.match(await text('.wanted'), /Thành phần hồ sơ.*Giấy chứng sinh Còn thiếu.*Tờ khai đăng ký khai sinh Chỉ số hóa khi người nộp yêu cầu.*Thẻ căn cước Chỉ xuất trình: xem rồi trả lại, không quét.*Kết quả giải quyết.*Giấy khai sinh Chưa có kết quả/);
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

test('a form of the one-stop counter is told as no component', async () => {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  assert.equal(await page.locator('.counter-form').count(), 0);
  await fake.change({type: 'unknown', kind: {abbr: 'Mẫu 06', name: 'Phiếu kiểm soát quá trình giải quyết hồ sơ'}});
  await page.waitForSelector('.counter-form');
  assert.match(await text('.about'), /Phiếu kiểm soát quá trình giải quyết hồ sơ/);
  assert.deepEqual(await findBarriers(page), []);
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

/* ---- what is done about a paper ---- */

async function openBirth() {
  await openDossier();
  await chooseProcedure('1.001193');
  await page.waitForSelector('.wanted li');
}

/* Somebody typed whose case it is: what they have is found. */
async function nameOwner() {
  await page.evaluate(async (owner) => {
    const id = new URLSearchParams(location.hash.slice(1)).get('ho-so');
    await fetch(`/v1/dossiers/${id}`, {method: 'PATCH', body: JSON.stringify({owner_id: owner}),
      headers: {'Content-Type': 'application/json', 'X-Sohoa': '1'}});
  }, KNOWN_OWNER);
  await fake.tell({event: ['changed', {kind: 'dossier', id: dossierId(), dossier_id: dossierId()}]});
  await page.waitForSelector('.wanted .found');
}

const line = (name) => page.locator('.wanted li', {has: page.locator('b', {hasText: new RegExp(`^${name}$`)})});
const lineText = (name) => line(name).textContent().then((found) => found.replace(/\s+/g, ' ').trim());
const press = (name, title) => line(name).getByRole('button', {name: title}).click();
const asked = () => page.waitForSelector('sohoa-ask dialog[open]');

test('a paper is scanned for what it is, and stands there', async () => {
  await openBirth();
  await press('Giấy khai sinh', 'Quét giấy này');
  await page.waitForSelector('.asks >> text=Quét «Giấy khai sinh»');
  await untilFocused('scan');
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.wanted li.have >> text=Giấy khai sinh');
  await page.waitForSelector('.asks >> text=Quét «Giấy khai sinh»', {state: 'detached'});
});

test('what the owner has is offered, taken over and given back', async () => {
  await openBirth();
  await nameOwner();
  assert.match(await lineText('Giấy chứng sinh'), /Đã có trên máy: 12\/GCS · 18\/11\/2025 · hồ sơ H56\.14-251120-0004 \(chưa rõ thời hạn\), và 1 bản khác/);
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'wanted-held');
  await press('Giấy chứng sinh', 'Dùng lại');
  await page.waitForSelector('.wanted li.have >> text=Dùng lại 12/GCS');
  await page.waitForSelector('summary >> text=không thiếu');
  await press('Giấy chứng sinh', 'Bỏ dùng lại');
  await page.waitForSelector('summary >> text=còn thiếu 1');
});

test('a paper in the hand is found by its number, and taken over for the one it is', async () => {
  await openBirth();
  assert.equal(await page.locator('.by-number').count(), 0); // whose it is nobody has said
  await nameOwner();
  await page.click('.by-number summary');
  await page.fill('#held-number', '77/QĐ-UBND');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.by-number >> text=chưa có bản số hóa nào mang số 77/QĐ-UBND');
  await page.fill('#held-number', '9');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.by-number li >> text=hết hạn');
  assert.equal(await page.locator('.by-number li button').count(), 0);
  await page.fill('#held-number', '12/gcs');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.by-number li button');
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'wanted-number');
  await page.click('.by-number li button');
  await asked();
  await page.selectOption('#for-paper', {label: 'Giấy chứng sinh'});
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.wanted li.have >> text=Dùng lại 12/GCS');
});

test('a scan of what is held says why first', async () => {
  await openBirth();
  await nameOwner();
  await press('Giấy chứng sinh', 'Vẫn quét, nêu lý do');
  await asked();
  await page.selectOption('#reason', 'other');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('sohoa-ask dialog[open]').count(), 1); // in words, please
  await page.selectOption('#reason', 'data_not_exploitable');
  await page.fill('#holder', 'CSDL hộ tịch');
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'wanted-reason');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.asks >> text=Quét «Giấy chứng sinh»');
  await page.keyboard.press('F2');
  await page.waitForSelector('.wanted li.have >> text=Giấy chứng sinh');
  await page.waitForSelector('.paper.read');
});

test('a paper on demand waits for who asked and the fee', async () => {
  await openBirth();
  await press('Tờ khai đăng ký khai sinh', 'Người nộp yêu cầu số hóa');
  await asked();
  await page.selectOption('#asked_by', 'presenter');
  await page.selectOption('#fee', 'exempt');
  await page.focus('#fee');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.wanted >> text=Người nộp yêu cầu số hóa (người nộp, miễn phí)');
  await press('Tờ khai đăng ký khai sinh', 'Quét giấy này');
  await page.keyboard.press('F2');
  await page.waitForSelector('.wanted li.have >> text=Tờ khai đăng ký khai sinh');
});

test('what is only shown has no action, what is exempt only with a reason', async () => {
  await openBirth();
  assert.equal(await line('Thẻ căn cước').getByRole('button').count(), 0);
  assert.match(await lineText('Ý kiến của công an xã'), /Không phải số hóa theo quy định.*Vẫn quét, nêu lý do/);
});

test('a paper scanned freely and read as one that asks is explained afterwards', async () => {
  await openBirth();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await fake.change({type: 'citizen-id'});
  await page.waitForSelector('.wanted li.missing >> text=Không được số hóa: bỏ bản quét này');
  await fake.change({type: 'declaration'});
  await page.waitForSelector('.wanted li.missing >> text=Chưa ghi yêu cầu của người nộp');
  assert.deepEqual(await findBarriers(page), []);
});

test('a person says which paper it is', async () => {
  await openBirth();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await choose('Là giấy nào của hồ sơ…', 'sohoa-paper-menu .opener');
  await asked();
  await page.selectOption('#wanted-paper', {label: 'Giấy chứng sinh'});
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.wanted li.have >> text=Giấy chứng sinh');
  await page.waitForSelector('summary >> text=không thiếu');
});

test('the result of a procedure that no catalogue knows is said to be it', async () => {
  await openDossier();
  await page.fill('#procedure', '1.777777');
  await page.click('button >> text=Dùng mã này');
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await choose('Là giấy nào của hồ sơ…', 'sohoa-paper-menu .opener');
  await asked();
  await page.selectOption('#wanted-paper', {label: 'Kết quả giải quyết của hồ sơ'});
  await page.keyboard.press('Tab');
  const said = page.waitForRequest(/\/v1\/documents\/.*\/paper/);
  await page.keyboard.press('Enter');
  assert.deepEqual((await said).postDataJSON(), {stage: 'result', paper_code: null});
  await page.waitForSelector('sohoa-ask dialog[open]', {state: 'detached'});
  await page.click('sohoa-paper-menu .opener');
  await page.waitForSelector('sohoa-paper-menu >> text=Kết quả giải quyết');
  assert.deepEqual(await findBarriers(page), []);
});

test('F2 while the procedure is still being saved scans once it is', async () => {
  await openDossier();
  const late = '**/v1/dossiers/*';
  await page.route(late, async (route) => {
    if (route.request().method() === 'PATCH')
      await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  await page.fill('#procedure', '1.777777');
  await page.click('button >> text=Dùng mã này');
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.unroute(late);
});

test('the wanted papers are seen without scrolling once a paper is scanned', async () => {
  await openBirth();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.wanted li.have');
  const places = await page.$$eval('.wanted summary, .wanted li', (all) => all.map((one) => one.getBoundingClientRect().top));
  await shoot(page, 'wanted-fold');
  assert.ok(places[1] < await page.evaluate(() => innerHeight), `the first is at ${places[1]}`);
});

test('what a dossier lacks to be counted is said once it has a paper', async () => {
  await openDossier();
  assert.equal(await page.locator('.lacks').count(), 0);
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.lacks');
  assert.match(await text('.lacks'), /Chưa được tính là hồ sơ số hóa: chưa có ngày tiếp nhận, chưa có thủ tục hành chính, chưa có số định danh của chủ hồ sơ, chưa ghi kênh tiếp nhận\./);
  await page.fill('#procedure', '1.001193');
  await page.click('.procedures button >> text=1.001193');
  await until(async () => !/thủ tục/.test(await text('.lacks')));
  await shoot(page, 'wanted-lacks');
  const place = await page.$eval('.lacks', (one) => one.getBoundingClientRect().bottom);
  assert.ok(place < await page.evaluate(() => innerHeight), `it ends at ${place}`);
  assert.deepEqual(await findBarriers(page), []);
});
