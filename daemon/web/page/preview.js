/* The page while the lamp moves: rows of the running scan, drawn on a canvas as they come. Only rows that are
 * not there yet are fetched, one request at a time and at most four a second. */
import {getBytes} from './api.js';

const FETCH_MIN_MS = 250;
const A4_RATIO = 297 / 210; // for scanners that do not say how long the page is

function pictureOf(name) {
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', name);
  return canvas;
}

export class Preview {
  canvas = pictureOf('Trang đang quét');
  rows = 0; // drawn so far

  #job = '';
  #page = 0;
  #wanted = 0;
  #fetching = false;
  #lastMs = 0;
  #timer = 0;
  #onDrawn;

  constructor(onDrawn) {
    this.#onDrawn = onDrawn;
    this.canvas.className = 'preview';
  }

  /* facts: {width, rows, channels, rows_expected} of the page that is coming. */
  follow(job, page, facts) {
    if (job !== this.#job || page !== this.#page)
      this.clear();
    if (!this.rows && !this.#wanted)
      this.#lay(facts);
    this.#job = job;
    this.#page = page;
    this.#wanted = facts.rows;
    this.#fetchSoon();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#page = 0;
    this.#wanted = 0;
    this.rows = 0;
  }

  /* What is drawn now, as a canvas of its own; null when there is nothing. */
  copy() {
    if (!this.rows)
      return null;
    const copy = pictureOf('Trang vừa quét');
    copy.width = this.canvas.width;
    copy.height = this.canvas.height;
    copy.getContext('2d').drawImage(this.canvas, 0, 0);
    return copy;
  }

  /* Setting a size empties a canvas. */
  #lay({width, rows_expected: expected}) {
    this.canvas.width = width;
    this.canvas.height = expected > 0 ? expected : Math.round(width * A4_RATIO);
  }

  #fetchSoon() {
    if (this.#fetching || this.#timer || this.rows >= this.#wanted)
      return;
    this.#timer = setTimeout(() => this.#fetch(), Math.max(0, this.#lastMs + FETCH_MIN_MS - Date.now()));
  }

  async #fetch() {
    const page = this.#page;
    this.#timer = 0;
    this.#lastMs = Date.now();
    this.#fetching = true;
    const got = await getBytes(`/v1/jobs/${this.#job}/preview?from=${this.rows}`, 'Sohoa-Preview').catch(() => null);
    this.#fetching = false;
    if (page !== this.#page) // the page came meanwhile
      return this.#fetchSoon();
    if (!got)
      return undefined; // the next progress asks again
    this.#draw(got.facts, got.bytes);
    return this.#fetchSoon();
  }

  #draw({width, channels, from}, bytes) {
    const count = Math.floor(bytes.length / (width * channels));
    if (!count || width !== this.canvas.width)
      return;
    if (from + count > this.canvas.height)
      this.#lengthen(from + count);
    const image = new ImageData(width, count);
    for (let pixel = 0; pixel < width * count; pixel++) {
      const at = pixel * channels;
      image.data[4 * pixel] = bytes[at];
      image.data[4 * pixel + 1] = bytes[at + (channels === 3 ? 1 : 0)];
      image.data[4 * pixel + 2] = bytes[at + (channels === 3 ? 2 : 0)];
      image.data[4 * pixel + 3] = 255;
    }
    this.canvas.getContext('2d').putImageData(image, 0, from);
    this.rows = from + count;
    this.#onDrawn();
  }

  #lengthen(rows) {
    const kept = this.copy();
    this.canvas.height = rows;
    if (kept)
      this.canvas.getContext('2d').drawImage(kept, 0, 0);
  }
}
