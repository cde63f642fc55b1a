#!/usr/bin/env node
/* A receiving system that answers look-ups as the national warehouse does (regulations 11.3), hands out files and numbers results.
 *
 *   receiver.mjs FOLDER       prints "ready PORT"; FOLDER/port is what it listens on, FOLDER/requests.jsonl what it was asked
 *
 * What it answers is read anew for each request from FOLDER/answer.json:
 *   {"held": [as on the wire], "wait_ms": n, "status": n, "raw": text instead of JSON, "file": text of every file, "code": text}
 */
import {createServer} from 'node:http';
import {appendFileSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const [folder] = process.argv.slice(2);
const known = join(folder, 'port');
const codes = new Map(); // by their key: asked again, the same one

const answers = {
  '/login': () => ({session: 'open', error_code: '0'}),
  '/TraCuuKetQua': ({held = []}) => ({errorCode: '0', message: '', result: {DanhSachGiayToKetQua: held}}),
  '/CapMaKetQua': ({code = 'KQ.G15'}, {MaYeuCau: key}) => {
    if (!codes.has(key))
      codes.set(key, `${code}.${String(codes.size + 1).padStart(6, '0')}`);
    return {error_code: '0', MaGiayToKetQua: codes.get(key)};
  },
};

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request)
    body += part;
  const asked = body ? JSON.parse(body) : {};
  const {pathname} = new URL(request.url, 'http://localhost');
  const now = JSON.parse(readFileSync(join(folder, 'answer.json')));
  appendFileSync(join(folder, 'requests.jsonl'), `${JSON.stringify({path: pathname, body: asked})}\n`);
  if (pathname !== '/login' && now.wait_ms)
    await new Promise((resolve) => setTimeout(resolve, now.wait_ms));
  if (pathname === '/TaiTepKetQua') {
    response.writeHead(now.file ? 200 : 404, {'Content-Type': 'application/pdf'}).end(now.file ?? '');
    return;
  }
  const isRaw = pathname !== '/login' && now.raw !== undefined;
  response.writeHead(pathname !== '/login' && now.status || (answers[pathname] ? 200 : 404), {'Content-Type': 'application/json'});
  response.end(isRaw ? now.raw : JSON.stringify(answers[pathname]?.(now, asked) ?? {error_code: '404', message: 'Không có'}));
});

server.listen(existsSync(known) ? Number(readFileSync(known)) : 0, '127.0.0.1', () => {
  writeFileSync(known, `${server.address().port}`);
  console.log(`ready ${server.address().port}`);
});
