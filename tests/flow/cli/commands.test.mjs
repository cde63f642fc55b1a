#!/usr/bin/env node
/* The `sohoa` command line against a station made up for the purpose (tests/browser/fake-sohoad.mjs): what goes
 * to stdout, what to stderr, which exit status. */
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

const source = process.env.SOHOA_SOURCE ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const sohoa = path.join(process.env.SOHOA_BUILD ?? path.join(source, 'build'), 'bin/sohoa');
const folder = mkdtempSync(path.join(os.tmpdir(), 'sohoa-cli-'));
const socket = path.join(folder, 's.sock');
let fake;
let fakeUrl;

before(async () => {
  fake = spawn(process.execPath, [path.join(source, 'tests/browser/fake-sohoad.mjs'), '--socket', socket, '--page-ms', '100'],
    {stdio: ['ignore', 'pipe', 'inherit']});
  const line = await new Promise((resolve) => fake.stdout.once('data', resolve));
  fakeUrl = JSON.parse(line).url;
});

after(() => {
  fake.kill();
  rmSync(folder, {recursive: true});
});

/* Asynchronous although one command at a time: a test's own server must be able to answer. */
function run(args, {input, env = {}} = {}) {
  return new Promise((resolve) => {
    const child = spawn(sohoa, args, {env: {...process.env, SOHOA_SOCKET: socket, ...env}});
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => (stdout += piece));
    child.stderr.on('data', (piece) => (stderr += piece));
    child.on('close', (status, signal) => resolve({status, signal, stdout, stderr}));
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

async function json(args) {
  const {status, stdout, stderr} = await run([...args, '--json']);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

const setFaults = (faults) => fetch(`${fakeUrl}fake`, {method: 'POST', body: JSON.stringify({faults})});
const newDossier = async (...args) => (await json(['dossier', 'create', ...args])).dossier.id;

async function readDocument() {
  const id = (await json(['scan', await newDossier()])).document_id;
  for (;;) {
    const {document} = await json(['document', 'show', id]);
    if (document.state === 'read')
      return document;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a dossier is begun, shown, listed and given its code later', async () => {
  const id = await newDossier('--papers', '2');
  const list = await run(['dossier', 'list']);
  assert.equal(list.status, 0);
  assert.match(list.stdout, new RegExp(`DOSSIER +CODE[^]*${id} +- +2`));
  assert.equal((await run(['dossier', 'update', id, '--code', 'HS-1'])).status, 0);
  const shown = await run(['dossier', 'show', 'HS-1']);
  assert.match(shown.stdout, new RegExp(`id: ${id}`), 'found by its code');
});

test('a refusal goes to stderr with code, message, reference and detail, and nothing to stdout', async () => {
  const id = await newDossier('--papers', '2');
  const {status, stdout, stderr} = await run(['dossier', 'close', id]);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^sohoa: COUNT_MISMATCH: Số giấy tờ .*\(ref AB12CD34\)\n {2}papers 2, documents 0\n$/);
});

test('a socket deeper than an address is long is reached by its folder', async () => {
  const deep = path.join(folder, 'x'.repeat(120));
  mkdirSync(deep);
  symlinkSync(socket, path.join(deep, 's.sock'));
  const {status, stderr} = await run(['status', '--socket', path.join(deep, 's.sock')]);
  assert.equal(status, 0, stderr);
  assert.equal((await run(['status', '--socket', path.join(deep, 'none.sock')])).status, 3);
  assert.equal((await run(['status', '--socket', path.join(folder, 'y'.repeat(120), 's.sock')])).status, 3);
});

test('without a daemon the exit status is 3', async () => {
  const {status, stdout, stderr} = await run(['status', '--socket', path.join(folder, 'none.sock')]);
  assert.equal(status, 3);
  assert.equal(stdout, '');
  assert.match(stderr, /^sohoa: DAEMON_UNREACHABLE: .*none\.sock/);
});

test('mistakes on the command line are exit status 2 and name the usage', async () => {
  for (const args of [[], ['nosuch'], ['device'], ['device', 'nosuch'], ['dossier', 'show'], ['dossier', 'show', 'a', 'b'],
    ['scan'], ['scan', 'x', '--resolution', 'many'], ['document', 'confirm', 'x', '--field', 'nosign'],
    ['document', 'confirm', 'x', '--field', 'nosuch=1'], ['document', 'confirm', 'x', '--type', 'nosuch'],
    ['document', 'reject', 'x'], ['document', 'move', 'x'], ['document', 'move', 'x', '--to', 'y', '--code', 'z'], ['--nosuch', 'status'], ['status', '--nosuch'], ['status', '--version'],
    ['scan', 'x', '--source', 'foo'], ['scan', 'x', '--source', ''], ['scan', 'x', '--mode', 'flatbed'], ['scan', 'x', '--paper', 'a0'],
    ['scan', 'x', '--interval', '5'], ['scan', 'x', '--turn-second'], ['scan', 'x', '--backs', 'same'],
    ['scan', 'x', '--document', 'y', '--backs', 'other'], ['scan', 'x', '--sheets', '0'], ['scan', 'continue'],
    ['queue', 'list', '--state', 'bogus'], ['queue', 'list', '--limit', '0'], ['queue', 'list', '--before', 'x'], ['dossier', 'list', '--before', 'x'],
    ['device', 'label', 'x'], ['device', 'label', 'x', 'y', '--none'], ['device', 'profile', 'x'],
    ['device', 'lease', 'x', '--to', 'y', '--release'], ['profile', 'set'], ['profile', 'set', 'x', '--source', 'foo'],
    ['profile', 'set', 'x', '--resolution', '9'], ['document', 'release'], ['page', 'release']]) {
    const {status, stdout, stderr} = await run(args);
    assert.equal(status, 2, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
    assert.match(stderr, /^sohoa: USAGE: /, args.join(' '));
  }
});

test('every command has its help', async () => {
  const {stdout, status} = await run(['--help']);
  assert.equal(status, 0);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+)( [a-z-]+)?/gm)].map(([, noun, verb]) => verb ? [noun, verb.trim()] : [noun]);
  assert.ok(commands.length >= 30);
  for (const command of commands) {
    const help = await run([...command, '--help']);
    assert.equal(help.status, 0, command.join(' '));
    assert.ok(help.stdout.startsWith(`usage: sohoa ${command.join(' ')}`), command.join(' '));
    assert.equal((await run([command[0], '--help'])).status, 0);
  }
});

