#!/usr/bin/env node
/* What is taken back, handed over, left to others, and what went wrong: as the command line asks for it and shows it. */
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Stub} from './stub.mjs';

const stub = new Stub();
const ID = '0192e4c0-0000-7000-8000-000000000001';
const HASH = '5b1c'.repeat(16);

before(() => stub.start());
after(() => stub.stop());

const withdrawal = (receipt, ended = 2) => ({reason_code: 'withdrawn', begun_us: 1, ended_us: ended, receipt});
const reply = {document: {id: ID, state: 'withdrawn', withdrawal: {reason: 'x', may_undo: true}}, deliveries: [
  {target: 'kho', state: 'withdrawn', withdrawal: withdrawal({sha256: HASH, removed: false})},
  {target: 'tinh', state: 'withdrawn', withdrawal: withdrawal({sha256: HASH, removed: true})},
  {target: 'cu', state: 'withdrawing', withdrawal: withdrawal(null, null)},
  {target: 'dan', state: 'withdrawn', withdrawal: withdrawal(null)}]};

test('a document is withdrawn with its reason, and each warehouse shows what it answered', async () => {
  stub.answers = {[`POST /v1/documents/${ID}/withdraw`]: reply};
  const {status, stdout, stderr} = await stub.run('document', 'withdraw', ID, '--reason', 'Trả nhầm', '--wrong-person');
  assert.equal(status, 0, stderr);
  assert.deepEqual(stub.asked.at(-1).body, {reason: 'Trả nhầm', wrong_person: true});
  assert.match(stdout, /kho +withdrawn.*told, files stay +5b1c5b1c5b1c\n/);
  assert.match(stdout, /tinh +withdrawn.*told, files removed/);
  assert.match(stdout, /dan +withdrawn.*nothing had been sent/);
  assert.match(stdout, /--undo/);
});

test('undoing goes without a reason, withdrawing not without one', async () => {
  stub.answers = {[`POST /v1/documents/${ID}/withdraw/undo`]: {document: {id: ID, state: 'queued'}, deliveries: []}};
  assert.equal((await stub.run('document', 'withdraw', ID, '--undo')).status, 0);
  for (const wrong of [[], ['--undo', '--reason', 'x'], ['--wrong-person']])
    assert.equal((await stub.run('document', 'withdraw', ID, ...wrong)).status, 2, wrong.join(' '));
});

test('a result is said to be handed over, and theirs is left to a warehouse', async () => {
  stub.answers = {[`POST /v1/dossiers/${ID}/handed-over`]: {dossier: {id: ID, handed_over: {us: 1, by: 'uid:0'}}},
    [`POST /v1/queue/${ID}/keep-theirs`]: {delivery: {id: ID, state: 'withdrawn'}}};
  assert.match((await stub.run('dossier', 'handed-over', ID)).stdout, /handed_over\.by: uid:0/);
  assert.match((await stub.run('queue', 'keep-theirs', ID)).stdout, /state: withdrawn/);
});

test('a dossier shows its incidents', async () => {
  stub.answers = {[`GET /v1/dossiers/${ID}`]: {dossier: {id: ID, incidents: [{id: ID, kind: 'wrong-person', document_id: ID, noted_us: 1795319730000000,
    notify_before_us: 1795578930000000}]}, documents: []}};
  assert.match((await stub.run('dossier', 'show', ID)).stdout, /incident: wrong-person, document 0192e4c0.*to be notified before 2026-/);
});

test('incidents are reported over days', async () => {
  stub.answers = {'GET /v1/reports/incidents': {incidents: [{id: ID, kind: 'wrong-person', document_id: ID, noted_us: 1795319730000000,
    notify_before_us: 1795578930000000, noted_by: 'uid:0', dossier_code: 'HS-1', reason: 'Trả nhầm', targets: []}]}};
  const {status, stdout} = await stub.run('report', 'incidents', '--from', '2026-11-01', '--to', '2026-11-30');
  assert.equal(status, 0);
  assert.equal(stub.asked.at(-1).line, 'GET /v1/reports/incidents?from=2026-11-01&to=2026-11-30');
  assert.match(stdout, /HS-1 +0192e4c0.*Trả nhầm/);
  assert.equal((await stub.run('report', 'incidents', '--from', 'x', '--to', '2026-11-30')).status, 2);
});
