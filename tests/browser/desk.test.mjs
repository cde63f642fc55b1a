#!/usr/bin/env node
/* Scanning at a counter where not everything goes well, against a made-up station: questions, waiting, one
 * scanner for several clerks, many dossiers. What a real scanner does is in scanning.test.mjs. */
import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {dossierId, fake, onMadeUpStation, openDossier, page, text, until, untilFocused, untilSeen} from './fixture.mjs';

const ME = {id: 'uid:1000/web-0a', role: 'clerk'};
let asked; // bodies of scan requests

onMadeUpStation({pageMs: 200});

beforeEach(() => {
  asked = [];
  page.on('request', (request) => {
    if (/\/(scan|continue)$/.test(request.url()))
      asked.push(request.postDataJSON());
  });
});

const lease = async () => (await fake.tell({})).lease;

test('what failed goes on where it stood, and the lost sheet is named', async () => {
  await openDossier();
  await fake.faults({jam: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error');
  assert.match(await text('.progress'), /Tờ 2 phải đưa vào quét lại\. Đã lưu 1 trang\..*Quét tiếp Xong giấy này/);
  await shoot(page, 'desk-jam');
  await page.reload();
  await page.waitForSelector('.progress .error >> text=Tờ 2 phải đưa vào quét lại');
  await fake.faults({});
  await page.click('.progress button >> text=Quét tiếp');
  await page.waitForSelector('text=Quét xong. Đã lưu 2 trang.');
  assert.deepEqual(asked, [{source: 'adf', finish: true}, {}]);
  assert.equal(await page.locator('.paper').count(), 1);
});

test('F2 goes on after a failure, and begins anew once the clerk chose otherwise', async () => {
  await openDossier();
  await fake.faults({empty: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error');
  await fake.faults({empty: true, hold: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress progress');
  await fake.faults({empty: true});
  await page.waitForSelector('.progress .error');
  await fake.faults({});
  await page.selectOption('#source', 'flatbed');
  await page.keyboard.press('F2');
  await page.waitForSelector('text=Quét xong. Đã lưu 1 trang.');
  assert.deepEqual(asked.map(({source}) => source), ['adf', undefined, 'flatbed']);
});

test('F2 at the very moment a scan ends begins the next paper', async () => {
  await openDossier();
  await page.selectOption('#source', 'duplex');
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper');
  await page.route(/\/v1\/dossiers\/[^/]+$/, async (route) => {
    const response = await route.fetch();
    await new Promise((resolve) => setTimeout(resolve, 300)); // the page learns late what ended
    await route.fulfill({response});
  });
  await page.waitForSelector('text=Quét xong. Đã lưu 4 trang.');
  await page.keyboard.press('F2');
  await until(() => asked.length === 2);
  assert.equal(asked[1].document_id, undefined);
  await page.unrouteAll({behavior: 'ignoreErrors'});
  await page.waitForSelector('.paper:nth-child(2)');
  assert.equal(await page.locator('.progress .error').count(), 0);
});

test('an answer that is older than what was told meanwhile does not bring a scan back that ended', async () => {
  await openDossier({source: 'flatbed'});
  await page.route(/\/v1\/jobs\/[^/]+$/, async (route) => {
    const response = await route.fetch();
    await until(async () => (await fake.tell({})).ended > 0); // it ended, and the page is told, before it is answered
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.fulfill({response});
  });
  await page.keyboard.press('F2');
  await page.waitForSelector('text=Quét xong. Đã lưu 1 trang.');
  await page.waitForSelector('#scan:not([disabled])');
  await page.unrouteAll({behavior: 'ignoreErrors'});
});

test('an empty feeder leaves no paper and takes no number', async () => {
  await openDossier();
  await fake.faults({empty: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error');
  await page.waitForSelector('.paper', {state: 'detached'});
  assert.match(await text('.progress'), /Chưa có trang nào được lưu/);
  await page.click('.progress >> text=Thôi');
  await fake.faults({});
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper-name >> text=Giấy 1:');
  await page.waitForSelector('.about >> text=Giấy 1:');
});

test('a busy scanner is waited for with the seconds left, and the wait can be given up', async () => {
  await openDossier();
  await fake.faults({busy: 2});
  await page.keyboard.press('F2');
  await untilSeen(/Máy quét đang bận, thử lại sau \d+ giây/);
  await page.waitForSelector('text=Quét xong. Đã lưu 2 trang.');
  await fake.faults({busy: 60});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress >> text=/thử lại sau \\d+ giây/');
  await shoot(page, 'desk-busy');
  await page.keyboard.press('Escape');
  await page.waitForSelector('text=Đã hủy quét.');
});

test('the program that has the scanner is named', async () => {
  await openDossier();
  await fake.faults({held: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error >> text=Chương trình đang giữ máy quét: scanbd.');
  await shoot(page, 'desk-held');
});

test('sheets that are missing are asked about', async () => {
  await openDossier();
  await page.fill('#sheets', '3');
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .asks');
  assert.match(await text('.progress'), /Máy quét được 2 tờ trên 3 tờ đã báo\. Còn tờ nào chưa quét không\?/);
  assert.equal(await page.inputValue('#sheets'), '', 'the number was about that paper');
  await shoot(page, 'desk-sheets');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.progress button >> text=Xong giấy này');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.progress .asks', {state: 'detached'});
});

test('a scanner is chosen by its label, and one that is away is there but grey', async () => {
  await fake.faults({second: true});
  await page.click('text=Tìm lại');
  await page.waitForSelector('#device option[disabled]', {state: 'attached'});
  assert.match(await text('#device option[disabled]'), /Quầy 2 – không kết nối/);
  await page.click('#device-settings');
  await page.fill('#device-label', 'Quầy 2');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog .alert >> text=Tên này đã đặt cho máy quét khác');
  await page.fill('#device-label', 'Quầy 1');
  await page.selectOption('#device-profile', 'Hồ sơ đất đai');
  await shoot(page, 'desk-device');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('dialog >> text=Khởi động lại máy quét');
  await page.waitForSelector('dialog >> text=Máy quét đã khởi động lại.');
  await page.click('dialog >> text=Lưu');
  await page.waitForSelector('dialog[open]', {state: 'detached'});
  assert.deepEqual(await page.$$eval('#device option', (all) => all.map(({textContent: name}) => name.trim())),
    ['Máy mặc định', 'Quầy 1', 'Quầy 2 – không kết nối']);
  assert.match(await text('.device'), /^Sohoa Máy quét mô phỏng/);
  await fake.tell({event: ['devices', {devices: []}]});
  await page.waitForSelector('#device option >> nth=1', {state: 'detached'});
});

test('a locked profile decides, and says so', async () => {
  await page.click('.more summary');
  await page.selectOption('#profile', 'Hồ sơ đất đai');
  assert.equal(await page.inputValue('#source'), 'flatbed');
  assert.equal(await page.isDisabled('#source'), true);
  assert.match(await text('.more'), /Thiết lập «Hồ sơ đất đai» đã khóa: Nguồn giấy, Khổ giấy\./);
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li');
  assert.deepEqual(asked, [{finish: false, profile: 'Hồ sơ đất đai'}]);
});

test('the scanner is ours while a dossier is open, and can be handed over', async () => {
  await openDossier();
  await page.waitForSelector('.device >> text=Máy đang dành cho hồ sơ này');
  const {owner, asked: {dossier_id: dossier}} = await lease();
  assert.equal(owner, ME.id);
  assert.ok(page.url().includes(dossier));
  await page.click('.device >> text=Bàn giao');
  await page.waitForSelector('.device >> text=Đã bàn giao máy');
  assert.equal(await lease(), null);
  await page.click('.device >> text=Nhận lại');
  await page.waitForSelector('.device >> text=Máy đang dành cho hồ sơ này');
  await page.goto('about:blank');
  await until(async () => await lease() === null);
});

test('who has the scanner is said; a clerk waits for it, and gets it when it is free', async () => {
  await fake.tell({lease: {owner: 'uid:1001/web-ff'}});
  await openDossier();
  await page.waitForSelector('.device .trouble');
  assert.match(await text('.device'), /Máy đang do cán bộ uid:1001 sử dụng \(còn 8 phút\)\. Chờ bàn giao…/);
  assert.equal(await page.locator('.device >> text=Nhận máy').count(), 0);
  await shoot(page, 'desk-leased');
  assert.deepEqual(await findBarriers(page), []);
  await fake.tell({lease: {owner: ME.id}});
  await page.waitForSelector('.device >> text=Máy đang dành cho hồ sơ này');
});

test('a scan refused because of somebody else names that person', async () => {
  await openDossier();
  await page.route('**/scan', (route) => route.fulfill({status: 409, contentType: 'application/json',
    body: JSON.stringify({code: 'DEVICE_LEASED', message: 'Máy quét đang do cán bộ khác sử dụng.', ref: 'AB12CD34',
      detail: 'uid:1001/web-ff has the scanner for 480 s more'})}));
  await page.keyboard.press('F2');
  await page.waitForSelector('.alerts >> text=Đang sử dụng: cán bộ uid:1001');
});

test('the technician may take the scanner', async () => {
  await fake.tell({me: {id: 'uid:0/web-01', role: 'it'}, lease: {owner: 'uid:1001/web-ff'}});
  await page.reload();
  await page.waitForSelector('#new-code');
  await openDossier();
  await page.click('.device >> text=Nhận máy');
  await page.waitForSelector('.device >> text=Máy đang dành cho hồ sơ này');
  assert.equal((await lease()).owner, 'uid:0/web-01');
});

test('a device that is just being opened is waited for', async () => {
  await openDossier();
  await fake.faults({scan: 'SCAN_RUNNING'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress >> text=Đang mở máy quét…');
  await fake.faults({});
  await page.waitForSelector('text=Quét xong. Đã lưu 2 trang.');
});

test('after a change of dossier the first page is confirmed, and the button rests until then', async () => {
  await openDossier({code: 'HS-1'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.first-page canvas, .first-page img');
  await page.waitForSelector('.first-page img');
  assert.match(await text('.first-page'), /Đúng hồ sơ này\? HS-1 Đúng F8 Không/);
  await until(async () => (await lease()).asked.to === ME.id);
  await shoot(page, 'desk-first-page');
  assert.deepEqual(await findBarriers(page), []);
  await fake.tell({event: ['button', {device: 'sohoasim/1', button: 'scan', action: null}]});
  await untilSeen(/Nút trên máy quét chưa có tác dụng/);
  await page.keyboard.press('F8');
  await page.waitForSelector('.first-page', {state: 'detached'});
  await until(async () => Boolean((await lease()).asked.dossier_id));
  await page.waitForSelector('#scan:not([disabled])');
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper >> nth=1 >> .thumbs li');
  assert.equal(await page.locator('.first-page').count(), 0, 'asked once a dossier');
});

test('a first page of another dossier goes, with a reason', async () => {
  const reasons = [];
  page.on('request', (request) => request.url().endsWith('/remove') && reasons.push(request.postDataJSON().reason));
  await openDossier();
  await page.selectOption('#source', 'flatbed');
  await page.keyboard.press('F2');
  await untilFocused('right-dossier');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await untilFocused('wrong-reason');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.first-page', {state: 'detached'});
  await page.waitForSelector('.paper .thumbs li', {state: 'detached'});
  assert.deepEqual(reasons, ['Quét nhầm hồ sơ']);
  await page.keyboard.press('F2');
  await page.waitForSelector('.first-page');
});

test('a hands-free run goes from leaf to leaf by the clock, but not past an open question', async () => {
  await openDossier();
  await page.selectOption('#source', 'flatbed');
  await page.check('#hands-free');
  await page.selectOption('#interval', '3');
  await page.check('#turn-second');
  await shoot(page, 'desk-run-options');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('F2');
  await page.waitForSelector('.first-page');
  await page.waitForSelector('.progress >> text=Hãy xác nhận trang đầu');
  await page.waitForTimeout(3500);
  assert.equal(await page.locator('.thumbs li').count(), 1, 'the clock stands still');
  await page.keyboard.press('F8');
  await untilSeen(/quét sau \d+ giây/);
  await page.waitForSelector('.thumbs li >> nth=1');
  await page.click('.progress >> text=Xong');
  await page.waitForSelector('.paper.read');
  assert.deepEqual(asked, [{source: 'flatbed', finish: true, hands_free: true, turn_second: true, interval_s: 3,
    confirm_first: true}]);
});

test('a hands-free run goes from leaf to leaf by Enter, also when the last thing clicked is gone', async () => {
  await openDossier({source: 'flatbed'});
  await page.check('#hands-free');
  await page.click('#scan');
  await page.waitForSelector('.first-page');
  await page.click('#right-dossier');
  await page.waitForSelector('.progress >> text=Lật sang trang kế rồi bấm Enter.');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.thumbs li >> nth=1');
  await page.waitForSelector('#next-page');
  await shoot(page, 'desk-run');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.progress >> text=Xong');
  await page.waitForSelector('.paper.read');
  await untilFocused('scan');
});

test('the backs of a pile are offered after its fronts', async () => {
  await openDossier();
  await page.selectOption('#source', 'turned');
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress >> text=Giấy có mặt sau?');
  await shoot(page, 'desk-backs');
  assert.deepEqual(await findBarriers(page), []);
  await page.selectOption('#backs', 'same');
  await page.click('button >> text=Quét mặt sau');
  await page.waitForSelector('.thumbs li >> nth=3');
  await page.waitForSelector('.paper.read');
  assert.equal(await page.locator('.progress .asks').count(), 0);
  const {document_id: documentId, ...rest} = asked[1];
  assert.ok(documentId);
  assert.deepEqual([asked[0], rest], [{source: 'adf', finish: false}, {source: 'adf', backs: 'same', sheets: 2, finish: true}]);
});

test('a paper read already takes its backs, too', async () => {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await page.click('.progress summary >> text=Giấy có mặt sau?');
  await page.click('button >> text=Quét mặt sau');
  await page.waitForSelector('.thumbs li >> nth=3');
  assert.equal(asked[1].backs, 'reversed');
  assert.equal(await page.locator('.paper').count(), 1);
});

test('what a press of the machine\'s button came to is told', async () => {
  await openDossier();
  const dossier = dossierId();
  await fake.tell({event: ['button', {device: 'sohoasim/1', button: 'scan', action: {dossier_id: dossier}}]});
  await untilSeen(/Đã bấm nút trên máy quét: đang quét vào hồ sơ này\./);
  await fake.tell({event: ['button', {error: {code: 'SCAN_RUNNING', message: 'Đang có lượt quét chạy.'}}]});
  await untilSeen(/Nút trên máy quét: Đang có lượt quét chạy\./);
  assert.deepEqual(await findBarriers(page), []);
});

test('a scan that somebody else began in this dossier is followed', async () => {
  await openDossier();
  const dossier = dossierId();
  await fetch(`${fake.url}v1/dossiers/${dossier}/scan`, {method: 'POST', body: '{"source": "adf"}'});
  await untilSeen(/Đang quét: trang/);
  await page.waitForSelector('text=Quét xong. Đã lưu 2 trang.');
});

test('what the warehouse has is said on the paper, too', async () => {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('#f-owner_id');
  await page.fill('#f-owner_id', '020221308151');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
  await page.click('.confirm .big');
  await page.fill('#password', 'mật khẩu thử');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.paper .state >> text=Kho đã nhận');
  await page.waitForSelector('.about .state >> text=Kho đã nhận');
});

test('older dossiers come on demand, and any is found by its code', async () => {
  for (let i = 1; i <= 70; i++)
    await fetch(`${fake.url}v1/dossiers`, {method: 'POST', body: JSON.stringify({code: `HS-${100 + i}`})});
  await page.reload();
  const rows = page.locator('sohoa-dossiers .list li');
  await page.waitForSelector('#more-dossiers');
  assert.equal(await rows.count(), 30);
  await page.click('#more-dossiers');
  await page.waitForSelector('sohoa-dossiers .list li >> nth=59');
  await page.click('#more-dossiers');
  await page.waitForSelector('#more-dossiers', {state: 'detached'});
  assert.equal(await rows.count(), 70);
  await page.fill('#search', 'hs-10');
  await page.keyboard.press('Enter');
  await page.waitForSelector('h3 >> text=Hồ sơ tìm thấy');
  await page.waitForFunction(() => document.querySelectorAll('sohoa-dossiers .list li').length === 9);
  await shoot(page, 'desk-search');
  assert.deepEqual(await findBarriers(page), []);
  await page.fill('#search', 'HS-107');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('sohoa-dossiers .list li').length === 1);
  await page.fill('#search', 'không có');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Không có hồ sơ nào có mã này.');
  await page.fill('#search', '');
  await page.waitForSelector('h3 >> text=Hồ sơ gần đây');
  assert.equal(await rows.count(), 70);
});