test('a scan waits for its end and says nothing of progress without a terminal', async () => {
  const id = await newDossier();
  const {status, stdout, stderr} = await run(['scan', id, '--source', 'adf', '--device', 'sohoasim:1']);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^document: \S+\npages: 2\nstate: done\n$/);
  assert.equal(stderr, '');
});

test('a scan that jams keeps its pages, says so and fails', async () => {
  const id = await newDossier();
  await setFaults({jam: true});
  const {status, stdout, stderr} = await run(['scan', id]);
  await setFaults({});
  assert.equal(status, 1);
  assert.match(stdout, /pages: 1\nstate: failed/);
  const [told, lost, rest, ...more] = stderr.split('\n');
  assert.match(told, /^sohoa: FEEDER_JAM: Kẹt giấy\..*\(ref KT9A2C41\)$/);
  assert.match(lost, /^ {2}sheet 2 .*feed it again/);
  assert.match(rest, /^ {2}.*sohoa scan continue \S+$/);
  assert.deepEqual(more, ['']);
});

test('Ctrl-C cancels the scan at the daemon and keeps the pages', async () => {
  const id = await newDossier();
  const child = spawn(sohoa, ['scan', id, '--source', 'duplex'], {env: {...process.env, SOHOA_SOCKET: socket}});
  const ended = new Promise((resolve) => child.on('close', (status) => resolve(status)));
  let stderr = '';
  child.stderr.on('data', (piece) => (stderr += piece));
  for (let pages = 0; pages === 0;) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    pages = (await json(['dossier', 'show', id])).pages.length;
  }
  child.kill('SIGINT');
  assert.equal(await ended, 1);
  assert.match(stderr, /cancelling; pages already scanned are kept/);
  assert.match(stderr, /CANCELLED/);
  const before = (await json(['dossier', 'show', id])).pages.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await json(['dossier', 'show', id])).pages.length, before);
});

