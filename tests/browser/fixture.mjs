/* What the tests of the page begin and end with, and what all of them do: `page` and what is behind it are those of
 * the running test. */
import assert from 'node:assert/strict';
import {after, afterEach, before, beforeEach, test} from 'node:test';
import {openBrowser, startFake, WAIT_MS} from './browser.mjs';
import {isBuilt, Station} from './station.mjs';

export let page;
export let browser;
export let fake;    // the made-up station
export let station; // the real one

const REFUSED = /status of 4\d\d|net::ERR_/; // the console tells of every refusal

function assertQuiet(refusals) {
  assert.deepEqual(browser.foreign, [], 'the page asks nobody else');
  const own = browser.complaints.filter((line) => !REFUSED.test(line) && !refusals?.test(line));
  assert.deepEqual(own, [], 'the console is quiet');
}

/* News that go away by themselves are kept in globalThis.seen: on a slow machine they are gone before a test looks. */
function keepNews() {
  globalThis.seen = new Set();
  new MutationObserver(() => {
    for (const place of document.querySelectorAll('.toast, .progress'))
      globalThis.seen.add(place.textContent.replace(/\s+/g, ' ').trim());
  }).observe(document, {childList: true, characterData: true, subtree: true});
}

async function open(address, ready) {
  await page.goto(address);
  await page.waitForSelector(ready, {state: 'attached'});
}

async function begin() {
  browser = await openBrowser();
  page = browser.page;
  await page.addInitScript(keepNews);
}

/* Every test has a station nobody has used and a page of its own. refusals: console lines the tests bring about. */
export function onMadeUpStation({pageMs, refusals}) {
  before(async () => {
    fake = await startFake('--page-ms', String(pageMs));
  });
  after(() => fake.stop());
  beforeEach(async () => {
    await fake.tell({reset: true});
    await begin();
    await open(fake.url, '#new-code');
  });
  afterEach(async () => {
    await browser.close();
    assertQuiet(refusals);
  });
}

/* All tests of the file share one station and one page. prepare(station): before it starts; isOpen: the page, by its link. */
export function onRealStation({prepare, isOpen = true, ...options} = {}) {
  if (!isBuilt) {
    console.log('SKIP: sohoad is not built');
    process.exit(process.env.CI === 'true' ? 1 : 0);
  }
  before(async () => {
    station = new Station(options);
    prepare?.(station);
    await station.start();
    await begin();
    if (isOpen)
      await openPage();
  });
  after(async () => {
    await browser?.close();
    await station?.stop();
    station?.remove();
  });
}

/* The page of the real station, by a new link, once it knows the scanner. */
export const openPage = () => open(station.link(), '#device option >> nth=1');

export function lastlyIsQuiet() {
  test('nothing left this machine and the console stayed quiet', () => assertQuiet());
}

/* ---- what a clerk does ---- */

/* A new one, looked at. source: where the paper lies, as chosen before when undefined. */
export async function openDossier({code = '', papers = 1, source} = {}) {
  const old = dossierId();
  await page.fill('#new-code', code);
  await page.fill('#new-papers', String(papers));
  await page.focus('#new-papers');
  await page.keyboard.press('Enter');
  await page.waitForFunction((id) => {
    const now = new URLSearchParams(location.hash.slice(1)).get('ho-so');
    return now && now !== id;
  }, old);
  await page.waitForSelector('#scan:not([disabled])');
  if (source)
    await page.selectOption('#source', source);
}

/* '' where none is looked at. */
export const dossierId = () => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('ho-so') ?? '';

/* From the menu of the page that is looked at, or another menu. */
export async function choose(title, menu = '.sheet .opener') {
  await page.click(menu);
  await page.click(`.menu-list button >> text=${title}`);
}

/* The side of the first paper with that number. */
export const show = (number) => page.click(`.thumbs li.side >> nth=${number - 1} >> .thumb`);

/* ---- what is to be seen ---- */

export const text = (selector) => page.textContent(selector).then((found) => found.replace(/\s+/g, ' ').trim());
export const focused = () => page.evaluate(() => document.activeElement.id);
export const untilFocused = (id) => page.waitForFunction((wanted) => document.activeElement.id === wanted, id);

/* News of the scan, or told for a while, since the page was loaded. */
export const untilSeen = (pattern) => page.waitForFunction((source) => [...globalThis.seen].some((news) => new RegExp(source).test(news)),
  pattern.source);

/* Asked again until it holds; what it waits for comes of the page or the station, not of time. */
export async function until(condition) {
  const untilMs = Date.now() + WAIT_MS;
  while (!await condition() && Date.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(await condition());
}
