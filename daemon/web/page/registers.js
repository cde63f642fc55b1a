/*
 * Registers that were kept beside old scans: of each folder what is in use, what joined its papers and what did not; a
 * file is looked at first (which column is which), then put to use. What is shown of rows names people: it is read when
 * it is looked at, and kept nowhere.
 */
import {attempt} from './attempt.js';
import {get, post, upload} from './api.js';

const ASK_AGAIN_MS = 1000;
const ITEMS = 200;

const path = (folder) => `/v1/imports/${encodeURIComponent(folder)}/register`;

export class Registers {
  folder = '';      // that is looked at
  status = null;    // of it, as the daemon tells it
  list = '';        // 'rows-alone' …; '': none is shown
  items = [];
  hasMore = false;
  trial = null;     // {file, told, said, sheet}: a file that was looked at; said: heading → column, sheet: as the clerk chose
  error = null;
  isBusy = false;

  #station;
  #timer = 0;

  constructor(station) {
    this.#station = station;
  }

  /* Folders that old scans lie in; a copying machine's has no register. */
  get folders() {
    return this.#station.imports.folders.filter(({kind}) => kind !== 'scan');
  }

  open(folder) {
    Object.assign(this, {folder: folder ?? this.folders[0]?.name ?? '', status: null, list: '', items: [], trial: null, error: null});
    return this.read();
  }

  close() {
    clearTimeout(this.#timer);
    Object.assign(this, {status: null, list: '', items: [], trial: null, error: null});
    this.#station.changed();
  }

  /* Papers are joined some at a time: asked again until all are. */
  async read() {
    clearTimeout(this.#timer);
    const {folder} = this;
    await this.#try(async () => {
      const status = await get(path(folder));
      if (folder === this.folder)
        this.status = status;
    });
    if (this.status?.joining)
      this.#timer = setTimeout(() => this.read(), ASK_AGAIN_MS);
  }

  show(list) {
    this.list = this.list === list ? '' : list;
    this.items = [];
    if (!this.list)
      return this.#station.changed();
    return this.more();
  }

  more() {
    const {list, folder} = this;
    return this.#try(async () => {
      const {items, more} = await get(`${path(folder)}/list?list=${list}&limit=${ITEMS}&offset=${this.items.length}`);
      if (list !== this.list || folder !== this.folder)
        return;
      this.items = [...this.items, ...items];
      this.hasMore = more;
    });
  }

  /* What would be read of the file; nothing is kept. */
  look(file, said = {}, sheet = '') {
    return this.#try(async () => {
      this.trial = {file, said, sheet, told: await this.#send({file, said, sheet}, true)};
    });
  }

  say(key, column) {
    return this.look(this.trial.file, {...this.trial.said, [key]: column}, this.trial.sheet);
  }

  /* Another sheet has other columns. */
  chooseSheet(sheet) {
    return this.look(this.trial.file, {}, sheet);
  }

  drop() {
    this.trial = null;
    this.#station.changed();
  }

  async use() {
    await this.#try(async () => {
      await this.#send(this.trial, false);
      this.trial = null;
      this.list = '';
    });
    if (!this.trial)
      await this.read();
  }

  #send({file, said, sheet}, isTrial) {
    const map = Object.entries(said).map(([key, column]) => `${key}:${column}`).join(',');
    const chosen = `${sheet ? `&sheet=${encodeURIComponent(sheet)}` : ''}${map ? `&map=${map}` : ''}`;
    return upload(`${path(this.folder)}?file=${encodeURIComponent(file.name)}${chosen}${isTrial ? '&dry_run=1' : ''}`, file, () => null);
  }

  /* The paper is that row ({register_id, line}), no row (null), or whatever the machine finds ('auto'). */
  join(documentId, row) {
    const body = row === null || row === 'auto' ? {register_id: row} : {register_id: row.register_id, line: row.line};
    return this.#station.act(async () => {
      await post(`/v1/documents/${documentId}/register`, body);
      this.#station.refresh('document', 'dossier');
      return true;
    });
  }

  #try(action) {
    return attempt(this, () => this.#station.changed(), action);
  }
}
