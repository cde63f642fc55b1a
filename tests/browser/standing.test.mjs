#!/usr/bin/env node
/* A queue that stands still, through the real sohoad: a warehouse that is down, a record that is refused, one that a
 * person holds; after days without anybody, the alarm. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {findBarriers, shoot} from './browser.mjs';
import {lastlyIsQuiet, onRealStation, openPage, page, station, text, until} from './fixture.mjs';
import {sample} from './station.mjs';

const CODE = 'H56.14-261122-0009';
const DAY_US = 86400000000;
const papers = sample.papers.filter(({pages, type}) => pages.length === 1 && type !== 'receipt-slip').slice(0, 2);

onRealStation({config: (folder) => `target "province" {
    kind = "dir"
    path = "${folder}/not-mounted"
}
schedule { window = "always" }
`});

const ok = (...args) => {
  const {status, stdout, stderr} = station.sohoa(...args);
  assert.equal(status, 0, stderr);
  return stdout;
};
const deliveries = (state) => station.json('queue', 'list', ...state ? ['--state', state] : []).deliveries;
const of = (target) => deliveries().filter((delivery) => delivery.target === target);

/* One paper, as a clerk would; `before` it is signed. */
async function sign(dossier, paper, before) {
  station.load(paper);
  const {document_id: id} = station.json('scan', dossier, '--source', 'adf');
  await until(() => station.json('document', 'show', id).document.state === 'read');
  const {fields} = station.json('document', 'show', id).document;
  const asked = Object.keys(fields).filter((name) => fields[name].needs_person || fields[name].value === null);
  before?.(id);
  ok('document', 'confirm', id, '--compared', ...asked.flatMap((name) => ['--field', `${name}=${paper.fields[name] ?? ''}`]));
  return id;
}

function unlock() {
  const {status, stderr} = spawnSync(path.join(process.env.SOHOA_BUILD ?? 'build', 'bin/sohoa'),
    ['signer', 'unlock', '--password-fd', '0', '--socket', station.socket], {input: `${station.password}\n`, encoding: 'utf8'});
  assert.equal(status, 0, stderr);
}

/* As if nobody had been there for so many days. */
function age(days) {
  const sql = ['delivery', 'document'].map((table) =>
    `db.execute("UPDATE ${table} SET created_us = created_us - ${days * DAY_US}, state_us = state_us - ${days * DAY_US}")`).join('\n');
  const {status, stderr} = spawnSync('python3', ['-c', `import sqlite3\ndb = sqlite3.connect('${station.folder}/state/store/store.db')\n${sql}\ndb.commit()`],
    {encoding: 'utf8'});
  assert.equal(status, 0, stderr);
}

test('one warehouse takes a record, the other is down: both are told', {timeout: 240000}, async () => {
  const {dossier: {id: dossier}} = station.json('dossier', 'create', '--code', CODE);
  unlock();
  await sign(dossier, papers[0]);
  await until(() => of('warehouse').some(({state}) => state === 'accepted'));
  await until(() => of('province').some(({attempts}) => attempts > 0));
  await page.waitForSelector('sohoa-queue p.why >> text=Kho «province» không liên lạc được');
  assert.match(ok('sync', 'status'), /province +down/);
  const [{id}] = of('province');
  const shown = ok('queue', 'show', id);
  assert.match(shown, /^last error: TARGET_\w+ \(ref \w{8}\), 20/m);
  assert.match(shown, /^next: Kho không liên lạc được từ/m);
});

