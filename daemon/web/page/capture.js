/*
 * The scan that runs or ran last: what the daemon tells of it, and what can be done with it. One that failed
 * and may go on is kept over a reload of the tab, with the request that began it.
 *
 *   start ─▶ running ─▶ done ─▶ (backs of a pile whose fronts are in)
 *              │  ▲
 *              │  └─ goOn: the same paper, the lost sheet fed again
 *              ├─▶ failed
 *              └─▶ waits: for the device (busy), or for the clerk's key (hands-free)
 */
import {get, post, remove} from './api.js';
import {Preview} from './preview.js';

const KEPT = 'sohoa.job';
const OPENING_MS = 30000; // the daemon gives a device so long to open
const OPENING_STEP_MS = 500;
const TICK_MS = 1000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Capture {
  job = null;
  request = null;   // what began the job, where this tab began it
  progress = null;  // {page, lines, lines_expected, preview} of the job
  isOpening = false; // the device, for the request
  preview = new Preview(() => this.#station.changed());

  #station;
  #timer = 0;       // of the seconds on the screen
  #ended = [];      // who waits for the end
  #heard = 0;       // events about jobs: an answer asked for before one came may be older than it

  constructor(station) {
    this.#station = station;
  }

  get isRunning() {
    return this.job?.state === 'running';
  }

  /* The job belongs to the dossier that is looked at. */
  get isHere() {
    return Boolean(this.job) && this.job.dossier_id === this.#station.dossierId;
  }

  isScanning(documentId) {
    return this.isRunning && this.job.document_id === documentId;
  }

  /* A repair that was cancelled left its paper as it was. */
  get canGoOn() {
    const isEnded = this.job?.state === 'failed' || this.job?.state === 'cancelled' && !this.isRepair;
    return this.isHere && isEnded && Boolean(this.job.can_continue);
  }

  get waitsForKey() {
    return this.isHere && this.isRunning && ['next', 'confirm'].includes(this.job.waits?.for);
  }

  /* A run whose first page is not confirmed. */
  get isAsked() {
    return this.job?.waits?.for === 'confirm';
  }

  /* Until the busy device is tried again, or the hands-free run goes on; null: nobody knows. */
  get secondsLeft() {
    const untilMs = (this.job?.waits?.until_us ?? 0) / 1000;
    return untilMs ? Math.max(0, Math.ceil((untilMs - Date.now()) / 1000)) : null;
  }

  /* It puts right a paper that was whole: one page in its place, or one more image of it. */
  get isRepair() {
    return Boolean(this.request?.position || this.request?.replaces || this.request?.part_of);
  }

  get isFlatbed() {
    const {devices} = this.#station;
    const profile = devices.profiles.find(({name}) => name === this.request?.profile) ?? devices.profileOf(devices.current);
    return (this.request?.source ?? profile?.settings?.source) === 'flatbed';
  }

  /* The paper whose backs may be scanned now: its fronts came through the feeder, one side each. */
  get frontsOnly() {
    const isPass = this.isHere && this.job.state === 'done' && this.request?.source === 'adf' && !this.request.backs;
    const paper = isPass && this.#station.documents.find(({id}) => id === this.job.document_id);
    const takesPages = paper && (paper.state === 'read' || paper.state === 'open' && !paper.scan_finished);
    return takesPages ? paper : null;
  }

  /* ---- what the daemon tells ---- */

  async restore() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
    if (!kept)
      return;
    this.request = kept.request;
    await this.#load(kept.id);
  }

  reload() {
    return this.isRunning ? this.#load(this.job.id) : undefined;
  }

  onProgress(data) {
    if (data.job !== this.job?.id)
      return;
    this.progress = data;
    if (data.preview)
      this.preview.follow(data.job, data.page, data.preview);
    this.#station.changed();
  }

  /* A job somebody else began in this dossier, or the machine's button, is followed, too. */
  onJob(job) {
    const isOurs = job.id === this.job?.id;
    const isNew = !isOurs && job.state === 'running' && job.dossier_id === this.#station.dossierId && !this.isRunning;
    if (isNew)
      this.#take(job, null);
    else if (isOurs)
      this.#update(job);
    this.#heard++;
  }

  #take(job, request) {
    this.job = null;
    this.request = request;
    this.progress = null;
    this.preview.clear();
    this.#update({pages: 0, ...job});
  }

  #update(job) {
    if (job.pages > (this.job?.pages ?? 0))
      this.#pageCame();
    this.job = {...this.job, ...job};
    if (this.isRunning || this.job.can_continue)
      sessionStorage.setItem(KEPT, JSON.stringify({id: job.id, request: this.request}));
    else
      sessionStorage.removeItem(KEPT);
    if (!this.isRunning)
      this.#end();
    this.#pace();
    this.#station.changed();
  }

  #pageCame() {
    this.progress = null;
    if (this.#station.arrival.isExpected)
      this.#station.arrival.picture = this.preview.copy();
    this.preview.clear();
  }

  #end() {
    this.progress = null;
    this.preview.clear();
    if (this.job.state === 'cancelled' && this.isRepair && this.request.finish)
      post(`/v1/documents/${this.job.document_id}/finish`).catch((error) => this.#station.showError(error));
    this.#station.refresh('dossiers', 'dossier', 'document');
    this.#ended.splice(0).forEach((resolve) => resolve());
  }

  async #load(id) {
    const heard = this.#heard;
    const answer = await get(`/v1/jobs/${id}`).catch(() => null);
    if (answer && heard !== this.#heard)
      return this.#load(id);
    if (answer?.job) {
      this.#update(answer.job);
      return undefined;
    }
    sessionStorage.removeItem(KEPT);
    this.job = null;
    this.#station.changed();
    return undefined;
  }

  /* ---- time ---- */

  /* Seconds are shown while something waits; the daemon counts them. */
  #pace() {
    clearTimeout(this.#timer);
    if (!this.isRunning || !this.job.waits)
      return;
    this.#passOnAnswer();
    this.#tick();
  }

  /* A run that this page began stands still until its first page is confirmed. */
  #passOnAnswer() {
    const isAnswered = this.isHere && this.isAsked && this.request?.confirm_first && !this.#station.arrival.isExpected;
    if (isAnswered)
      post(`/v1/jobs/${this.job.id}/confirm`).catch(() => null); // it was told already, or the job is over
  }

  #tick() {
    this.#timer = setTimeout(() => this.#tick(), TICK_MS);
    this.#station.changed();
  }

  /* The question about the first page was asked or answered. */
  onQuestion() {
    this.#pace();
  }

  /* ---- what the clerk does ---- */

  /* ask(): the options, once the page knows what is so: a paper that just ended takes no more pages. One they name
   * may have been read, and is finished again then. Resolves to true once the scan runs. */
  start(ask) {
    const {dossierId} = this.#station;
    if (!dossierId || this.isRunning)
      return undefined;
    this.#station.lease.onScan();
    return this.#station.act(async () => {
      const {openDocument} = this.#station;
      const asked = ask();
      const isRead = this.#station.documentOf(asked.document_id)?.state === 'read';
      const options = asked.document_id ? {finish: isRead, ...asked} : asked;
      const wish = options.hands_free && this.#station.arrival.isExpected ? {...options, confirm_first: true} : options;
      const request = openDocument && !wish.document_id ? {...wish, document_id: openDocument.id} : wish;
      const path = `/v1/dossiers/${dossierId}/scan`;
      this.#take(isRead ? await this.#askAgain(path, request) : await this.#ask(path, request), wish);
      await this.#load(this.job.id); // it may have ended before its first event reached us
      return true;
    });
  }

  /* A paper that was read is collected again; a scan that is refused leaves it as it was. */
  async #askAgain(path, request) {
    const paper = `/v1/documents/${request.document_id}`;
    await post(`${paper}/reopen`);
    try {
      return await this.#ask(path, request);
    } catch (refusal) {
      await post(`${paper}/finish`).catch(() => null);
      throw refusal;
    }
  }

  /* A device that is just being opened says that it is taken. */
  async #ask(path, body) {
    const untilMs = Date.now() + OPENING_MS;
    try {
      for (;;) {
        const answer = await post(path, body).catch((refusal) => refusal);
        if (answer.job)
          return answer.job;
        const isOpening = answer.code === 'SCAN_RUNNING' && Date.now() < untilMs && !(await get('/v1/status')).job;
        if (!isOpening)
          throw answer;
        this.isOpening = true;
        this.#station.changed();
        await pause(OPENING_STEP_MS);
      }
    } finally {
      this.isOpening = false;
    }
  }

  goOn() {
    if (!this.canGoOn)
      return undefined;
    return this.#station.act(async () => {
      this.#update(await this.#ask(`/v1/jobs/${this.job.id}/continue`, {}));
      await this.#load(this.job.id);
    });
  }

  /* What was scanned is the whole paper: what failed is done with. */
  async finishPaper() {
    const id = this.job.document_id;
    const isWhole = this.job.pages || this.isRepair && this.request.finish;
    if (isWhole && !await this.#station.papers.finish(id))
      return false;
    this.forget();
    return true;
  }

  async scanBacks(order) {
    const paper = this.frontsOnly;
    const {sheets} = this.job;
    const {source, device, profile, paper: size} = this.request;
    await this.start(() => JSON.parse(JSON.stringify(
      {source, device, profile, paper: size, document_id: paper.id, backs: order, sheets: sheets || undefined, finish: true})));
  }

  /* The whole pass once more: where it fits it takes the place of the one that did not. */
  async scanBacksAgain() {
    const {job: {id: former, document_id: documentId}, request} = this;
    const began = await this.start(() => ({...request, document_id: documentId}));
    if (!began)
      return;
    await this.whenEnded();
    if (this.job?.state === 'done')
      this.#station.edits.offerUndo('Lấy lại các trang của lượt mặt sau trước', () => this.#restorePass(former));
  }

  async #restorePass(jobId) {
    for (const {id} of this.#station.pages.filter(({job, state}) => job === jobId && state === 'rejected'))
      await this.#station.edits.restore(id);
  }

  next() {
    return this.#inRun('next');
  }

  finishRun() {
    return this.#inRun('finish');
  }

  #inRun(verb) {
    if (!this.waitsForKey || this.#station.arrival.page || this.isAsked)
      return undefined;
    clearTimeout(this.#timer);
    return this.#station.act(async () => {
      const {id} = this.job;
      await post(`/v1/jobs/${id}/${verb}`);
      await this.#load(id);
    });
  }

  cancel() {
    if (!this.isRunning)
      return undefined;
    return remove(`/v1/jobs/${this.job.id}`).catch((error) => this.#station.showError(error));
  }

  /* Resolves once nothing runs any more. */
  whenEnded() {
    return this.isRunning ? new Promise((resolve) => this.#ended.push(resolve)) : Promise.resolve();
  }

  forget() {
    sessionStorage.removeItem(KEPT);
    this.job = null;
    this.request = null;
    this.#station.changed();
  }
}
