#!/usr/bin/env node
/* Scan jobs, scanners and profiles on the command line, against a daemon of a few lines (stub.mjs): what is asked of
 * it, and what a person or a script gets to see. */
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {after, before, beforeEach, test} from 'node:test';
import {Stub, until} from './stub.mjs';

const stub = new Stub();
const onTerminal = {skip: !existsSync('/usr/bin/script') && 'no script(1)'};
const DOSSIER = '0192e4c0-0000-7000-8000-000000000001';
const JOB = '0192e4c0-0000-7000-8000-00000000000a';
const started = {id: JOB, dossier_id: DOSSIER, document_id: 'd1', state: 'running', pages: 0, sheets: 0, lost_sheet: 0,
  can_continue: false, waits: null, error: null};
const jammed = {...started, state: 'failed', pages: 3, sheets: 3, lost_sheet: 4, can_continue: true,
  error: {code: 'FEEDER_JAM', ref: 'KT9A2C41', message: 'Kẹt giấy.'}};
const done = {...started, state: 'done', pages: 5};
let job;

before(() => stub.start());
after(() => stub.stop());
beforeEach(() => {
  job = started;
  stub.answers = {
    [`POST /v1/dossiers/${DOSSIER}/scan`]: () => ({job}),
    [`GET /v1/jobs/${JOB}`]: () => ({job}),
  };
});

const become = (next) => () => {
  job = next;
  return {job};
};
const wasAsked = (line) => () => stub.asked.some((asked) => asked.line === line);

test('every option of a scan arrives as the API names it', async () => {
  job = done;
  const {status, stderr} = await stub.run('scan', DOSSIER, '--device', 'Quầy 1', '--profile', 'giấy cũ', '--source', 'adf', '--mode',
    'color', '--resolution', '300', '--paper', 'a4', '--sheets', '12', '--document', 'd1', '--position', '3', '--replaces', 'p1',
    '--backs', 'reversed', '--hands-free', '--interval', '8', '--turn-second', '--keep-open');
  assert.equal(status, 0, stderr);
  assert.deepEqual(stub.asked[0].body, {finish: false, device: 'Quầy 1', profile: 'giấy cũ', source: 'adf', mode: 'color',
    paper: 'a4', document_id: 'd1', replaces: 'p1', backs: 'reversed', hands_free: true, turn_second: true,
    resolution_dpi: 300, sheets: 12, position: 3, interval_s: 8});
  await stub.run('scan', DOSSIER);
  assert.deepEqual(stub.asked[0].body, {finish: true}, 'nothing that was not said');
});

test('a scan that can go on names the lost sheet and the command, without a terminal', async () => {
  job = jammed;
  const {status, stdout, stderr} = await stub.run('scan', DOSSIER);
  assert.equal(status, 1);
  assert.match(stdout, /pages: 3\nstate: failed\nlost sheet: 4\n$/);
  assert.equal(stderr, 'sohoa: FEEDER_JAM: Kẹt giấy. (ref KT9A2C41)\n' +
    '  sheet 4 was on its way and is not kept: feed it again, first\n' +
    `  the rest of this paper: sohoa scan continue ${JOB}\n`);
});

test('scan continue brings the rest of the same paper', async () => {
  job = jammed;
  stub.answers[`POST /v1/jobs/${JOB}/continue`] = become(done);
  const {status, stdout, stderr} = await stub.run('scan', 'continue', JOB);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /pages: 5\nstate: done\n$/);
  const unknown = await stub.run('scan', 'continue', 'nosuch');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /^sohoa: NOT_FOUND: /);
});

test('scan next and scan finish are the keys of a run that a script drives', async () => {
  stub.answers[`POST /v1/jobs/${JOB}/next`] = become(started);
  stub.answers[`POST /v1/jobs/${JOB}/finish`] = become(done);
  assert.equal((await stub.run('scan', 'next', JOB)).status, 0);
  assert.match((await stub.run('scan', 'finish', JOB)).stdout, /state: done/);
});

test('a run that waits for a key nobody can press names the commands, once', async () => {
  job = {...started, pages: 1, waits: {for: 'next', until_us: 0}};
  const ended = stub.run('scan', DOSSIER, '--hands-free');
  await until('four looks', () => stub.asked.length >= 4);
  job = done;
  const {status, stderr} = await ended;
  assert.equal(status, 0);
  assert.equal(stderr, `sohoa: waiting for the next page: sohoa scan next ${JOB}, sohoa scan finish ${JOB}\n`);
});

