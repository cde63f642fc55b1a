/*
 * Paper that comes as files into the open dossier: what is being sent from here, what came of it, and the folders
 * of copying machines. A file is sent one after the other; one that could not be sent stays and can be sent again.
 */
import {get, post, upload} from './api.js';

const ASK_AGAIN_MS = 2000;
const ITEMS = 200;
const UPLOAD = 'upload'; // the folder of files that were sent from a page
const ENDED = new Set(['done', 'duplicate', 'refused', 'waiting']);

const path = (folder) => `/v1/imports/${encodeURIComponent(folder)}`;

export class Imports {
  folders = []; // as the daemon tells them
  items = [];   // of the dossier that is looked at, newest first
  uploads = []; // [{key, file, dossierId, documentId, sent, error, isTwin}] oldest first; isTwin: the dossier has it

  stray = null; // {folder, dossierId, count, names}: came before a dossier was chosen; the clerk says whose they are

  #station;
  #timer = 0;
  #isSending = false;

  constructor(station) {
    this.#station = station;
    addEventListener('beforeunload', (event) => this.#isSending && event.preventDefault());
  }

  get copiers() {
    return this.folders.filter(({kind}) => kind === 'scan');
  }

  /* Files into another dossier go on in the background, and are not shown here. */
  get uploadsHere() {
    return this.uploads.filter(({dossierId}) => dossierId === this.#station.dossierId);
  }

  async read() {
    clearTimeout(this.#timer);
    const {dossierId} = this.#station;
    this.folders = (await get('/v1/imports')).imports ?? [];
    if (!dossierId)
      return;
    const names = new Set([UPLOAD, ...this.folders.map(({name}) => name)]);
    const lists = await Promise.all([...names].map((name) => get(`${path(name)}/items?limit=${ITEMS}`)));
    if (dossierId !== this.#station.dossierId)
      return;
    this.items = lists.flatMap(({items}) => items ?? []).filter((item) => item.dossier_id === dossierId)
      .sort((a, b) => b.id.localeCompare(a.id));
    this.#askAgain();
  }

  /* What is still on its way is asked about until it has come to its end; a feed, when it ends by itself. */
  #askAgain() {
    clearTimeout(this.#timer);
    const ends = this.copiers.map(({feed}) => feed?.until_us / 1000 - Date.now()).filter((ms) => ms > 0);
    const isComing = this.items.some(({state}) => !ENDED.has(state));
    const ms = Math.min(...ends.map((end) => end + 1000), ...isComing ? [ASK_AGAIN_MS] : []);
    if (ms < Infinity)
      this.#timer = setTimeout(() => this.#station.refresh('imports', 'dossier'), ms);
  }

  /* ---- what the clerk does ---- */

  /* documentId: the paper they belong to; undefined: papers of their own. */
  send(files, documentId) {
    const {dossierId} = this.#station;
    this.uploads.push(...[...files].map((file) => ({key: crypto.randomUUID(), file, dossierId, documentId, sent: 0, error: null, isTwin: false})));
    this.#station.changed();
    this.#sendNext();
  }

  async #sendNext() {
    const next = this.uploads.find(({error, isTwin}) => !error && !isTwin);
    if (this.#isSending || !next)
      return;
    this.#isSending = true;
    await this.#sendOne(next);
    this.#isSending = false;
    this.#station.refresh('imports', 'dossier');
    this.#station.changed();
    this.#sendNext();
  }

  async #sendOne(row) {
    const {file, dossierId, documentId} = row;
    const query = `name=${encodeURIComponent(file.name)}&dossier_id=${dossierId}${documentId ? `&document_id=${documentId}` : ''}`;
    try {
      const {item, duplicate} = await upload(`/v1/imports/upload?${query}`, file, (sent) => {
        row.sent = sent;
        this.#station.changed();
      });
      if (duplicate)
        row.isTwin = true;
      else
        this.forget(row);
    } catch (error) {
      row.error = error;
    }
  }

  sendAgain(row) {
    row.error = null;
    row.sent = 0;
    this.#station.changed();
    this.#sendNext();
  }

  forget(row) {
    this.uploads = this.uploads.filter((other) => other !== row);
    this.#station.changed();
  }

  retry(item) {
    return this.#station.act(async () => {
      await post(`${path(item.folder)}/items/${item.id}/retry`);
      this.#station.refresh('imports');
      return true;
    });
  }

  /* The copying machine's folder feeds the open dossier, or none. waiting: 'take' or 'leave' what came before. */
  feed(folder, isFed, waiting) {
    const {dossierId} = this.#station;
    return this.#station.act(async () => {
      try {
        await post(`${path(folder.name)}/feed`, {dossier_id: isFed ? dossierId : null, waiting});
      } catch (error) {
        if (error.code !== 'FEED_WAITING')
          throw error;
        this.stray = await this.#readStray(folder, dossierId, error);
        return undefined;
      }
      this.stray = null;
      await this.read();
      this.#station.say(isFed ? 'Tệp từ máy photocopy được nhận vào hồ sơ này.' : 'Thôi nhận tệp từ máy photocopy.');
      return true;
    });
  }

  /* Some may not be whole yet, and are in the count only. */
  async #readStray(folder, dossierId, {detail}) {
    const {items} = await get(`${path(folder.name)}/items?state=waiting&limit=${ITEMS}`);
    const names = (items ?? []).filter(({dossier_id: bound, present}) => !bound && present).map((item) => item.path.split('/').at(-1));
    return {folder, dossierId, count: Number(/(\d+) files/.exec(detail)?.[1] ?? names.length), names};
  }

  strayIn(folder) {
    const {stray} = this;
    return stray?.folder.name === folder.name && stray.dossierId === this.#station.dossierId ? stray : null;
  }

  dropStray() {
    this.stray = null;
    this.#station.changed();
  }
}
