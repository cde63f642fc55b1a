#!/usr/bin/env node
/* What goes to the warehouses, on the page: the alarm above everything, the queue, the morning report, one delivery. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {fake, onMadeUpStation, openDossier, page, text, until, untilFocused} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

const ALARM = {name: 'delivery.queued', who: 'it', count: 12, since_us: 1795000000000000, machine: 'delivery', state: 'queued',
  text: '12 bản ghi chờ gửi kho quá 36 giờ làm việc, lâu nhất từ 16:40 ngày 18/11.', help: 'Kiểm tra đường truyền và lịch gửi, rồi gửi ngay.',
  command: 'sohoa sync now --wait', action: 'sync'};
const LATE = {name: 'document.read', who: 'clerk', count: 1, since_us: 1795000000000000, machine: 'document', state: 'read',
  text: '1 giấy tờ chờ đối chiếu quá 3 ngày làm việc, lâu nhất từ 08:00 ngày 17/11.', help: 'Mở hồ sơ, đối chiếu với bản giấy rồi xác nhận.',
  command: 'sohoa sync late document read', action: 'late'};

/* A paper on its way; the warehouse refuses it with that code. */
async function deliver(code) {
  await openDossier({code: 'HS-1'});
  await fake.faults(code ? {deliver: code} : {});
  await page.keyboard.press('F2');
  await page.waitForSelector('#f-owner_id');
  await page.fill('#f-owner_id', '020221308151');
  for (const name of ['issue_date', 'signer'])
    await page.focus(`#f-${name}`);
  await page.check('#compared');
  await page.click('.confirm .big');
  await page.fill('#password', 'mật khẩu thử');
  await page.keyboard.press('Enter');
  await page.waitForSelector(`sohoa-queue .list >> text=${code ? 'Chờ cán bộ xử lý' : 'Kho đã nhận'}`);
}

async function openDialog(button) {
  await page.click(button);
  await page.waitForSelector('dialog.sync[open]');
}

test('nothing stands: no alarm, and the report says so', async () => {
  assert.equal(await page.locator('.alarm').count(), 0);
  await openDialog('#open-report');
  await page.waitForSelector('.report li >> nth=4');
  assert.equal(await page.locator('.report li').count(), 5);
  assert.match(await text('dialog.sync'), /Không có việc nào\./);
  await shoot(page, 'sync-report-empty');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog.sync[open]', {state: 'detached'});
});

test('an alarm stands above everything, says what to do, and its button does it', async () => {
  const posted = [];
  page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/v1/sync') && posted.push(request.postDataJSON()));
  await fake.tell({sync: {alarms: [ALARM]}});
  await page.waitForSelector('.alarm >> text=12 bản ghi chờ gửi kho quá 36 giờ làm việc');
  assert.match(await text('.alarm'), /Kiểm tra đường truyền.*Việc của bộ phận kỹ thuật\./);
  await shoot(page, 'sync-alarm');
  assert.deepEqual(await findBarriers(page), []);
  await page.focus('.alarm button >> text=Gửi ngay');
  await page.keyboard.press('Enter');
  await until(() => posted.length === 1);
  assert.deepEqual(posted, [{reconcile: false}]);
  await fake.tell({sync: {alarms: []}});
  await page.waitForSelector('.alarm', {state: 'detached'});
});

test('of several alarms a clerk\'s own comes first, and leads to the papers it is about', async () => {
  await openDossier({code: 'HS-7'});
  await page.keyboard.press('F2');
  await page.waitForSelector('.paper.read');
  await openDossier({code: 'HS-8'});
  await fake.tell({sync: {alarms: [ALARM, LATE]}});
  await page.waitForSelector('.alarm >> text=1 giấy tờ chờ đối chiếu');
  assert.match(await text('.alarm'), /Còn 1 cảnh báo khác\./);
  await page.click('.alarm button >> text=Xem danh sách');
  await page.waitForSelector('dialog.sync[open] td >> text=Giấy khai sinh');
  await shoot(page, 'sync-late');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('dialog.sync button >> text=Mở hồ sơ');
  await page.waitForSelector('.about >> text=Giấy 1:');
  assert.equal(await page.locator('dialog.sync[open]').count(), 0);
});

