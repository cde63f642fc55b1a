/* A whole station for a test: the built sohoad with the simulated scanner, a test signer and a folder as
 * warehouse, everything in a temporary folder that goes with it. */
import {spawn, spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.SOHOA_BUILD ?? path.join(top, 'build');
const program = (name) => path.join(build, 'bin', name);

export const sample = JSON.parse(readFileSync(path.join(top, 'tests/data/sample/answers.json'), 'utf8'));

/* Path of a page of the sample. */
export const imageOf = (paper, file) => path.join(top, 'tests/data/sample', paper.folder, path.basename(file));

/* simulator, config: further lines of sohoasim.conf and sohoad.conf; config may be a function of the folder. */
export class Station {
  constructor({simulator = '', config = ''} = {}) {
    this.folder = mkdtempSync(path.join(os.tmpdir(), 'sohoa-station-'));
    for (const name of ['state', 'warehouse', 'sane', 'paper', 'simulator', 'signer'])
      mkdirSync(path.join(this.folder, name));
    const made = spawnSync(path.join(top, 'tests/harness/make-test-signer'), [path.join(this.folder, 'signer')]);
    if (made.status !== 0)
      throw new Error(`make-test-signer: ${made.stderr}`);
    this.password = readFileSync(path.join(this.folder, 'signer/password.txt'), 'utf8');
    this.socket = path.join(this.folder, 's.sock');
    this.#write('sane/dll.conf', 'sohoasim\n');
    this.#write('sane/sohoasim.conf', `folder ${this.folder}/paper\nstate ${this.folder}/simulator\n${simulator}`);
    this.#write('sohoad.conf', `state_dir = "${this.folder}/state"
socket = "${this.socket}"
port = 0
copier = "Cán bộ Thử Nghiệm"
signer_p12 = "${this.folder}/signer/rsa.p12"
${process.env.SOHOA_WEB ? `web_dir = "${process.env.SOHOA_WEB}"\n` : ''}target "warehouse" {
    kind = "dir"
    path = "${this.folder}/warehouse"
}
${typeof config === 'function' ? config(this.folder) : config}`);
  }

  #write(name, text) {
    writeFileSync(path.join(this.folder, name), text);
  }

  async start(port = 0) {
    this.child = spawn(program('sohoad'), ['--config', path.join(this.folder, 'sohoad.conf'), '--port', String(port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {...process.env, LD_LIBRARY_PATH: path.join(build, 'lib'), SANE_CONFIG_DIR: path.join(this.folder, 'sane')}});
    this.log = '';
    this.child.stderr.on('data', (piece) => (this.log += piece));
    this.ended = new Promise((resolve) => this.child.on('exit', resolve));
    for (let i = 0; i < 300; i++) {
      if (this.child.exitCode !== null)
        throw new Error(`sohoad ended:\n${this.log}`);
      if ([0, 1].includes(this.sohoa('status').status)) // 1: an alarm stands
        return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`sohoad does not answer:\n${this.log}`);
  }

  async stop() {
    if (this.child && this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      const late = setTimeout(() => this.child.kill('SIGKILL'), 20000);
      await this.ended;
      clearTimeout(late);
    }
    this.child = null;
  }

  remove() {
    rmSync(this.folder, {recursive: true, force: true});
  }

  sohoa(...args) {
    return spawnSync(program('sohoa'), [...args, '--socket', this.socket], {encoding: 'utf8', timeout: 60000});
  }

  json(...args) {
    const {status, stdout, stderr} = this.sohoa(...args, '--json');
    if (status !== 0)
      throw new Error(`sohoa ${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /* One-time address of the page. */
  link() {
    return this.sohoa('open').stdout.trim();
  }

  /* Lays the sheets of one paper of the sample into the feeder. */
  load(paper) {
    const folder = path.join(this.folder, 'paper');
    for (const name of readdirSync(folder))
      rmSync(path.join(folder, name));
    const names = paper.pages.map(({file}) => path.basename(file));
    paper.pages.forEach(({file}, i) =>
      copyFileSync(imageOf(paper, file), path.join(folder, names[i])));
    const sheets = paper.duplex
      ? names.filter((_, i) => i % 2 === 0).map((name, i) => [name, names[2 * i + 1]].filter(Boolean).join('\t')) : names;
    writeFileSync(path.join(folder, 'pile.txt'), `${sheets.join('\n')}\n`);
    rmSync(path.join(this.folder, 'simulator/feeder'), {force: true});
  }

  /* On the flatbed, instead of what lies on the pile. */
  layOnGlass(file) {
    const name = path.basename(file);
    copyFileSync(file, path.join(this.folder, 'paper', `glass-${name}`));
    this.#write('simulator/glass', `glass-${name}\n`);
  }

  /* Scripted trouble of the scanner; see drivers/simulator. */
  setFaults(text) {
    this.#write('simulator/faults', text);
  }

  warehouse() {
    const folder = path.join(this.folder, 'warehouse');
    return readdirSync(folder, {recursive: true}).map(String).sort();
  }
}

export const isBuilt = existsSync(program('sohoad'));
