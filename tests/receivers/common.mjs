// What the receiving systems of the tests share: HTTP, orders on stdin, faults that are asked for.
//
// One order a line, JSON; one answer a line. {"fail": {"status": 503, "retry_after": "7", "times": 1}},
// {"portal": n}: so many login pages of a network with status 200. {"drop": n}: so many requests are
// carried out and their answer is cut. {"report": true}: what is held and what came.
import http from 'node:http';
import readline from 'node:readline';

export function readBody(request, limit = 1 << 20) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let size = 0;
    request.on('data', (part) => {
      size += part.length;
      if (size > limit) reject(new Error('too much'));
      parts.push(part);
    });
    request.on('end', () => resolve(Buffer.concat(parts)));
    request.on('error', reject);
  });
}

export async function readJson(request) {
  const body = await readBody(request);
  return body.length ? JSON.parse(body.toString('utf8')) : {};
}

export function answer(response, status, value, fields = {}) {
  const text = JSON.stringify(value);
  response.writeHead(status, {'Content-Type': 'application/json; charset=utf-8', ...fields});
  response.end(text);
}

const PORTAL = '<!doctype html><title>Wi-Fi</title><form>Đăng nhập mạng</form>';

function spoil(faults, request, response) {
  if (faults.portal > 0) {
    faults.portal--;
    response.writeHead(200, {'Content-Type': 'text/html; charset=utf-8'});
    response.end(PORTAL);
    return true;
  }
  if (faults.fail?.times > 0 && (!faults.fail.path || request.url.startsWith(faults.fail.path))) {
    faults.fail.times--;
    const fields = faults.fail.retry_after ? {'Retry-After': faults.fail.retry_after} : {};
    if (faults.fail.html) {
      response.writeHead(faults.fail.status, {'Content-Type': 'text/html', ...fields});
      response.end('<html><h1>Error</h1></html>');
    } else {
      answer(response, faults.fail.status, faults.fail.body ?? {}, fields);
    }
    return true;
  }
  if (faults.drop?.times > 0 && request.url.startsWith(faults.drop.path)) {
    faults.drop.times--;
    response.end = () => request.socket.destroy();
  }
  return false;
}

// `handle(request, response)` answers everything; `orders` {name: (value) => answer}; `report()`.
export function serve({handle, orders = {}, report}) {
  const faults = {};
  const server = http.createServer(async (request, response) => {
    if (spoil(faults, request, response)) return;
    try {
      await handle(request, response);
    } catch (error) {
      if (!response.headersSent) answer(response, 500, {message: String(error)});
    }
  });
  const known = {
    fail: (value) => ((faults.fail = value), {}),
    portal: (value) => ((faults.portal = value), {}),
    drop: (value) => ((faults.drop = value), {}),
    report: () => report(),
    ...orders,
  };
  readline.createInterface({input: process.stdin}).on('line', async (line) => {
    const order = JSON.parse(line);
    const name = Object.keys(order)[0];
    process.stdout.write(`${JSON.stringify(await known[name](order[name]))}\n`);
  }).on('close', () => process.exit(0));
  return new Promise((resolve) => {
    server.listen(Number(process.env.RECEIVER_PORT ?? 0), '127.0.0.1', () => resolve(server.address().port));
  });
}

export function ready(port) {
  process.stdout.write(`${JSON.stringify({port})}\n`);
}
