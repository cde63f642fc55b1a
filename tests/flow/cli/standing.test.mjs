#!/usr/bin/env node
/* What stands still, on the command line: alarms, the morning report, many deliveries by one word, progress while sending. */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {sohoa, Stub, until} from './stub.mjs';

const idOf = (n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const stub = new Stub();
before(() => stub.start());
after(() => stub.stop());

const ALARM = {name: 'delivery.queued', who: 'it', count: 12, text: '12 bản ghi chờ gửi kho quá 36 giờ làm việc.', help: 'Gửi ngay.',
  command: 'sohoa sync now --wait', action: 'sync'};
const status = (alarms) => ({version: 'x', store: {deliveries: {queued: 12}, oldest: {send: 1795319730000000}}, alarms});
const line = (more = {}) => ({schedule: {window: '18:30-06:00', mode: 'trickle', targets: [{name: 'kho', state: 'down', mode: 'trickle', waiting: 12,
  oldest_us: 1795319730000000, unreachable_since_us: 1795319730000000, next_try_us: 1795319790000000, nights_missed: 2, days: 1}]},
transfers: [], waiting: 12, run: null, ...more});

test('an alarm is exit status 1 of sync status and of status, with what to do on stderr', async () => {
  for (const command of [['sync', 'status'], ['status']]) {
    stub.answers = {'GET /v1/status': status([]), 'GET /v1/sync': line()};
    const well = await stub.run(...command);
    assert.equal(well.status, 0);
    assert.equal(well.stderr, '');
    stub.answers['GET /v1/status'] = status([ALARM]);
    const {status: exit, stdout, stderr} = await stub.run(...command);
    assert.equal(exit, 1);
    assert.equal(stdout, well.stdout, 'the answer is the same');
    assert.equal(stderr, 'sohoa: ALARM delivery.queued: 12 bản ghi chờ gửi kho quá 36 giờ làm việc.\n  Gửi ngay.\n  $ sohoa sync now --wait\n');
    assert.equal((await stub.run(...command, '--json')).status, 1);
  }
});

test('sync status tells of each line since when it is down and when it is tried again', async () => {
  stub.answers = {'GET /v1/status': status([]), 'GET /v1/sync': line()};
  const {stdout} = await stub.run('sync', 'status');
  assert.match(stdout, /^12 +queued +Chờ gửi$/m);
  assert.match(stdout, /^window: 18:30-06:00, now: trickle$/m);
  assert.match(stdout, /^TARGET +LINE +SENDS +WAITING +OLDEST +DOWN SINCE +NEXT TRY +NIGHTS MISSED\nkho +down +trickle +12 +20\S+ +20\S+ +20\S+ +2$/m);
});

test('the morning report is five lines and its tasks, each with one command', async () => {
  stub.answers = {'GET /v1/sync/report': {lines: ['a', 'b', 'c', 'd', 'e'].map((text) => ({name: text, text})), tasks: [
    {who: 'clerk', count: 2, text: '2 bản ghi bị dừng.', help: 'Đối chiếu.', command: 'sohoa queue show x', action: {verb: 'show'}},
    {who: 'it', count: 1, text: 'Kho đầy.\u001b[31m', help: 'Thêm chỗ.', command: 'sohoa sync status', action: {verb: 'queue'}}]}};
  const {status: exit, stdout, stderr} = await stub.run('sync', 'report');
  assert.equal(exit, 0);
  assert.equal(stderr, '');
  assert.equal(stdout, 'a\nb\nc\nd\ne\n\n1. Cán bộ: 2 bản ghi bị dừng.\n   Đối chiếu.\n   $ sohoa queue show x\n\n2. Kỹ thuật: Kho đầy.?[31m\n   Thêm chỗ.\n   $ sohoa sync status\n');
  await stub.run('sync', 'report', '--day', '2026-11-20');
  assert.deepEqual(stub.asked.map(({line: asked}) => asked), ['GET /v1/sync/report?day=2026-11-20']);
});

test('what is too old is listed', async () => {
  stub.answers = {'GET /v1/sync/late': {late: [{id: idOf(1), dossier_id: idOf(2), dossier_code: 'HS-1', type: 'decision', state: 'read',
    since_us: 1795319730000000, reason: null}]}};
  const {stdout} = await stub.run('sync', 'late', 'document', 'read', '--all');
  assert.match(stdout, new RegExp(`^${idOf(1)} +${idOf(2)} +HS-1 +decision +read +20`, 'm'));
  assert.deepEqual(stub.asked.map(({line: asked}) => asked), ['GET /v1/sync/late?machine=document&state=read&all=1']);
});

test('several deliveries are named, or chosen by one word', async () => {
  stub.answers = {[`POST /v1/queue/${idOf(1)}/retry`]: {}, [`POST /v1/queue/${idOf(2)}/retry`]: {}};
  assert.equal((await stub.run('queue', 'retry', idOf(1), idOf(2))).status, 0);
  assert.equal(stub.asked.length, 2);
  const mixed = await stub.run('queue', 'retry', idOf(1), idOf(3));
  assert.equal(mixed.status, 1);
  assert.match(mixed.stderr, new RegExp(`NOT_FOUND[^]*delivery ${idOf(3)}`));
  let left = 2500;
  stub.answers = {'POST /v1/queue/release': ({body}) => {
    const count = body.dry_run ? left : Math.min(left, 1000);
    left -= body.dry_run ? 0 : count;
    return {count, left: body.dry_run ? 0 : left};
  }};
  const {stdout} = await stub.run('queue', 'release', '--reason', 'TARGET_AUTH', '--target', 'kho');
  assert.equal(stdout, 'changed: 2500\nleft: 0\n');
  assert.deepEqual(stub.asked.map(({body}) => body), [{reason: 'TARGET_AUTH', target: 'kho', dry_run: true},
    ...Array(3).fill({reason: 'TARGET_AUTH', target: 'kho', dry_run: false})]);
  stub.answers = {'POST /v1/queue/hold': {count: 0, left: 0}};
  await stub.run('queue', 'hold', '--all', '--reason', 'kho đang sửa');
  assert.deepEqual(stub.asked[0].body, {why: 'kho đang sửa', dry_run: true});
});

test('nothing chosen, chosen twice, or no reason for a hold of all is a usage error', async () => {
  for (const args of [['retry'], ['release', idOf(1), '--all'], ['retry', idOf(1), '--target', 'kho'], ['hold', '--all'], ['hold'],
    ['retry', '--day', 'x']]) {
    const {status: exit, stderr} = await stub.run('queue', ...args);
    assert.equal(exit, 2, args.join(' '));
    assert.match(stderr, /^sohoa: USAGE: /);
  }
  for (const args of [['report', '--day', 'yesterday'], ['late', 'delivery', 'queued'], ['late', 'page', 'read'], ['late'], ['now', '--until', '25:00']])
    assert.equal((await stub.run('sync', ...args)).status, 2, args.join(' '));
});

const terminal = {skip: !existsSync('/usr/bin/script') && 'no script(1)'};

test('on a terminal the number is asked back, and no is no', terminal, async () => {
  stub.answers = {'POST /v1/queue/release': {count: 12, left: 0}};
  const no = stub.runOnTerminal('queue', 'release', '--all');
  await no.shows('release 12 deliveries? [y/N]');
  no.type('n\n');
  assert.match(await no.end(), /nothing was changed[^]*exit 1/);
  assert.equal(stub.asked.length, 1, 'only the question how many');
  const yes = stub.runOnTerminal('queue', 'release', '--all');
  await yes.shows('release 12 deliveries? [y/N]');
  yes.type('y\n');
  assert.match(await yes.end(), /changed: 12[^]*exit 0/);
  const told = stub.runOnTerminal('queue', 'release', '--all', '--yes');
  assert.match(await told.end(), /changed: 12[^]*exit 0/);
});

/* Each look finds so many fewer; the run ends when `at` says so. */
function sends(from, each, endsAt) {
  let waiting = from;
  stub.answers = {'POST /v1/sync': {due: from}, 'GET /v1/sync': () => {
    const shown = line({waiting, run: waiting > endsAt ? {state: 'sending'} : null,
      transfers: waiting > endsAt ? [{id: 'a', rate_bps: 8000000}, {id: 'b', rate_bps: 800000}] : []});
    waiting = Math.max(endsAt, waiting - each);
    return shown;
  }};
}

test('sync now --wait on a terminal draws one line: left, sent, speed, rate, when it is done', terminal, async () => {
  sends(40, 10, 0);
  const run = stub.runOnTerminal('sync', 'now', '--wait');
  await run.shows('còn 20 bản ghi, đã gửi 20, đang đi 2, 1.1 MB/s,');
  const shown = await run.end();
  assert.match(shown, /\r\x1b\[Kcòn 10 bản ghi, đã gửi 30, .*[1-9]\d* bản ghi\/phút, xong khoảng \d\d:\d\d/);
  assert.match(shown, /exit 0/);
});

test('without a terminal there are plain lines, and what is left is told with the line that is down', async () => {
  sends(40, 30, 10);
  const {status: exit, stdout, stderr} = await stub.run('sync', 'now', '--wait');
  assert.equal(exit, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^còn 40 bản ghi, đã gửi 0, đang đi 2, /);
  assert.doesNotMatch(stderr, /[\r\x1b]/);
  assert.match(stderr, /sohoa: 10 deliveries still wait; sohoa sync report tells why\n {2}kho cannot be reached since 20/);
});

test('Ctrl-C ends the waiting, and says that sohoad goes on', async () => {
  sends(1000000, 1, 0);
  stub.asked = [];
  const child = spawn(sohoa, ['sync', 'now', '--wait'], {env: {...process.env, SOHOA_SOCKET: stub.socket}});
  let stderr = '';
  child.stderr.on('data', (piece) => (stderr += piece));
  const ended = new Promise((resolve) => child.on('close', resolve));
  await until('a look', () => stderr.includes('còn'));
  child.kill('SIGINT');
  assert.equal(await ended, 1);
  assert.match(stderr, /stopped waiting; sohoad goes on sending, sohoa sync status tells how far it is\n$/);
  assert.equal(stub.asked.filter(({line: asked}) => asked.startsWith('POST')).length, 1, 'nothing was asked to stop');
});
