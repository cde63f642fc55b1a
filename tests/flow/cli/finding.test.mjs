#!/usr/bin/env node
/* What is far down a list is found, and what is held can be released. */
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Stub} from './stub.mjs';

const stub = new Stub();
const idOf = (n) => `0192e4c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

before(() => stub.start());
after(() => stub.stop());

/* 1201 dossiers, newest first, in pages of at most 500. */
function listDossiers({line}) {
  const query = new URL(line.slice(4), 'http://x').searchParams;
  const from = query.get('before') ? parseInt(query.get('before').slice(-12), 16) : 1202;
  const limit = Math.min(Number(query.get('limit')), 500, from - 1);
  return {dossiers: Array.from({length: limit}, (_, i) => ({id: idOf(from - 1 - i), code: `HS-${from - 1 - i}`}))};
}

test('a dossier is found by its code with one question, however many came after it', async () => {
  const code = 'H56.14-240823-0001';
  const named = ({line}) => ({dossiers: line.endsWith('0001') ? [{id: idOf(1), code}] : []});
  stub.answers = {'GET /v1/dossiers': named, [`GET /v1/dossiers/${idOf(1)}`]: {dossier: {id: idOf(1), code}, documents: []}};
  for (const typed of [code, code.toLowerCase()]) {
    const {status, stdout, stderr} = await stub.run('dossier', 'show', typed);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`id: ${idOf(1)}`));
    assert.deepEqual(stub.asked.map(({line}) => line), [`GET /v1/dossiers?limit=1&code=${typed}`, `GET /v1/dossiers/${idOf(1)}`]);
  }
  const none = await stub.run('dossier', 'show', 'H56.14-240823-0002');
  assert.equal(none.status, 1);
  assert.match(none.stderr, /^sohoa: NOT_FOUND: .*0002/);
});

test('another dossier than the one meant is never taken for it', async () => {
  stub.answers = {'GET /v1/dossiers': {dossiers: [{id: idOf(1), code: 'H56.14-240823-0001'}]}};
  const {status, stderr} = await stub.run('scan', 'H56.14-240823-0002');
  assert.equal(status, 1);
  assert.match(stderr, /^sohoa: NOT_FOUND: /);
  assert.equal(stub.asked.length, 1);
});

test('dossier list goes on before a dossier', async () => {
  stub.answers = {'GET /v1/dossiers': listDossiers};
  const {stdout} = await stub.run('dossier', 'list', '--limit', '2', '--before', idOf(7));
  assert.deepEqual([...stdout.matchAll(/HS-\d+/g)].map(([code]) => code), ['HS-6', 'HS-5']);
});

const delivery = (n, state, more = {}) => ({id: idOf(n), dossier_code: 'HS-1', target: 'kho', state, attempts: 0, remote_name: null, ...more});
const deliveries = [delivery(1, 'held', {held: {reason: 'TARGET_CONFLICT', from: 'sending', ref: 'A'}}),
  delivery(2, 'queued', {attempts: 4, problem: {code: 'TARGET_UNREACHABLE', ref: 'B'}}), delivery(3, 'accepted'), delivery(4, 'reconciled')];

function listDeliveries({line}) {
  const query = new URL(line.slice(4), 'http://x').searchParams;
  const state = query.get('state');
  const wanted = deliveries.filter((row) => (state ? row.state === state : row.state !== 'reconciled'));
  return {deliveries: wanted.slice(0, Number(query.get('limit')))};
}

test('the queue tells why something waits, and that there is more', async () => {
  stub.answers = {'GET /v1/queue': listDeliveries};
  const {stdout, stderr} = await stub.run('queue', 'list');
  assert.match(stdout, /REASON\n/);
  assert.match(stdout, /held \(.+\).*TARGET_CONFLICT\n/);
  assert.match(stdout, /queued \(.+\) +4 .*TARGET_UNREACHABLE\n/);
  assert.equal(stderr, '');
  const cut = await stub.run('queue', 'list', '--limit', '2', '--state', 'held');
  assert.deepEqual(stub.asked.map(({line}) => line), ['GET /v1/queue?limit=2&state=held']);
  assert.equal(cut.stderr, '');
  assert.match((await stub.run('queue', 'list', '--limit', '2')).stderr, new RegExp(`there may be more: --before ${idOf(2)}`));
  await stub.run('queue', 'list', '--before', idOf(2));
  assert.deepEqual(stub.asked.map(({line}) => line), [`GET /v1/queue?limit=200&before=${idOf(2)}`]);
});

const wordsOf = (row) => ({delivery: row, states: [{state: 'queued', label: 'Chờ gửi', at_us: 1795319730000000, event: 'create', by: 'sohoad'}],
  last_error: {code: 'TARGET_BUSY', ref: 'AB12CD34', at_us: 1795319740000000, text: 'Kho đang bận', help: 'Máy tự thử lại.', said: 'het cho',
    detail: 'HTTP 503'}, next: {text: 'Tự thử lại lúc 16:41.', at_us: 1795319790000000}, command: `sohoa queue retry ${row.id}`});

test('any delivery is shown in words: its way, its last trouble, what comes next, what helps', async () => {
  for (const row of deliveries) {
    stub.answers = {[`GET /v1/queue/${row.id}`]: wordsOf(row)};
    const {status, stdout} = await stub.run('queue', 'show', row.id);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^id: ${row.id}[^]*^state: ${row.state}$`, 'm'));
    assert.match(stdout, /^last error: TARGET_BUSY \(ref AB12CD34\), 20\S+\n {2}what happened: Kho đang bận\n {2}what to do: Máy tự thử lại\.\n {2}the warehouse says: het cho\n {2}detail: HTTP 503$/m);
    assert.match(stdout, new RegExp(`^next: Tự thử lại lúc 16:41\\.\nnext try: 20\\S+\ncommand: sohoa queue retry ${row.id}$`, 'm'));
    assert.match(stdout, /^WHEN +STATE +LABEL[^]*queued +Chờ gửi +create +sohoad$/m);
    assert.deepEqual(stub.asked.map(({line}) => line), [`GET /v1/queue/${row.id}`], 'one question');
  }
  assert.match((await stub.run('queue', 'show', idOf(9))).stderr, /^sohoa: NOT_FOUND: /);
});

test('held documents and pages are released as what they are', async () => {
  stub.answers = {[`POST /v1/queue/${idOf(1)}/release`]: {}, [`GET /v1/documents/${idOf(1)}`]: {document: {id: idOf(1), state: 'copied'}},
    [`POST /v1/pages/${idOf(2)}/release`]: {page: {id: idOf(2), document_id: idOf(1), position: 3, state: 'captured'}}};
  const document = await stub.run('document', 'release', idOf(1));
  assert.equal(document.status, 0, document.stderr);
  assert.deepEqual(stub.asked[0].body, {kind: 'document'});
  assert.match(document.stdout, /state: copied/);
  assert.match((await stub.run('page', 'release', idOf(2))).stdout, /position: 3\nstate: captured \(/);
  assert.equal((await stub.run('page', 'release', idOf(3))).status, 1);
});