test('on a terminal the scan shows page and percent', {skip: !existsSync('/usr/bin/script') && 'no script(1)'}, async () => {
  const id = await newDossier();
  const {stdout} = spawnSync('script', ['-qec', `${sohoa} scan ${id} --socket ${socket}`, '/dev/null'], {encoding: 'utf8', timeout: 20000});
  assert.match(stdout, /\r\x1b\[Ktrang 1: \d+%/);
  assert.match(stdout, /\r\x1b\[Ktrang 2/);
  assert.match(stdout, /state: done/);
});

test('the answers of a person are sent as given, an empty one as an explicit null', async () => {
  const {id, fields} = await readDocument();
  const asked = Object.keys(fields).filter((name) => fields[name].needs_person);
  const refused = await run(['document', 'confirm', id, '--compared']);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /FIELD_MISSING/);
  const answers = asked.flatMap((name) => ['--field', name === 'owner_id' ? 'owner_id=' : `${name}=2022-01-15`]);
  const notCompared = await run(['document', 'confirm', id, ...answers]);
  assert.match(notCompared.stderr, /NOT_COMPARED/);
  const {document} = await json(['document', 'confirm', id, '--compared', ...answers]);
  assert.equal(document.state, 'copied');
  assert.equal(document.confirmed.owner_id, null);
  const shown = await run(['document', 'show', id]);
  assert.match(shown.stdout, /state: copied \(Đã đối chiếu, chờ ký\)/);
});

test('what is confirmed is the revision that was read, or the one that is named', async () => {
  const {id, revision, fields} = await readDocument();
  assert.match((await run(['document', 'show', id])).stdout, new RegExp(`^revision: ${revision}$`, 'm'));
  const answers = Object.keys(fields).flatMap((name) => fields[name].needs_person ? ['--field', `${name}=`] : []);
  const confirm = ['document', 'confirm', id, '--compared', ...answers];
  const old = await run([...confirm, '--revision', 'another']);
  assert.equal(old.status, 1);
  assert.equal(old.stdout, '');
  assert.match(old.stderr, /^sohoa: STATE_CHANGED: /);
  const {status, stdout, stderr} = await run([...confirm, '--revision', revision]);
  assert.equal(status, 0, stderr);
  assert.equal(stdout.match(/^document: /gm).length, 1, 'only the answer');
  assert.match((await run(['document', 'confirm', 'nosuch', '--compared'])).stderr, /NOT_FOUND/);
});

test('the password comes from a descriptor, never from the command line', async () => {
  const wrong = await run(['signer', 'unlock', '--password-fd', '0'], {input: 'sai\n'});
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /WRONG_PASSWORD/);
  assert.equal((await run(['signer', 'unlock', 'mật khẩu thử'])).status, 2);
  assert.equal((await run(['signer', 'unlock', '--password-fd', '0'])).status, 1, 'empty');
  const right = await run(['signer', 'unlock', '--password-fd', '0'], {input: 'mật khẩu thử\n'});
  assert.equal(right.status, 0, right.stderr);
  assert.doesNotMatch(right.stdout + right.stderr, /mật khẩu/);
  assert.equal((await run(['signer', 'lock'])).status, 0);
});

