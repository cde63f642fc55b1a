#!/usr/bin/env node
/* The register of a folder with old scans: taken on the page, and beside the fields of a paper. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {REGISTER_ROW} from './fake-register.mjs';
import {fake, onMadeUpStation, openDossier, page, text, until, untilFocused} from './fixture.mjs';

onMadeUpStation({pageMs: 50});

const FILE = {name: 'sổ 2019.csv', mimeType: 'text/csv', buffer: Buffer.from('STT;Số ký hiệu\n1;12/QĐ-UBND\n')};

async function openRegisters() {
  await fake.tell({faults: {backlog: true}});
  await page.reload();
  await page.click('#registers');
  await page.waitForSelector('dialog.registers[open]');
}

/* The paper that is looked at, with what a register says of it. */
async function besides(change) {
  await openDossier();
  await page.keyboard.press('F2');
  await page.waitForSelector('.answers form');
  const fields = await page.evaluate(async () => {
    const {documents} = await (await fetch(`/v1/dossiers/${new URLSearchParams(location.hash.slice(1)).get('ho-so')}`)).json();
    return documents.at(-1).fields;
  });
  await fake.tell({change: change(fields)});
}

test('a file is looked at first: what each column is, to be changed; then it is put to use', async () => {
  await openRegisters();
  assert.match(await text('dialog.registers'), /Thư mục này chưa có sổ/);
  await page.setInputFiles('.registers input[type=file]', FILE);
  await page.waitForSelector('text=Chưa thấy bảng đăng ký');
  assert.ok(await page.isDisabled('#use-register'));
  await page.selectOption('select[aria-label="Cột Mã lưu là"]', 'path');
  await page.waitForSelector('text=Đọc được 3 dòng, bỏ qua 1 dòng');
  assert.equal(await page.inputValue('select[aria-label="Cột Mã lưu là"]'), 'path');
  assert.equal(await page.inputValue('select[aria-label="Cột Số ký hiệu là"]'), 'number_symbol');
  await page.click('summary >> text=2 điều cần biết');
  assert.match(await text('.registers details'), /Dòng 5, Ngày ban hành: không đúng dạng, giữ nguyên chữ trong sổ.*Dòng 7: dòng tổng cộng, bỏ qua/);
  await shoot(page, 'register-columns');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('#use-register');
  await page.waitForSelector('text=Đã ghép 2 trên 3 giấy.');
  await untilFocused('choose-register');
});

test('of a workbook the clerk chooses the sheet, and that one is used', async () => {
  await openRegisters();
  await page.setInputFiles('.registers input[type=file]', {...FILE, name: 'sổ 2019.xlsx'});
  await page.waitForSelector('#register-sheet');
  assert.equal(await page.inputValue('#register-sheet'), '');
  await page.waitForSelector('text=Chưa thấy bảng đăng ký');
  await page.selectOption('#register-sheet', 'Năm 2019');
  await page.waitForSelector('text=Đọc được 5 dòng');
  assert.equal(await page.inputValue('#register-sheet'), 'Năm 2019');
  await untilFocused('register-sheet');
  await shoot(page, 'register-sheet');
  assert.deepEqual(await findBarriers(page), []);
  await page.selectOption('select[aria-label="Cột STT là"]', 'number');
  await until(async () => await page.inputValue('#register-sheet') === 'Năm 2019' && await page.inputValue('select[aria-label="Cột STT là"]') === 'number');
  await page.click('#use-register:enabled');
  await page.waitForSelector('.registers >> text=sổ 2019 Năm 2019');
});

test('what did not join is counted and listed; closing shows none of it any more', async () => {
  await openRegisters();
  await page.setInputFiles('.registers input[type=file]', FILE);
  await page.selectOption('select[aria-label="Cột Mã lưu là"]', 'path');
  await page.click('#use-register:enabled');
  await page.click('.counts button >> text=Dòng chưa có bản quét: 2');
  await page.waitForSelector('.registers td >> text=scan-9.jpg');
  assert.match(await text('.registers tbody'), /6 ?scan-9.jpg ?12\/QĐ-UBND ?05\/03\/2019 ?Trần Văn Mẫu ?7 ?scan-8.jpg.*32\/3\/2019/);
  assert.ok(await page.isDisabled('.counts button >> text=Giấy chưa có trong sổ'));
  assert.match(await text('dialog.registers'), /Khác với sổ: Ngày ban hành 1\./);
  await shoot(page, 'register-lists');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.counts button >> text=Dòng đã xóa vì giấy mật: 1');
  await page.waitForSelector('.registers td >> text=Đã xóa cùng bản quét của giấy mật');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('#close-registers');
  await until(async () => await page.locator('.registers td').count() === 0);
});

test('a list that cannot be read says so and can be asked for again', async () => {
  await openRegisters();
  await page.setInputFiles('.registers input[type=file]', FILE);
  await page.selectOption('select[aria-label="Cột Mã lưu là"]', 'path');
  await page.click('#use-register:enabled');
  await page.waitForSelector('.counts');
  await fake.tell({faults: {backlog: true, register: 'STORE_IN_USE'}});
  await page.click('.counts button >> text=Dòng chưa có bản quét');
  await page.waitForSelector('.registers [role=alert] >> text=Máy đang bận');
});

test('what the register says stands beside the field, and one key takes it', async () => {
  await besides((fields) => ({register: {state: 'joined', why: 'path', said_by: null, row: REGISTER_ROW},
    fields: {...fields, issue_date: {...fields.issue_date, value: fields.issue_date?.value ?? null, needs_person: true,
      register: {value: '2019-03-06', how: 'differs', differs: true}}}}));
  await page.waitForSelector('.register.differs >> text=06/03/2019');
  assert.match(await text('p.register-row'), /Sổ đăng ký: sổ 2019\.csv, dòng 4 \(cùng tên tệp\)/);
  await page.focus('#f-issue_date');
  await shoot(page, 'register-beside');
  assert.deepEqual(await findBarriers(page), []);
  await page.keyboard.press('F7');
  await until(async () => await page.inputValue('#f-issue_date') === '06/03/2019');
  await untilFocused('f-issue_date');
  assert.equal(await page.locator('.register.differs').count(), 0);
});

test('a value nobody read comes from the register and is still asked', async () => {
  await besides((fields) => ({register: {state: 'joined', why: 'name', said_by: null, row: REGISTER_ROW},
    fields: {...fields, owner_name: {value: 'Trần Văn Mẫu', confidence: 0, page: 0, box_mm: null, source: 'register', needs_person: true,
      register: {value: 'Trần Văn Mẫu', how: 'fills', differs: false}}}}));
  await page.waitForSelector('text=Lấy từ sổ đăng ký, chưa đọc thấy trên giấy');
  assert.equal(await page.inputValue('#f-owner_name'), 'Trần Văn Mẫu');
  assert.match(await text('#m-owner_name'), /Cần xem lại/);
});

test('several rows are a choice; a person picks one, or none', async () => {
  await besides(() => ({register: {state: 'question', why: 'rows', said_by: null, row: null,
    candidates: [REGISTER_ROW, {...REGISTER_ROW, line: 9, path: undefined}]}}));
  await page.waitForSelector('.register-row[role=group]');
  await shoot(page, 'register-question');
  assert.deepEqual(await findBarriers(page), []);
  await page.click('.register-row button >> text=Là dòng 9');
  await page.waitForSelector('p.register-row >> text=dòng 9 (do cán bộ chọn)');
  await page.click('.register-row button >> text=Không phải dòng này');
  await page.waitForSelector('text=Cán bộ đã chọn: không có trong sổ đăng ký.');
});