test('on a terminal a failed scan asks: Enter goes on', onTerminal, async () => {
  job = jammed;
  stub.answers[`POST /v1/jobs/${JOB}/continue`] = become(done);
  const terminal = stub.runOnTerminal('scan', DOSSIER);
  await terminal.shows('q = dừng');
  terminal.type('\r');
  const shown = await terminal.end();
  assert.ok(wasAsked(`POST /v1/jobs/${JOB}/continue`)());
  assert.match(shown, /FEEDER_JAM: Kẹt giấy\.[^]*sheet 4 was on its way[^]*Enter = quét tiếp, q = dừng[^]*state: done[^]*exit 0/);
  assert.doesNotMatch(shown, /state: failed/);
});

test('on a terminal a failed scan asks: q stops, and the command is named', onTerminal, async () => {
  job = jammed;
  const terminal = stub.runOnTerminal('scan', DOSSIER);
  await terminal.shows('q = dừng');
  terminal.type('xq');
  const shown = await terminal.end();
  assert.match(shown, new RegExp(`q = dừng[^]*state: failed[^]*scan continue ${JOB}[^]*exit 1`));
  assert.equal(shown.match(/FEEDER_JAM/g).length, 1, 'told once');
  assert.ok(!wasAsked(`POST /v1/jobs/${JOB}/continue`)());
});

test('what cannot go on is not asked about', onTerminal, async () => {
  job = {...jammed, can_continue: false};
  const shown = await stub.runOnTerminal('scan', DOSSIER).end();
  assert.match(shown, /exit 1/);
  assert.doesNotMatch(shown, /q = dừng|scan continue/);
});

test('a hands-free run on a terminal: Enter is the next page, q the end, what was typed before is none', onTerminal, async () => {
  const waiting = (pages) => ({...started, pages, waits: {for: 'next', until_us: 0}});
  stub.answers[`POST /v1/jobs/${JOB}/next`] = become({...started, pages: 1});
  stub.answers[`POST /v1/jobs/${JOB}/finish`] = become(done);
  const terminal = stub.runOnTerminal('scan', DOSSIER, '--hands-free');
  await terminal.shows('trang 1');
  terminal.type('\r');
  await new Promise((resolve) => setTimeout(resolve, 300));
  job = waiting(1);
  await terminal.shows('trang 2: Enter = trang tiếp, q = xong');
  const looks = stub.asked.length;
  await until('three more looks', () => stub.asked.length >= looks + 3);
  assert.ok(!wasAsked(`POST /v1/jobs/${JOB}/next`)(), 'typed while the page was still coming');
  terminal.type('\r');
  await until('next', wasAsked(`POST /v1/jobs/${JOB}/next`));
  job = waiting(2);
  await terminal.shows('trang 3: Enter = trang tiếp');
  await new Promise((resolve) => setTimeout(resolve, 300));
  terminal.type('q');
  const shown = await terminal.end();
  assert.ok(wasAsked(`POST /v1/jobs/${JOB}/finish`)());
  assert.match(shown, /state: done[^]*exit 0/);
});

test('Enter twice is one page: the second was typed before that page was there', onTerminal, async () => {
  job = {...started, pages: 1, waits: {for: 'next', until_us: 0}};
  stub.answers[`POST /v1/jobs/${JOB}/next`] = () => ({job});
  const terminal = stub.runOnTerminal('scan', DOSSIER, '--hands-free');
  await terminal.shows('Enter = trang tiếp');
  await until('two more looks', () => stub.asked.length >= 4);
  terminal.type('\r\r');
  await until('next', wasAsked(`POST /v1/jobs/${JOB}/next`));
  const looks = stub.asked.length;
  await until('three more looks', () => stub.asked.length >= looks + 3);
  job = done;
  await terminal.end();
  assert.equal(stub.asked.filter(({line}) => line.endsWith('/next')).length, 1);
});

test('a page that the interval brought first is no problem', onTerminal, async () => {
  job = {...started, pages: 1, waits: {for: 'next', until_us: (Date.now() + 60000) * 1000}};
  stub.answers[`POST /v1/jobs/${JOB}/next`] = () => {
    job = done;
    return {code: 'CONFLICT', ref: 'AB12CD34', message: 'Không chờ.'};
  };
  const terminal = stub.runOnTerminal('scan', DOSSIER, '--hands-free', '--interval', '60');
  await terminal.shows('(tự quét sau ');
  await until('three looks', () => stub.asked.length >= 4);
  terminal.type('\r');
  const shown = await terminal.end();
  assert.match(shown, /exit 0/);
  assert.doesNotMatch(shown, /CONFLICT/);
});

