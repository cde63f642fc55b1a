/* The dossiers of the station, newest first and as far as asked for, and those that were searched for. */
import {get} from './api.js';

const STEP = 30;
const SEARCH_STEP = 500;
const FOUND_MAX = 100;

export class DossierList {
  all = [];
  hasMore = false;
  search = null; // {found: [dossier], isDone}

  #station;

  constructor(station) {
    this.#station = station;
  }

  async read() {
    const newest = (await get(`/v1/dossiers?limit=${STEP}`)).dossiers ?? [];
    const known = new Set(newest.map(({id}) => id));
    const older = this.all.filter(({id, created_us: us}) => !known.has(id) && us <= newest.at(-1)?.created_us);
    this.all = [...newest, ...older];
    if (!older.length)
      this.hasMore = newest.length === STEP;
  }

  more() {
    return this.#station.act(async () => {
      const older = await this.#older(this.all.at(-1)?.id, STEP);
      this.all = [...this.all, ...older];
      this.hasMore = older.length === STEP;
    });
  }

  async #older(before, limit) {
    const place = before ? `&before=${before}` : '';
    return (await get(`/v1/dossiers?limit=${limit}${place}`)).dossiers ?? [];
  }

  /* Those of that code, else those whose code has the text in it, newest first; '' ends the search. */
  async find(text) {
    const station = this.#station;
    const search = text ? {found: [], isDone: false} : null;
    this.search = search;
    station.changed();
    if (!search)
      return;
    search.found = await this.#ofCode(text);
    search.isDone = search.found.length > 0;
    for (let before; search === this.search && !search.isDone;) {
      const some = await this.#older(before, SEARCH_STEP).catch((error) => station.showError(error) ?? []);
      before = some.at(-1)?.id;
      search.found.push(...some.filter(({code}) => code?.toLowerCase().includes(text.toLowerCase())));
      search.isDone = some.length < SEARCH_STEP || search.found.length >= FOUND_MAX;
      station.changed();
    }
    station.changed();
  }

  /* None, too, for what is no whole code. */
  #ofCode(code) {
    return get(`/v1/dossiers?code=${encodeURIComponent(code)}`).then(({dossiers}) => dossiers, () => []);
  }
}
