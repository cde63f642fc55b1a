#!/usr/bin/env node
/* What a person changes about one page. */
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Stub} from './stub.mjs';

const stub = new Stub();
const idOf = (n) => `0192e4c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

before(() => stub.start());
after(() => stub.stop());

test('a page is turned, moved, paired and taken out by what the command says', async () => {
  const page = {id: idOf(2), document_id: idOf(1), position: 3, state: 'captured'};
  stub.answers = Object.fromEntries(['turn', 'move', 'pair', 'remove'].map((verb) => [`POST /v1/pages/${idOf(2)}/${verb}`, {page}]));
  const cases = [
    [['turn', idOf(2), '--degrees', '90'], {turned_deg: 90}],
    [['turn', idOf(2)], {turned_deg: null}],
    [['move', idOf(2), '--document', idOf(1), '--to', '4'], {document_id: idOf(1), position: 4}],
    [['pair', idOf(2), '--with', idOf(3)], {part_of: idOf(3), part_kind: 'note'}],
    [['pair', idOf(2), '--with', idOf(3), '--kind', 'overlap'], {part_of: idOf(3), part_kind: 'overlap'}],
    [['pair', idOf(2)], {part_of: null, part_kind: null}],
    [['remove', idOf(2), '--reason', 'trang lạ'], {reason: 'trang lạ'}],
  ];
  for (const [words, body] of cases) {
    const done = await stub.run('page', ...words);
    assert.equal(done.status, 0, done.stderr);
    assert.deepEqual(stub.asked.at(-1).body, body);
  }
  for (const words of [['turn', idOf(2), '--degrees', '9x'], ['move', idOf(2), '--to', '1'], ['remove', idOf(2)]])
    assert.equal((await stub.run('page', ...words)).status, 2);
});
