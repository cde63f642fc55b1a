/* A daemon of a few lines for tests of the command line: what it is asked is kept, what it answers is a table. */
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const source = process.env.SOHOA_SOURCE ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const sohoa = path.join(process.env.SOHOA_BUILD ?? path.join(source, 'build'), 'bin/sohoa');

/* answers: {'GET /v1/x': body | (request) => body}; a body with `code` is a refusal. The path is matched without its query. */
export class Stub {
  constructor() {
    this.folder = mkdtempSync(path.join(os.tmpdir(), 'sohoa-stub-'));
    this.socket = path.join(this.folder, 's.sock');
    this.answers = {};
    this.asked = [];
    this.server = http.createServer((request, response) => this.#answer(request, response));
  }

  start() {
    return new Promise((resolve) => this.server.listen(this.socket, resolve));
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, {recursive: true});
  }

  async #answer(request, response) {
    let text = '';
    for await (const piece of request)
      text += piece;
    const [name] = request.url.split('?');
    const asked = {line: `${request.method} ${decodeURIComponent(request.url)}`, body: text ? JSON.parse(text) : null};
    if (name !== '/v1/events')
      this.asked.push(asked);
    const found = this.answers[`${request.method} ${name}`];
    const body = (typeof found === 'function' ? found(asked) : found) ?? {code: 'NOT_FOUND', ref: 'AB12CD34', message: 'Không có.'};
    const status = body.code === 'CONFLICT' ? 409 : body.code ? 404 : 200;
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(status, {'Content-Type': 'application/json', 'Content-Length': bytes.length});
    response.end(bytes);
  }

  /* What was asked meanwhile is in `asked`. */
  run(...args) {
    this.asked = [];
    return ended(spawn(sohoa, args, {env: {...process.env, SOHOA_SOCKET: this.socket}}));
  }

  /* On a terminal of its own: `shows` waits for a text, `type` sends keys, `end` waits for the end and gives all it showed. */
  runOnTerminal(...args) {
    this.asked = [];
    const line = `${[sohoa, ...args].join(' ')}; echo "exit $?"`;
    const child = spawn('script', ['-qec', line, '/dev/null'], {env: {...process.env, SOHOA_SOCKET: this.socket}});
    let shown = '';
    child.stdout.on('data', (piece) => (shown += piece));
    const closed = ended(child);
    return {
      shows: (text) => until(`'${text}' in ${shown}`, () => shown.includes(text)),
      type: (keys) => child.stdin.write(keys),
      end: async () => {
        const {stdout} = await closed;
        child.stdin.end();
        return stdout;
      },
    };
  }
}

export async function until(what, is) {
  for (let i = 0; !is(); i++) {
    if (i === 400)
      throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function ended(child) {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  return new Promise((resolve) => child.on('close', (status) => resolve({status, stdout, stderr})));
}
