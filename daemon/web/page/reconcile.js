/* What people have to do about records at the warehouses, and how the comparisons with them went. Read when it is looked at. */
import {attempt} from './attempt.js';
import {get, post} from './api.js';

export class Reconcile {
  tasks = [];
  counts = {};    // open tasks by kind
  runs = [];      // newest first
  running = '';   // target that is being compared
  isOpen = false;
  error = null;
  isBusy = false;

  #station;

  constructor(station) {
    this.#station = station;
  }

  get open() {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /* The number beside the button always, the rest while somebody looks. */
  async read() {
    const {tasks = [], open = {}} = await get(this.isOpen ? '/v1/tasks' : '/v1/tasks?limit=1');
    Object.assign(this, {tasks: this.isOpen ? tasks : [], counts: open});
    if (!this.isOpen)
      return;
    const {reconciles = [], running} = await get('/v1/reconciles?limit=20');
    Object.assign(this, {runs: reconciles, running: running ?? ''});
  }

  show() {
    Object.assign(this, {isOpen: true, error: null});
    return this.#try(() => this.read());
  }

  close() {
    Object.assign(this, {isOpen: false, tasks: [], runs: [], error: null});
    this.#station.changed();
  }

  /* An event of a comparison: a page of it was compared, or it ended. */
  onRun({run}) {
    if (!run || !this.isOpen)
      return;
    this.running = run.state === 'running' ? run.target : '';
    this.runs = [run, ...this.runs.filter(({id}) => id !== run.id)];
    if (run.state !== 'running')
      this.#station.refresh('tasks');
    this.#station.changed();
  }

  closeTask(id, how, note) {
    return this.#try(async () => {
      await post(`/v1/tasks/${id}/close`, note ? {how, note} : {how});
      await this.read();
      this.#station.refresh('queue', 'alarms');
    });
  }

  compare() {
    return this.#try(async () => {
      const {targets = []} = await post('/v1/sync', {reconcile: true});
      this.running = targets[0] ?? '';
    });
  }

  #try(action) {
    return attempt(this, () => this.#station.changed(), action);
  }
}
