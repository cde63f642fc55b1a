#!/usr/bin/env node
/* The clerk's page against a made-up station that misbehaves on cue: keyboard, reload, lost line, refusals,
 * barriers. The whole way through the real sohoad is clerk.test.mjs. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {fake, focused, onMadeUpStation, openDossier, page, text, untilFocused, untilSeen} from './fixture.mjs';

const PASSWORD = 'mật khẩu thử';

onMadeUpStation({pageMs: 200});

async function scanPaper(number = 1) {
  await page.keyboard.press('F2');
  await page.waitForSelector(`.paper.read >> nth=${number - 1}`);
  await page.waitForSelector('#f-type');
}

test('a dossier goes from paper to warehouse with the keyboard alone', async () => {
  await page.focus('#new-code');
  await page.keyboard.type('000.00.01.H48-261121-0007');
  await page.keyboard.press('Tab');
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await untilFocused('scan');
  await fake.faults({hold: true});
  await page.keyboard.press('Enter');
  await page.waitForSelector('.progress progress');
  await fake.faults({});
  await page.waitForSelector('#f-type');
  await page.focus('#f-type');
  for (let i = 0; i < 40 && await focused() !== 'f-issue_date'; i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'f-owner_id', 'Enter goes to the next field that needs a person');
  await page.keyboard.type('020221308151');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'f-signer');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'compared');
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('dialog[open] #password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForSelector('sohoa-queue >> text=Kho đã nhận');
  const stored = await page.evaluate(() => JSON.stringify({...localStorage, ...sessionStorage}));
  assert.doesNotMatch(stored, /mật khẩu/);
  assert.doesNotMatch(stored, /020221308151/, 'a confirmed draft is forgotten');
  await page.click('text=Đóng hồ sơ');
  await page.waitForSelector('text=Hồ sơ đã đóng');
});

test('pages appear as they come, and the counts stand against what was said', async () => {
  await openDossier({papers: 2});
  await page.selectOption('#source', 'duplex');
  await page.keyboard.press('F2');
  await untilSeen(/Đang quét: trang 2/);
  await page.waitForSelector('.thumbs li');
  await page.waitForSelector('.paper.read');
  await page.waitForSelector('.thumbs img >> nth=3');
  assert.match(await text('.counts'), /Giấy tờ ?1 \/ 2 đã khai Tờ ?2 Mặt có chữ ?3 Ảnh ?4 \(1 mặt trắng\)/);
  assert.equal(await page.locator('.counts .unequal').count(), 1);
  await page.click('text=Đóng hồ sơ');
  await page.waitForSelector('[role=alert] >> text=Số giấy tờ đã khai khác số đã quét');
  assert.match(await text('.alerts'),
    /Giấy đã khai: 2 · đã quét: 1 · chưa đối chiếu: 1 Mã tham chiếu: AB12CD34/);
  await shoot(page, 'count-mismatch');
});

test('a paper of several sheets on the glass grows until «Giấy tiếp theo»', async () => {
  await openDossier();
  await page.selectOption('#source', 'flatbed');
  for (const pages of [1, 2]) {
    await page.keyboard.press('F2');
    await page.waitForFunction((count) => document.querySelectorAll('.thumbs img').length === count, pages);
    await page.waitForSelector('#scan:not([disabled])');
  }
  assert.equal(await page.locator('.paper').count(), 1);
  await page.keyboard.press('F4');
  await page.waitForSelector('.paper.read');
});

test('a field shows its place on the page and the strip cut out of it', async () => {
  await openDossier();
  await scanPaper();
  assert.equal(await page.locator('svg.strip').count(), 0);
  await page.focus('#f-issue_date');
  await page.waitForSelector('rect.chosen');
  assert.equal(await page.getAttribute('rect.chosen', 'x'), '119');
  assert.equal(await page.getAttribute('svg.strip', 'viewBox'), '117 227 66 12');
  await page.click('rect.box >> nth=0');
  assert.equal(await focused(), 'f-number_symbol', 'a click on a box goes to its field');
});

test('fields that need a person say so in words, and none is confirmed unseen', async () => {
  await openDossier();
  await scanPaper();
  assert.match(await text('.field.missing'), /Số định danh chủ giấy tờ ✎ Chưa đọc được, hãy nhập/);
  assert.match(await text('.field.check'), /Ngày ban hành ▲ Cần xem lại/);
  assert.doesNotMatch(await text('.fields'), /0[.,]\d|%/, 'no raw confidence');
  await page.click('.confirm .big');
  await page.waitForSelector('.confirm [role=alert] >> text=Hãy xem lại mục «Ngày ban hành»');
  await page.focus('#f-signer');
  await page.click('.confirm .big');
  await page.waitForSelector('.confirm [role=alert] >> text=Mục «Số định danh chủ giấy tờ» còn trống');
  await page.check('.field.missing input[type=checkbox]');
  await page.click('.confirm .big');
  await page.waitForSelector('.confirm [role=alert] >> text=Hãy so với bản giấy');
  assert.equal(await focused(), 'compared');
  assert.equal(await page.locator('.paper.read').count(), 1, 'nothing was sent');
});

test('a reload loses neither the dossier, nor the running scan, nor typed answers', async () => {
  await openDossier({code: 'HS-7'});
  await scanPaper();
  await page.fill('#f-owner_id', '0202213');
  await page.reload();
  await page.waitForSelector('#f-owner_id');
  assert.equal(await page.inputValue('#f-owner_id'), '0202213');
  assert.match(await text('sohoa-papers h3'), /HS-7/);
  await page.selectOption('#source', 'duplex');
  await fake.faults({hold: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress progress');
  await page.reload();
  await page.waitForSelector('text=/Đang quét: trang/');
  await fake.faults({});
  await page.waitForSelector('text=Quét xong. Đã lưu 4 trang.');
});

test('a value the station refuses is pointed out, with the reference', async () => {
  await openDossier();
  await scanPaper();
  await page.fill('#f-issue_date', '31/31/2022');
  await page.fill('#f-owner_id', '020221308151');
  await page.focus('#f-signer');
  await page.check('#compared');
  await page.click('.confirm .big');
  await page.fill('#password', PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.alerts >> text=Giá trị nhập chưa đúng dạng');
  await untilFocused('f-issue_date');
  assert.equal(await page.getAttribute('#f-issue_date', 'aria-invalid'), 'true');
  assert.equal(await page.inputValue('#f-owner_id'), '020221308151');
  await shoot(page, 'refused-value');
  await page.fill('#f-issue_date', '15/1/2022');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('sohoa-queue >> text=Kho đã nhận');
});

async function answerAll() {
  await page.fill('#f-owner_id', '020221308151');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
}

test('a paper that changes while it is compared has to be compared again', async () => {
  await openDossier();
  await scanPaper();
  await answerAll();
  assert.equal(await page.locator('.field.missing, .field.check').count(), 0);
  await fake.change({fields: {owner_name: {value: 'Đỗ Mạnh Hưng', needs_person: true},
    owner_id: {value: null, needs_person: true}}});
  await page.waitForSelector('.confirm [role=alert] >> text=Giấy này vừa thay đổi.');
  assert.equal(await page.isChecked('#compared'), false);
  assert.equal(await page.inputValue('#f-owner_id'), '020221308151', 'what was typed stays');
  assert.match(await text('.left'), /Còn 2 mục cần xem/);
  await shoot(page, 'compare-again');
  assert.deepEqual(await findBarriers(page), []);
});

test('an event that changes nothing leaves the tick alone', async () => {
  await openDossier();
  await scanPaper();
  await answerAll();
  const asked = page.waitForResponse((answered) => /documents\/[^/]+$/.test(answered.url()));
  await fake.change({});
  await asked;
  await page.waitForTimeout(100);
  assert.equal(await page.isChecked('#compared'), true);
});

test('what changed just before the confirmation is refused, read again and said', async () => {
  await openDossier();
  await scanPaper();
  await answerAll();
  await fake.faults({change: 'decision'});
  await page.click('.confirm .big');
  await page.fill('#password', PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.alerts >> text=Giấy tờ đã thay đổi so với lúc bạn xem');
  assert.match(await text('.alerts'), /Trang đã tải lại nội dung mới/);
  await page.waitForSelector('.about >> text=Quyết định');
  assert.equal(await page.inputValue('#f-type'), 'decision', 'a type nobody chose is not kept');
  assert.equal(await page.isChecked('#compared'), false);
  assert.equal(await page.locator('.paper.read').count(), 1);
  await shoot(page, 'state-changed');
  await fake.faults({});
  await page.focus('#f-owner_id');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
  await page.click('.confirm .big');
  await page.waitForSelector('sohoa-queue >> text=Kho đã nhận');
});

test('a page that waits for a person is named with its reason and can be tried again', async () => {
  await openDossier();
  await fake.faults({page: 'held'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.answers .alert >> nth=1');
  assert.match(await text('.answers'), /Trang 1 chờ cán bộ xử lý\. Bộ phận xử lý bị dừng.* Mã tham chiếu: PH3C51D7 Thử lại/);
  assert.doesNotMatch(await text('.review'), /đang nhận dạng|đang được xử lý/i);
  assert.match(await text('.paper-name'), /Trang 1 chờ cán bộ xử lý/);
  await shoot(page, 'page-held');
  assert.deepEqual(await findBarriers(page), []);
  await fake.faults({});
  await page.click('.answers >> text=Thử lại');
  await page.waitForSelector('.answers .alert >> nth=1', {state: 'detached'});
  await page.click('.answers >> text=Thử lại');
  await page.waitForSelector('#f-type');
});

test('a paper whose pages were all removed says so and what to do', async () => {
  await openDossier();
  await fake.faults({page: 'held'});
  await page.selectOption('#source', 'flatbed');
  await page.keyboard.press('F2');
  await page.waitForSelector('.answers .alert');
  await page.click('text=Sửa trang 1');
  await page.click('text=Bỏ trang này…');
  await page.fill('#reason', 'nhầm giấy');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.answers >> text=Giấy không còn trang.');
  assert.match(await text('.paper-name'), /0 trang · Không có trang/);
  await shoot(page, 'no-pages');
  assert.doesNotMatch(await text('.review'), /đang nhận dạng|đang được xử lý/i);
  await page.keyboard.press('F4');
  await page.waitForSelector('.answers >> text=/không còn trang nào để đọc.*Bỏ cả giấy này/');
});

test('a page that cannot be processed is said, not waited for', async () => {
  await openDossier();
  await fake.faults({page: 'failed'});
  await page.selectOption('#source', 'flatbed');
  await page.keyboard.press('F2');
  await page.waitForSelector('.answers >> text=Tờ 1 không xử lý được');
  assert.match(await text('.thumbs'), /Không xử lý được/);
  assert.doesNotMatch(await text('.review'), /đang nhận dạng|đang được xử lý/i);
  await shoot(page, 'page-failed');
  assert.deepEqual(await findBarriers(page), []);
});

test('a wrong password is said in the dialog, and giving up sends nothing', async () => {
  await openDossier();
  await scanPaper();
  await page.fill('#f-owner_id', '020221308151');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
  await page.click('.confirm .big');
  await page.fill('#password', 'sai');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog >> text=Mật khẩu khóa ký không đúng');
  assert.equal(await page.inputValue('#password'), '');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]', {state: 'detached'});
  assert.equal(await page.locator('.paper.read').count(), 1);
});

test('a jam says what to do, and what is safe', async () => {
  await openDossier();
  await fake.faults({jam: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.progress .error');
  assert.match(await text('.progress'), /Kẹt giấy\. Mở nắp khay.*Đã lưu 1 trang\. Mã tham chiếu: KT9A2C41/);
  await page.waitForSelector('.thumbs img');
  assert.deepEqual(await findBarriers(page), []);
});

test('Esc cancels the scan and keeps what is there', async () => {
  await openDossier();
  await fake.faults({endless: true});
  await page.keyboard.press('F2');
  await page.waitForSelector('.thumbs li');
  await page.keyboard.press('Escape');
  await page.waitForSelector('text=/Đã hủy quét. Đã lưu \\d trang/');
  await page.waitForSelector('#scan:not([disabled])');
});

test('a lost line is shown until it is back, and then everything is read anew', async () => {
  await openDossier({papers: 3, code: 'HS-9'});
  await page.route('**/v1/**', (route) => route.abort());
  await fake.cut();
  await page.waitForSelector('text=Mất kết nối.');
  await shoot(page, 'lost-line');
  await fetch(`${fake.url}v1/dossiers`, {method: 'POST', body: JSON.stringify({code: 'HS-OTHER'})});
  await page.unroute('**/v1/**');
  await page.waitForSelector('text=Mất kết nối.', {state: 'detached'});
  await page.waitForSelector('text=HS-OTHER');
});

test('a delivery in trouble says why and can be sent again', async () => {
  await openDossier();
  await fake.faults({deliver: 'TARGET_READ_ONLY'});
  await scanPaper();
  await page.fill('#f-owner_id', '020221308151');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
  await page.click('.confirm .big');
  await page.fill('#password', PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.queue .troubled .why');
  assert.match(await text('.queue .troubled'), /Chờ cán bộ xử lý.*Mã tham chiếu: GH71B0E2 Gửi lại/);
  await shoot(page, 'delivery-held');
  assert.deepEqual(await findBarriers(page), []);
  await fake.faults({});
  await page.click('.queue >> text=Gửi lại');
  await page.waitForSelector('sohoa-queue >> text=Kho đã nhận');
});

test('no scanner is said, and can be looked for again', async () => {
  await fake.faults({devices: 'NO_SCANNER'});
  await page.click('text=Tìm lại');
  await page.waitForSelector('text=Không tìm thấy máy quét');
  await fake.faults({});
  await page.click('text=Tìm lại');
  await page.waitForSelector('text=Không tìm thấy máy quét', {state: 'detached'});
});

test('a machine nobody knows from the daemon is never chosen by the page itself', async () => {
  const asked = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/scan'))
      asked.push(request.postDataJSON());
  });
  await openDossier();
  await scanPaper();
  assert.deepEqual(asked, [{source: 'adf', finish: true}]);
});

test('the job fits one screen of 1366 by 768 without scrolling the page, and has no barriers', async () => {
  await openDossier({papers: 3, code: '000.00.01.H48-261121-0007'});
  await scanPaper(1);
  await scanPaper(2);
  await page.focus('#f-signer');
  await page.waitForSelector('rect.chosen');
  await shoot(page, 'review');
  const {scrolls, hidden} = await page.evaluate(() => ({
    scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
    hidden: ['#scan', '.confirm .big', '#new-code', 'svg.strip', 'sohoa-queue .summary'].filter((selector) => {
      const box = document.querySelector(selector).getBoundingClientRect();
      return box.bottom > innerHeight || box.right > innerWidth || box.height === 0;
    })}));
  assert.equal(scrolls, false);
  assert.deepEqual(hidden, []);
  assert.deepEqual(await findBarriers(page), []);
  await page.setViewportSize({width: 900, height: 700});
  assert.deepEqual(await findBarriers(page), []);
  await shoot(page, 'narrow');
});