test('a scanner that is busy is told in the line of progress', onTerminal, async () => {
  job = {...started, waits: {for: 'device', until_us: (Date.now() + 30000) * 1000}};
  const terminal = stub.runOnTerminal('scan', DOSSIER);
  await terminal.shows('trang 1: máy quét bận, thử lại sau ');
  job = done;
  assert.match(await terminal.end(), /exit 0/);
});

test('scanners are listed with label, identity, profile and whether they are there', async () => {
  stub.answers['GET /v1/devices'] = {devices: [
    {name: 'pixma:1', vendor: 'CANON', model: 'LiDE', type: 'flatbed', identity: 'pixma/04a9:1909/A1', label: 'Quầy 1', profile: 'giấy cũ', present: true},
    {name: 'net/x', identity: 'net/x', label: 'Quầy 2', profile: null, present: false}]};
  const {stdout} = await stub.run('device', 'list');
  assert.match(stdout, /^DEVICE +VENDOR +MODEL +TYPE +LABEL +IDENTITY +PROFILE +PRESENT\n/);
  assert.match(stdout, /pixma:1 +CANON +LiDE +flatbed +Quầy 1 +pixma\/04a9:1909\/A1 +giấy cũ +yes\n/);
  assert.match(stdout, /net\/x +Quầy 2 +net\/x +- +no\n/);
});

test('label, profile, lease and reset of a scanner are one request each', async () => {
  const settled = {devices: [{identity: 'i/1', label: 'Quầy 1', profile: null}], profiles: []};
  stub.answers = {'PATCH /v1/devices/a%2Fb': settled, 'POST /v1/devices/a%2Fb/reset': {how: 'usb'},
    'POST /v1/devices/a%2Fb/lease': ({body}) => ({lease: body.to === '' ? null : {owner: body.to ?? 'uid:0', since_us: 1, until_us: 2}})};
  const cases = [
    [['label', 'a/b', 'Quầy 1'], {label: 'Quầy 1'}, /i\/1 +Quầy 1 +-/], [['label', 'a/b', '--none'], {label: null}, /i\/1/],
    [['profile', 'a/b', 'p'], {profile: 'p'}, /i\/1/], [['profile', 'a/b', '--none'], {profile: null}, /i\/1/],
    [['reset', 'a/b'], null, /^how: usb$/m], [['lease', 'a/b'], {}, /^owner: uid:0$/m],
    [['lease', 'a/b', '--to', 'uid:1000'], {to: 'uid:1000'}, /^owner: uid:1000$/m], [['lease', 'a/b', '--release'], {to: ''}, /^owner: nobody$/m]];
  for (const [args, body, shown] of cases) {
    const {status, stdout, stderr} = await stub.run('device', ...args);
    assert.equal(status, 0, stderr);
    assert.deepEqual(stub.asked.map((asked) => asked.body), [body], args.join(' '));
    assert.match(stdout, shown, args.join(' '));
  }
});

test('profiles are listed, kept and forgotten', async () => {
  const kept = {devices: [], profiles: [{name: 'giấy cũ', settings: {source: 'flatbed', resolution_dpi: 400}, locked: true}]};
  stub.answers = {'GET /v1/profiles': kept, 'POST /v1/profiles': kept, 'DELETE /v1/profiles/gi%E1%BA%A5y%20c%C5%A9': kept};
  assert.match((await stub.run('profile', 'list')).stdout, /^PROFILE +SOURCE +MODE +DPI +PAPER +LOCKED\ngiấy cũ +flatbed +- +400 +- +yes\n$/);
  await stub.run('profile', 'set', 'giấy cũ', '--source', 'flatbed', '--resolution', '400', '--mode', 'color', '--paper', 'a4', '--locked');
  assert.deepEqual(stub.asked[0].body,
    {name: 'giấy cũ', locked: true, resolution_dpi: 400, source: 'flatbed', mode: 'color', paper: 'a4'});
  assert.equal((await stub.run('profile', 'remove', 'giấy cũ')).status, 0);
});
