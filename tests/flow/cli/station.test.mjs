#!/usr/bin/env node
/* A dossier from the scanner to the warehouse with nothing but the `sohoa` command line and the real sohoad. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {isBuilt, sample, Station} from '../../browser/station.mjs';

if (!isBuilt) {
  console.log('SKIP: sohoad is not built');
  process.exit(process.env.CI === 'true' ? 1 : 0);
}

const paper = sample.papers.find(({type}) => type === 'birth-certificate');
let station;
let dossier;
let document;

before(async () => {
  station = new Station();
  await station.start();
});

after(async () => {
  await station.stop();
  station.remove();
});

async function waitFor(what, ask) {
  for (let i = 0; i < 300; i++) {
    const found = ask();
    if (found)
      return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} did not come\n${station.log}`);
}

const show = () => station.json('document', 'show', document);

test('the scanner is listed and shows its options', () => {
  assert.match(station.sohoa('device', 'list').stdout, /sohoasim:counter/);
  const {status, stdout, stderr} = station.sohoa('device', 'show', 'sohoasim:counter');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^sources: flatbed, adf, duplex$/m);
  assert.match(stdout, /^resolution +\d/m);
});

test('a scanner gets a label and a profile, and is used by its label', () => {
  const ok = (...args) => {
    const {status, stdout, stderr} = station.sohoa(...args);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  ok('device', 'label', 'sohoasim:counter', 'Quầy 1');
  assert.match(ok('device', 'list'), /sohoasim:counter .*Quầy 1 +sohoasim\/counter +- +yes/);
  assert.match(ok('profile', 'set', 'giấy cũ', '--resolution', '400', '--locked'), /giấy cũ +- +- +400 +- +yes/);
  assert.match(ok('device', 'profile', 'Quầy 1', 'giấy cũ'), /sohoasim\/counter +Quầy 1 +giấy cũ/);
  assert.match(ok('device', 'lease', 'Quầy 1'), /^owner: uid:\d+$/m);
  assert.match(ok('device', 'lease', 'Quầy 1', '--to', 'uid:54321'), /^owner: uid:54321$/m);
  assert.equal(ok('device', 'lease', 'Quầy 1', '--release'), 'owner: nobody\n');
  assert.match(ok('device', 'reset', 'Quầy 1'), /^how: \w+$/m);
  assert.match(ok('device', 'profile', 'Quầy 1', '--none'), /Quầy 1 +-/);
  assert.doesNotMatch(ok('profile', 'remove', 'giấy cũ'), /giấy cũ/);
  assert.match(ok('device', 'show', 'Quầy 1'), /^sources: /m);
  assert.match(station.sohoa('device', 'profile', 'Quầy 1', 'giấy cũ').stderr, /^sohoa: NOT_FOUND: /);
});

test('a paper is scanned and read', async () => {
  ({dossier: {id: dossier}} = station.json('dossier', 'create', '--papers', '1'));
  station.load(paper);
  const scan = station.sohoa('scan', dossier, '--source', 'duplex', '--json');
  assert.equal(scan.status, 0, scan.stderr);
  assert.equal(scan.stderr, '');
  const job = JSON.parse(scan.stdout);
  assert.equal(job.state, 'done');
  assert.equal(job.pages, paper.pages.length);
  document = job.document_id;
  await waitFor('read', () => show().document.state === 'read');
  assert.match(station.sohoa('document', 'show', document).stdout, /^type: Giấy khai sinh$/m);
});

test('a dossier is found by its code, another code is not', () => {
  const {dossier: {id}} = station.json('dossier', 'create', '--code', 'H56.14-261122-0007');
  station.json('dossier', 'create');
  assert.equal(station.json('dossier', 'show', 'H56.14-261122-0007').dossier.id, id);
  assert.match(station.sohoa('dossier', 'show', 'H56.14-261122-0008').stderr, /^sohoa: NOT_FOUND: .*0008/);
  assert.match(station.sohoa('dossier', 'show', 'x'.repeat(65)).stderr, /^sohoa: BAD_ARGUMENT: [^]*query code/);
});

test('an empty feeder is said with what to do', () => {
  const {status, stderr} = station.sohoa('scan', dossier, '--source', 'adf');
  assert.equal(status, 1);
  assert.match(stderr, /^sohoa: FEEDER_EMPTY: .+\(ref \w+\)$/m);
});

test('a jam names the sheet that was lost; scan continue brings it into the same document', async () => {
  const {dossier: {id}} = station.json('dossier', 'create');
  const notice = sample.papers.find(({type}) => type === 'notice');
  station.load(notice);
  station.setFaults('sheet 2 jam\n');
  const scan = station.sohoa('scan', id, '--source', 'adf', '--sheets', '2', '--json');
  assert.equal(scan.status, 1);
  const jammed = JSON.parse(scan.stdout);
  assert.equal(jammed.pages, 1);
  assert.match(scan.stderr, new RegExp(`^sohoa: FEEDER_JAM: [^]*sheet 2 was on its way[^]*sohoa scan continue ${jammed.id}\n$`));
  station.setFaults('');
  station.load({...notice, pages: notice.pages.slice(1)});
  const rest = station.sohoa('scan', 'continue', jammed.id);
  assert.equal(rest.status, 0, rest.stderr);
  assert.equal(rest.stdout, `document: ${jammed.document_id}\nsource: adf\npages: 2\nstate: done\n`);
  const {document, pages} = station.json('document', 'show', jammed.document_id);
  assert.equal(pages.length, 2);
  assert.ok(document.scan_finished);
});

/* What no command does. */
function holdDocument(id) {
  const body = JSON.stringify({kind: 'document', reason: 'chờ hỏi lại'});
  return new Promise((resolve, reject) => {
    const request = http.request({socketPath: station.socket, path: `/v1/queue/${id}/hold`, method: 'POST',
      headers: {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)}}, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    request.on('error', reject);
    request.end(body);
  });
}