test('a record that the warehouse has otherwise is a clerk\'s task, with one command and one button', {timeout: 240000}, async () => {
  const {dossier: {id: dossier}} = station.json('dossier', 'create');
  await sign(dossier, papers[1], (id) => {
    mkdirSync(path.join(station.folder, 'warehouse/backlog'), {recursive: true});
    writeFileSync(path.join(station.folder, 'warehouse/backlog', `${id}.pdf`), 'another');
  });
  await until(() => of('warehouse').some(({held}) => held?.reason === 'TARGET_CONFLICT'));
  await page.click('#open-report');
  await page.waitForSelector('.tasks li.clerk >> text=bị dừng');
  await shoot(page, 'standing-report');
  assert.deepEqual(await findBarriers(page), []);
  const report = ok('sync', 'report');
  assert.match(report, /^Đã gửi: kho đã nhận 1 bản ghi.*\nBị từ chối: 1 bản ghi.*\nĐang chờ: 2 bản ghi.*\nVì sao: .*kho «province» không liên lạc được.*\nViệc cần làm: cán bộ 1 việc/);
  const today = new Date(Date.now() + 7 * 3600 * 1000).toISOString().slice(0, 10); // Vietnam's
  assert.match(ok('sync', 'report', '--day', today), /^Đã gửi: kho đã nhận 1 bản ghi/);
  assert.match(ok('sync', 'report', '--day', '2026-01-05'), /^Đã gửi: chưa có bản ghi mới nào được kho nhận\.\nBị từ chối: không có\.\nĐang chờ: không có\./);
  assert.match(station.sohoa('sync', 'report', '--day', '2999-01-01').stderr, /BAD_ARGUMENT[^]*query day/);
  assert.equal(ok('sync', 'late', 'document', 'queued', '--all').match(/queued/g).length, 2);
  const {tasks} = station.json('sync', 'report');
  assert.deepEqual(tasks.map(({command}) => typeof command), tasks.map(() => 'string'));
  const refused = tasks.find(({who}) => who === 'clerk');
  const [noun, ...rest] = refused.command.replace(/^sohoa /, '').split(' ');
  assert.match(ok(noun, ...rest), /^held: TARGET_CONFLICT$/m);
  await page.click('.tasks li.clerk button');
  await page.waitForSelector('dialog.sync .next >> text=Đang dừng');
  assert.match(await text('dialog.sync'), /Lần lỗi cuối, /);
  await page.keyboard.press('Escape');
});

test('one that a person holds waits until it is released, by reason', async () => {
  const [{id}] = of('province').filter(({state}) => state === 'queued');
  ok('queue', 'hold', id, '--reason', 'cho-hoi-lai');
  await page.waitForSelector('sohoa-queue .troubled >> nth=1');
  assert.equal(deliveries('held').length, 2);
  assert.match(ok('sync', 'report'), /1 bản ghi gửi kho «province» bị dừng: cho-hoi-lai\.\n[^\n]*\n {3}\$ sohoa queue release --reason cho-hoi-lai --target province/);
  assert.equal(ok('queue', 'release', '--reason', 'cho-hoi-lai', '--target', 'province'), 'changed: 1\nleft: 0\n');
  assert.deepEqual(deliveries('held').map(({held}) => held.reason), ['TARGET_CONFLICT']);
  const none = station.sohoa('queue', 'release', '--reason', 'cho-hoi-lai');
  assert.equal(none.stdout, 'changed: 0\nleft: 0\n');
});

test('after days of standing still the page, the exit status, the journal and the metrics say so', {timeout: 120000}, async () => {
  assert.equal(station.sohoa('sync', 'status').status, 0, 'nothing is too old yet');
  const {port} = new URL(page.url());
  await station.stop();
  age(9);
  await station.start(port);
  await openPage();
  await page.waitForSelector('.alarm');
  await shoot(page, 'standing-alarm');
  assert.deepEqual(await findBarriers(page), []);
  const {status, stderr} = station.sohoa('sync', 'status');
  assert.equal(status, 1);
  assert.match(stderr, /^sohoa: ALARM delivery\.queued: 2 bản ghi chờ gửi kho quá 36 giờ làm việc, lâu nhất từ .*\n {2}.*\n {2}\$ sohoa sync now --wait$/m);
  assert.match(stderr, /^sohoa: ALARM not-accepted: Kho «province» không nhận bản ghi nào trong 2 ngày làm việc vừa qua, dù 2 bản ghi đang chờ/m);
  assert.doesNotMatch(stderr, /not-accepted: Kho «warehouse»/);
  assert.equal(station.sohoa('status').status, 1);
  const metrics = await page.evaluate(async () => (await fetch('/v1/metrics')).text());
  assert.match(metrics, /^sohoa_alarm\{name="not-accepted",target="province"\} 1$/m);
  assert.match(metrics, /^sohoa_overdue\{machine="delivery",state="queued"\} 2$/m);
  const lines = station.log.split('\n').filter((line) => line.includes('msg="alarm: delivery.queued'));
  assert.equal(lines.length, 1, station.log);
});

lastlyIsQuiet();
