/*
 * What goes to the warehouses: alarms, how fast it goes, the morning report, the whole queue by state, one delivery in
 * words. Read when it is looked at; alarms and lines always.
 */
import {attempt} from './attempt.js';
import {get, post} from './api.js';

const PAGE = 100;
const MOVING_MS = 5000; // without news of a transfer it is over

export class Sync {
  alarms = [];
  counts = {};      // deliveries by state
  line = null;      // GET /v1/sync: {schedule, transfers, waiting, run}
  report = null;
  day = '';         // of the report; '': since the last working day began
  state = '';       // of the list; '': all that is not done
  items = [];
  hasMore = false;
  shown = null;     // one delivery in words
  late = null;      // {machine, state, items}
  view = '';        // 'report', 'queue', 'delivery', 'late'; '': closed
  error = null;
  isBusy = false;

  #station;
  #moving = new Map(); // delivery → {rate_bps, at}

  constructor(station) {
    this.#station = station;
  }

  /* ---- always ---- */

  async readAlarms() {
    const {alarms = [], store} = await get('/v1/status');
    Object.assign(this, {alarms, counts: store?.deliveries ?? {}});
  }

  async readLine() {
    this.line = await get('/v1/sync');
    if (this.view === 'queue')
      await this.#readList(this.items.length);
    if (this.view === 'delivery')
      await this.#readShown(this.shown.delivery.id);
    if (this.view === 'report')
      await this.#readReport();
  }

  onTransfer({id, rate_bps: rateBps}) {
    this.#moving.set(id, {rateBps, at: Date.now()});
    setTimeout(() => this.#station.changed(), MOVING_MS + 100);
    this.#station.changed();
  }

  /* {count, bytes a second} of what is on its way just now. */
  get moving() {
    const fresh = [...this.#moving.values()].filter(({at}) => Date.now() - at < MOVING_MS);
    return {count: fresh.length, bytes: fresh.reduce((sum, {rateBps}) => sum + rateBps / 8, 0)};
  }

  get targets() {
    return this.line?.schedule?.targets ?? [];
  }

  /* ---- the dialog ---- */

  open(view) {
    Object.assign(this, {view, error: null});
    return view === 'report' ? this.showReport('') : this.showState(this.state);
  }

  close() {
    Object.assign(this, {view: '', report: null, items: [], shown: null, late: null, error: null});
    this.#station.changed();
  }

  showReport(day) {
    Object.assign(this, {view: 'report', day, report: null});
    return this.#try(() => this.#readReport());
  }

  async #readReport() {
    const {day} = this;
    const report = await get(`/v1/sync/report${day ? `?day=${day}` : ''}`);
    if (day === this.day)
      Object.assign(this, {report, alarms: report.alarms ?? this.alarms});
  }

  showState(state) {
    Object.assign(this, {view: 'queue', state, items: []});
    return this.#try(() => this.#readList(0));
  }

  more() {
    return this.#try(async () => {
      const last = this.items.at(-1)?.id;
      const {deliveries} = await get(this.#listPath(PAGE, last));
      Object.assign(this, {items: [...this.items, ...deliveries], hasMore: deliveries.length === PAGE});
    });
  }

  async #readList(atLeast) {
    const {state} = this;
    const limit = Math.min(1000, Math.max(PAGE, atLeast));
    const {deliveries} = await get(this.#listPath(limit));
    if (state === this.state)
      Object.assign(this, {items: deliveries, hasMore: deliveries.length === limit});
  }

  #listPath(limit, before) {
    return `/v1/queue?limit=${limit}${this.state ? `&state=${this.state}` : ''}${before ? `&before=${before}` : ''}`;
  }

  showDelivery(id) {
    Object.assign(this, {view: 'delivery', shown: null});
    return this.#try(() => this.#readShown(id));
  }

  async #readShown(id) {
    this.shown = await get(`/v1/queue/${id}`);
  }

  showLate(machine, state) {
    Object.assign(this, {view: 'late', late: null});
    return this.#try(async () => {
      const {late} = await get(`/v1/sync/late?machine=${machine}&state=${state}${state === 'held' ? '&all=1' : ''}`);
      this.late = {machine, state, items: late};
    });
  }

  /* ---- what is done ---- */

  /* Tasks about deliveries have a dialog of their own (reconcile-dialog.js). */
  openTasks() {
    this.#station.dispatchEvent(new Event('tasks'));
  }

  sendNow() {
    return this.#act(() => post('/v1/sync', {reconcile: false}));
  }

  sendUntil(until, then) {
    return this.#act(() => post('/v1/sync', {until, then}));
  }

  /* The station is not switched off. */
  stay() {
    return this.#act(() => post('/v1/sync', {then: 'stay'}));
  }

  reconcile() {
    return this.#act(() => post('/v1/sync', {reconcile: true}));
  }

  /* verb: retry, release, hold, urgent, keep-theirs; of each of them. */
  change(verb, ids, body) {
    return this.#act(async () => {
      for (const id of ids)
        await post(`/v1/queue/${id}/${verb}`, body);
    });
  }

  /* How many that would be; undefined: it could not be asked. */
  async count(verb, wish) {
    let count;
    await this.#try(async () => {
      ({count} = await post(`/v1/queue/${verb}`, {...wish, dry_run: true}));
    });
    return count;
  }

  /* All that the wish names ({reason, target}, both or none). */
  changeMany(verb, wish) {
    return this.#act(async () => {
      for (let done = {left: 1, count: 1}; done.left > 0 && done.count > 0;)
        done = await post(`/v1/queue/${verb}`, wish);
    });
  }

  #act(action) {
    return this.#try(async () => {
      await action();
      this.#station.refresh('queue', 'alarms', 'line');
    });
  }

  #try(action) {
    return attempt(this, () => this.#station.changed(), action);
  }
}