test('a held document is released to where it was', async () => {
  assert.equal(await holdDocument(document), 200);
  assert.match(station.sohoa('document', 'show', document).stdout, /^state: held .*chờ hỏi lại$/m);
  const released = station.sohoa('document', 'release', document);
  assert.equal(released.status, 0, released.stderr);
  assert.match(released.stdout, /^state: read \(/m);
  const again = station.sohoa('document', 'release', document);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /^sohoa: STATE_CHANGED: [^]*document is read/);
});

test('confirming without having compared is refused', () => {
  const {status, stderr} = station.sohoa('document', 'confirm', document);
  assert.equal(status, 1);
  assert.match(stderr, /^sohoa: NOT_COMPARED: /);
});

test('what a person answers is confirmed; the paper waits for the signature', () => {
  const {fields} = show().document;
  const asked = Object.keys(fields).filter((name) => fields[name].needs_person || fields[name].value === null);
  const answers = asked.flatMap((name) => ['--field', `${name}=${paper.fields[name] ?? ''}`]);
  const confirmed = station.sohoa('document', 'confirm', document, '--compared', ...answers);
  assert.equal(confirmed.status, 0, confirmed.stderr);
  assert.match(confirmed.stdout, /^state: copied \(Đã đối chiếu, chờ ký\)$/m);
});

test('once the signer is unlocked it is signed, sent and accepted', async () => {
  const unlock = spawnSync(path.join(process.env.SOHOA_BUILD ?? 'build', 'bin/sohoa'),
    ['signer', 'unlock', '--password-fd', '0', '--socket', station.socket], {input: `${station.password}\n`, encoding: 'utf8'});
  assert.equal(unlock.status, 0, unlock.stderr);
  assert.match(station.sohoa('signer', 'show').stdout, /unlocked: true/);
  const delivery = await waitFor('acceptance', () =>
    station.json('queue', 'list').deliveries.find(({document_id: id, state}) => id === document && state === 'accepted'));
  assert.match(station.sohoa('queue', 'show', delivery.id).stdout, /^state: accepted$/m);
  assert.deepEqual(station.json('queue', 'list', '--before', delivery.id).deliveries, [], 'nothing behind the only one');
  await waitFor('status', () => /1 +accepted +Kho đã nhận/.test(station.sohoa('sync', 'status').stdout));
});

test('the signed file is the one the warehouse has', () => {
  const file = path.join(station.folder, 'copy.pdf');
  const got = station.sohoa('document', 'file', document, '-o', file);
  assert.equal(got.status, 0, got.stderr);
  const delivered = station.warehouse().find((name) => name.endsWith('.pdf'));
  assert.deepEqual(readFileSync(file), readFileSync(path.join(station.folder, 'warehouse', delivered)));
});

test('its words are there for other software, with boxes, as ALTO', () => {
  const alto = station.sohoa('document', 'alto', document);
  assert.equal(alto.status, 0, alto.stderr);
  assert.match(alto.stdout, /^<\?xml [^]*<alto [^]*<\/alto>\n$/);
  const {pages} = station.json('document', 'show', document);
  assert.equal(alto.stdout.match(/<Page /g).length, pages.length);
  const words = pages.reduce((sum, page) => sum + page.words, 0);
  assert.ok(words > 0);
  assert.equal(alto.stdout.match(/<String [^>]*HPOS="[\d.]+"[^>]*WC="[\d.]+"/g).length, words);
  const file = path.join(station.folder, 'words.alto.xml');
  assert.equal(station.sohoa('document', 'alto', document, '-o', file).status, 0);
  assert.equal(readFileSync(file, 'utf8'), alto.stdout);
  const unknown = station.sohoa('document', 'alto', '00000000-0000-7000-8000-000000000000');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /^sohoa: NOT_FOUND: /);
});

test('reconciling closes the document, and the dossier can be closed', async () => {
  assert.equal(station.sohoa('sync', 'reconcile').status, 0);
  await waitFor('closed', () => show().document.state === 'closed');
  for (const {id, state} of station.json('dossier', 'show', dossier).documents.filter(({id}) => id !== document))
    if (state === 'open')
      assert.equal(station.sohoa('document', 'reject', id, '--reason', 'khay rỗng').status, 0);
  const closed = station.sohoa('dossier', 'close', dossier);
  assert.equal(closed.status, 0, closed.stderr);
  const late = station.sohoa('dossier', 'update', dossier, '--papers', '3');
  assert.equal(late.status, 1);
  assert.match(late.stderr, /^sohoa: STATE_CHANGED: .*[Xx]em lại trạng thái/);
  assert.doesNotMatch(late.stderr, /quét|tờ/, 'no sheet has to do with it');
  await waitFor('status', () => /documents +closed +Đã lưu kho +1/.test(station.sohoa('status').stdout));
});
