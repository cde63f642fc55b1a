/* Headless Chromium for the tests: one for all tests of a file, with an empty profile for each, no request beyond
 * this machine; everything the page says on its console is kept. */
import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {after} from 'node:test';
import {fileURLToPath} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const build = process.env.SOHOA_BUILD ?? path.resolve(here, '../../build');

function skip(what) {
  console.log(`SKIP: ${what} is missing; packaging/install-deps brings it`);
  process.exit(process.env.CI === 'true' ? 1 : 0);
}

if (!existsSync(executablePath))
  skip(executablePath);
const {chromium} = await import('playwright-core').catch(() => skip('tests/browser/node_modules'));

/* For what comes at once on a machine that is not busy with something else. */
export const WAIT_MS = Number(process.env.SOHOA_BROWSER_TIMEOUT_MS ?? 60000);

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let running; // the one Chromium, once a test wanted it
after(async () => (await running)?.close());

/* {page, context, complaints, foreign, close()}: complaints are console errors, foreign the requests to elsewhere. */
export async function openBrowser({width = 1366, height = 768} = {}) {
  running ??= chromium.launch({executablePath, headless: true, args: FLAGS});
  const context = await (await running).newContext({viewport: {width, height}, locale: 'vi-VN'});
  const page = await context.newPage();
  const complaints = [];
  const foreign = [];
  page.on('console', (message) => {
    if (message.type() === 'error')
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!['127.0.0.1', 'localhost'].includes(new URL(request.url()).hostname))
      foreign.push(request.url());
  });
  page.setDefaultTimeout(WAIT_MS);
  return {
    page, context, complaints, foreign, close: () => context.close(),
  };
}

/* Violations of WCAG 2 A and AA that axe finds, as short lines. The policy forbids injected script elements, so
 * axe is run through the debugger. */
export async function findBarriers(page) {
  await page.evaluate(readFileSync(path.join(here, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const {violations} = await page.evaluate(() => globalThis.axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']}));
  return violations.map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target.join(' ')).join(' | ')}`);
}

/* A made-up station with the built page: {url, faults(), change(), tell(), cut(), stop()}. */
export async function startFake(...options) {
  const child = spawn(process.execPath, [path.join(here, 'fake-sohoad.mjs'), '--web', path.join(build, 'share/sohoa/web'),
    ...options], {stdio: ['ignore', 'pipe', 'inherit']});
  const {url} = JSON.parse(await new Promise((resolve) => child.stdout.once('data', resolve)));
  const tell = (body) => fetch(`${url}fake`, {method: 'POST', body: JSON.stringify(body)});
  return {url, faults: (faults) => tell({faults}), change: (change) => tell({change}),
    tell: (body) => tell(body).then((answer) => answer.json()), cut: () => tell({cut: true}), stop: () => child.kill()};
}

/* Keeps a picture when SOHOA_SHOTS names a folder. */
export async function shoot(page, name) {
  if (process.env.SOHOA_SHOTS)
    await page.screenshot({path: path.join(process.env.SOHOA_SHOTS, `${name}.png`)});
}