test('a line that is down is told beside the work, with when it is tried again', async () => {
  await fake.tell({sync: {line: {state: 'down', unreachable_since_us: 1795000000000000, days: 3, next_try_us: 1795319730000000}}});
  await page.waitForSelector('sohoa-queue p.why >> text=(3 ngày)');
  assert.match(await text('sohoa-queue'), /Kho «warehouse» không liên lạc được từ 18\/11, .* \(3 ngày\), 0 bản ghi chờ; máy tự thử lại lúc 22\/11/);
  await fake.tell({event: ['transfer', {id: 'a', target: 'warehouse', sent: 5, total: 10, rate_bps: 6400000}]});
  await page.waitForSelector('sohoa-queue >> text=Đang gửi 1 bản ghi, 800 KB/s');
  await shoot(page, 'sync-down');
  assert.deepEqual(await findBarriers(page), []);
  await page.waitForSelector('sohoa-queue >> text=Đang gửi 1 bản ghi', {state: 'detached'});
});

test('a refused record is a task with one button, and goes on once a person said so', async () => {
  await deliver('TARGET_CONFLICT');
  await openDialog('#open-report');
  await page.waitForSelector('.tasks li >> text=Cán bộ:');
  assert.equal(await page.locator('.tasks li button').count(), 1);
  await shoot(page, 'sync-report');
  assert.deepEqual(await findBarriers(page), []);
  await fake.faults({});
  await page.click('.tasks button >> text=Cho gửi tiếp');
  await page.waitForSelector('sohoa-ask dialog[open] >> text=Cho gửi tiếp 1 bản ghi?');
  await page.click('sohoa-ask button.primary');
  await page.waitForSelector('.tasks li', {state: 'detached'});
  assert.deepEqual((await fake.tell({})).asked, ['release TARGET_CONFLICT']);
});

test('the queue is filtered by state; one delivery is told in words', async () => {
  await deliver('TARGET_CONFLICT');
  await openDialog('#open-queue');
  await page.waitForSelector('dialog.sync tbody tr');
  assert.match(await text('dialog.sync tbody'), /Giấy khai sinh ?HS-1 ?warehouse ?Chờ cán bộ xử lý/);
  await page.selectOption('#queue-state', 'held');
  await page.waitForSelector('#release-all');
  await shoot(page, 'sync-queue');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('dialog.sync tbody button >> text=Xem');
  await page.waitForSelector('.next');
  assert.match(await text('dialog.sync'), /Lần lỗi cuối, .*: Kho đã có bản khác cùng tên\. Đối chiếu hai bản\. ?Mã tham chiếu: GH71B0E2/);
  await shoot(page, 'sync-delivery');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('#release-delivery');
  await page.waitForSelector('#release-delivery', {state: 'detached'});
  await page.click('text=Về hàng chờ');
  await page.waitForSelector('#queue-state');
});

test('many are held at once, with the reason, from the keyboard', async () => {
  await deliver();
  await openDialog('#open-queue');
  await page.waitForSelector('dialog.sync tbody tr');
  await page.focus('dialog.sync thead input');
  await page.keyboard.press('Space');
  await page.waitForSelector('dialog.sync >> text=Đã chọn 1');
  await page.focus('#hold-chosen');
  await page.keyboard.press('Enter');
  await page.waitForSelector('sohoa-ask dialog[open] #reason');
  await page.fill('#reason', 'chờ hỏi lại');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog.sync tbody >> text=Chờ cán bộ xử lý');
  assert.deepEqual((await fake.tell({})).asked, ['hold chờ hỏi lại']);
  assert.match(await text('dialog.sync'), /Đã chọn 0/);
});

test('a refusal stays in the dialog, with its reference', async () => {
  await openDialog('#open-report');
  await page.route('**/v1/sync/report?day=*', (route) => route.fulfill({status: 400, contentType: 'application/json',
    body: JSON.stringify({code: 'BAD_ARGUMENT', message: 'Dữ liệu nhập chưa đúng.', ref: 'AB12CD34'})}));
  await page.fill('#report-day', '2030-01-01');
  await page.waitForSelector('dialog.sync [role=alert] >> text=AB12CD34');
  await untilFocused('report-day');
});