test('a file is written whole or not at all', async () => {
  const {id} = await readDocument();
  const file = path.join(folder, 'copy.pdf');
  const got = await run(['document', 'file', id, '-o', file]);
  assert.equal(got.status, 0, got.stderr);
  assert.equal(readFileSync(file, 'utf8'), '%PDF-1.7 fake');
  const toStdout = await run(['document', 'file', id]);
  assert.equal(toStdout.stdout, '%PDF-1.7 fake');

  const cut = path.join(folder, 'cut.sock');
  const server = net.createServer((connection) => {
    connection.on('error', () => {});
    connection.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n%PDF');
  });
  await new Promise((resolve) => server.listen(cut, resolve));
  const half = await run(['document', 'file', id, '-o', file, '--socket', cut]);
  server.close();
  assert.equal(half.status, 1);
  assert.match(half.stderr, /BAD_MESSAGE/);
  assert.equal(readFileSync(file, 'utf8'), '%PDF-1.7 fake', 'the old file stays');
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('copy.pdf.')), [], 'no half file');
  assert.equal((await run(['document', 'file', id, '-o', path.join(folder, 'no/such/folder')])).status, 1);
});

const onFile = async (name) => run(['document', 'file', (await readDocument()).id, '-o', name]);

test('a pipe or a device gets the file and stays what it is', {skip: !existsSync('/usr/bin/mkfifo') && 'no mkfifo'}, async () => {
  const pipe = path.join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const reader = spawn('cat', [pipe]);
  let got = '';
  reader.stdout.on('data', (piece) => (got += piece));
  const read = new Promise((resolve) => reader.on('close', resolve));
  assert.equal((await onFile(pipe)).status, 0);
  await read;
  assert.equal(got, '%PDF-1.7 fake');
  assert.ok(lstatSync(pipe).isFIFO());
  assert.equal((await onFile('/dev/null')).status, 0);
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
  const toDevice = path.join(folder, 'to-device');
  symlinkSync('/dev/null', toDevice);
  assert.equal((await onFile(toDevice)).status, 0);
  assert.ok(lstatSync(toDevice).isSymbolicLink() && lstatSync('/dev/null').isCharacterDevice());
});

test('a link stays a link, the file it leads to gets the content', async () => {
  const far = path.join(folder, 'far');
  mkdirSync(far);
  writeFileSync(path.join(far, 'real.pdf'), 'old');
  const link = path.join(folder, 'link.pdf');
  symlinkSync('far/real.pdf', link);
  const {status, stderr} = await onFile(link);
  assert.equal(status, 0, stderr);
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readFileSync(path.join(far, 'real.pdf'), 'utf8'), '%PDF-1.7 fake');
  assert.deepEqual(readdirSync(far), ['real.pdf']);
  const lost = path.join(folder, 'lost.pdf');
  symlinkSync('nowhere/at/all.pdf', lost);
  const nowhere = await onFile(lost);
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /IO: cannot follow the link .*lost\.pdf/);
  assert.ok(lstatSync(lost).isSymbolicLink());
});

test('a folder is no file to write', async () => {
  const {status, stderr} = await onFile(folder);
  assert.equal(status, 1);
  assert.match(stderr, /Is a directory/);
});

test('control characters from outside do not reach the terminal', async () => {
  const evil = path.join(folder, 'evil.sock');
  const body = JSON.stringify({code: 'X\u001b[2J', message: 'a\u001b]0;b\u0007', ref: 'r\u001b'});
  const server = net.createServer((connection) => {
    connection.on('error', () => {});
    connection.end(`HTTP/1.1 409 No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
  await new Promise((resolve) => server.listen(evil, resolve));
  const {status, stderr} = await run(['status', '--socket', evil]);
  server.close();
  assert.equal(status, 1);
  assert.doesNotMatch(stderr, /[\x00-\x09\x0b-\x1f]/);
});

test('queue, sync, device, status and open answer', async () => {
  assert.match((await run(['queue', 'list'])).stdout, /^DELIVERY +DOSSIER CODE +TARGET/);
  assert.match((await run(['queue', 'show', 'nosuch'])).stderr, /NOT_FOUND/);
  assert.equal((await run(['sync', 'now'])).status, 0);
  assert.equal((await run(['sync', 'reconcile'])).status, 0);
  assert.match((await run(['sync', 'status'])).stdout, /DELIVERIES +STATE +LABEL/);
  assert.match((await run(['device', 'list'])).stdout, /sohoasim:1 +Sohoa/);
  assert.match((await run(['device', 'show', 'sohoasim:1'])).stdout, /sources: flatbed, adf[^]*resolution +300 +dpi/);
  assert.equal((await run(['device', 'test', 'sohoasim:1'])).status, 0);
  assert.match((await run(['status'])).stdout, /store.free_bytes: 10000000000/);
  assert.match((await run(['open'])).stdout, /^http:\/\/127\.0\.0\.1:\d+\/open\/\S+\n$/);
  assert.match((await run(['version'])).stdout, /^sohoa \d+\.\d+\.\d+\n$/);
  assert.match((await run(['--version'])).stdout, /^sohoa \d+\.\d+\.\d+\n$/);
  assert.deepEqual(Object.keys(await json(['--version'])), ['version']);
});

test('a full disk behind stdout is a failure', {skip: !existsSync('/dev/full') && 'no /dev/full'}, () => {
  const {status, stderr} = spawnSync('sh', ['-c', `"${sohoa}" version > /dev/full`], {encoding: 'utf8'});
  assert.equal(status, 1);
  assert.match(stderr, /stdout/);
});

test('bash completes nouns, verbs and options from the printed script', async () => {
  const script = (await run(['completion', 'bash'])).stdout;
  const complete = (...words) => {
    const setup = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _sohoa; echo "\${COMPREPLY[@]}"`;
    const {stdout, stderr} = spawnSync('bash', ['-c', `${script}\n${setup}`], {encoding: 'utf8'});
    assert.equal(stderr, '');
    return stdout.trim().split(' ');
  };
  assert.deepEqual(complete('sohoa', 'do'), ['dossier', 'document']);
  assert.deepEqual(complete('sohoa', 'queue', 're'), ['retry', 'release']);
  assert.deepEqual(complete('sohoa', 'document', 'confirm', '--f'), ['--field']);
  assert.deepEqual(complete('sohoa', 'scan', 'X', '--so'), ['--socket', '--source']);
  assert.deepEqual(complete('sohoa', 'scan', 'X', '--source', ''), ['flatbed', 'adf', 'duplex']);
  assert.deepEqual(complete('sohoa', 'process', 'X', '--s'), ['--split']);
});

test('the completion file that is installed knows every noun, verb and option', async () => {
  const file = path.join(source, 'packaging/completion/sohoa');
  const program = path.dirname(sohoa);
  const complete = (...words) => {
    const setup = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _sohoa; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const {stdout, stderr} = spawnSync('bash', ['-c', `source '${file}'\n${setup}`],
      {encoding: 'utf8', cwd: folder, env: {...process.env, PATH: `${program}:${process.env.PATH}`}});
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  };
  const table = readFileSync(path.join(source, 'daemon/cli/commands.c'), 'utf8');
  const rows = [...table.matchAll(/^ {4}\{"([a-z]+)",\s+(?:"([a-z]+)"|NULL),/gm)].map(([, noun, verb]) => ({noun, verb}));
  assert.ok(rows.length >= 45);
  const nouns = complete('sohoa', '');
  for (const {noun, verb} of rows) {
    assert.ok(nouns.includes(noun), noun);
    assert.ok(!verb || complete('sohoa', noun, '').includes(verb), `${noun} ${verb}`);
    const help = (await run([noun, ...(verb ? [verb] : []), '--help'])).stdout;
    const offered = complete('sohoa', noun, verb ?? 'X', '--');
    for (const [, option] of help.matchAll(/^ +(?:-\w, )?--([a-z-]+)/gm))
      assert.ok(offered.includes(`--${option}`), `${noun} ${verb ?? ''} --${option}`);
  }
});
