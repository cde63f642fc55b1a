/*
 * What the page knows of the station. The daemon holds the truth: everything here is read from it and read
 * again whenever an event says that it changed. Only which dossier is looked at (address bar), the
 * running job's id, and answers typed but not yet confirmed (this tab's session storage) are the page's own.
 */
import {ApiError, get, patch, post, remove} from './api.js';
import {follow} from './events.js';

const REFRESH_MS = 120;
const RECENT_DOSSIERS = 30;

/* Refusals which say that the page shows what is no longer so. */
const OUTDATED = new Set(['STATE_CHANGED', 'NOT_FOUND', 'CODE_ALREADY_BOUND', 'VERSION_UNDER_WAY',
  'SIGNER_OTHER_PERSON']);

/* Documents that are no paper of the dossier any more. */
const GONE = new Set(['rejected', 'failed', 'superseded', 'withdrawn']);
const NOT_COMPARED = new Set(['open', 'read']);

/* What to read again when something of that kind changed: of all dossiers, and of the present one. */
const CHANGES = {
  page: {list: [], present: ['dossier', 'document']},
  document: {list: ['dossiers', 'signer'], present: ['dossier', 'document']},
  delivery: {list: ['queue'], present: ['dossier', 'document']},
  dossier: {list: ['dossiers'], present: ['dossier']},
};

/* Those that count, in order: a page nobody could process is not in the copy. */
export const countedPages = (pages) => pages.filter(({state}) => state !== 'rejected' && state !== 'failed')
  .sort((a, b) => a.position - b.position);

class Station extends EventTarget {
  connected = true;
  expired = '';        // why a new link is needed
  notice = null;       // {message, ref, code} of the last refused action
  said = '';           // last good news, for the live region
  messages = {};       // texts by error code

  dossiers = [];
  dossier = null;
  documents = [];
  pages = [];
  dossierId = '';
  documentId = '';
  documentPinned = false; // the clerk chose it: stay there
  detail = null;       // {document, pages, deliveries} of documentId

  devices = null;      // null: not asked yet
  devicesError = null;
  signer = null;
  deliveries = [];

  job = null;
  progress = null;     // {page, lines, lines_expected} of the job
  busy = false;

  #stale = new Set();
  #timer = 0;

  changed() {
    this.dispatchEvent(new Event('change'));
  }

  async start() {
    const place = new URLSearchParams(location.hash.slice(1));
    this.dossierId = place.get('ho-so') ?? '';
    this.documentId = place.get('giay') ?? '';
    follow('/v1/events', (name, data) => this.#onEvent(name, data),
      (connected, isRefused) => this.#onConnection(connected, isRefused));
    this.messages = await get('messages.json').catch(() => ({}));
    this.refresh('dossiers', 'dossier', 'document', 'signer', 'queue');
    this.loadDevices();
    const job = sessionStorage.getItem('sohoa.job');
    if (job)
      this.#loadJob(job);
  }

  #onConnection(connected, isRefused) {
    const back = connected && !this.connected;
    this.connected = connected;
    if (connected)
      this.expired = '';
    if (isRefused)
      this.#askWhyRefused();
    if (back) {
      this.refresh('dossiers', 'dossier', 'document', 'signer', 'queue');
      if (this.job?.state === 'running')
        this.#loadJob(this.job.id);
      if (this.devicesError)
        this.loadDevices();
    }
    this.changed();
  }

  /* A restarted daemon knows no session: only a new link helps. */
  async #askWhyRefused() {
    const error = await get('/v1/signer').then(() => null, (refusal) => refusal);
    this.expired = error?.code === 'UNAUTHENTICATED' ? error.message : '';
    this.changed();
  }

  #onEvent(name, data) {
    if (name === 'hello') {
      if (data.missed)
        this.refresh('dossiers', 'dossier', 'document', 'signer', 'queue');
    } else if (name === 'progress') {
      this.#onProgress(data);
    } else if (name === 'job') {
      this.#onJob(data.job?.id ? data.job : data);
    } else if (name === 'changed') {
      const {list, present} = CHANGES[data.kind] ?? CHANGES.document;
      this.refresh(...list);
      if (!data.dossier_id || data.dossier_id === this.dossierId)
        this.refresh(...present);
    }
  }

  #onProgress(data) {
    if (data.job !== this.job?.id)
      return;
    this.progress = data;
    this.changed();
  }

  #onJob(job) {
    if (job.id !== this.job?.id)
      return;
    this.job = {...this.job, ...job};
    if (job.state !== 'running') {
      this.progress = null;
      sessionStorage.removeItem('sohoa.job');
      this.refresh('dossiers', 'dossier', 'document');
    }
    this.changed();
  }

  async #loadJob(id) {
    const answer = await get(`/v1/jobs/${id}`).catch(() => null);
    const job = answer?.job ?? answer;
    if (!job?.id) {
      sessionStorage.removeItem('sohoa.job');
      this.job = null;
    } else {
      this.job = {...job};
      this.#onJob(job);
    }
    this.changed();
  }

  /* Marks what to read again; several marks within a moment are one reading. */
  refresh(...what) {
    if (!what.length && !this.#stale.size)
      return;
    for (const part of what)
      this.#stale.add(part);
    if (!this.#timer)
      this.#timer = setTimeout(() => this.#readStale(), REFRESH_MS);
  }

  async #readStale() {
    const stale = this.#stale;
    this.#stale = new Set();
    const readers = {
      dossiers: () => this.#readDossiers(),
      dossier: () => this.#readDossier(),
      document: () => this.#readDocument(),
      signer: () => this.#readSigner(),
      queue: () => this.#readQueue(),
    };
    await Promise.all([...stale].map((part) => readers[part]().catch((error) => this.#onReadError(error))));
    this.#timer = 0;
    if (this.#stale.size)
      this.refresh();
    this.changed();
  }

  #onReadError(error) {
    if (error.code !== 'DAEMON_UNREACHABLE')
      this.showError(error);
  }

  async #readDossiers() {
    this.dossiers = (await get(`/v1/dossiers?limit=${RECENT_DOSSIERS}`)).dossiers ?? [];
  }

  async #readDossier() {
    if (!this.dossierId)
      return;
    const id = this.dossierId;
    let answer;
    try {
      answer = await get(`/v1/dossiers/${id}`);
    } catch (error) {
      if (error.code === 'NOT_FOUND')
        this.#look('', '');
      throw error;
    }
    if (id !== this.dossierId)
      return;
    this.dossier = answer.dossier;
    this.documents = answer.documents ?? [];
    this.pages = answer.pages ?? [];
    this.#moveToReview();
  }

  /* Shows the paper that waits for the clerk, unless the clerk is busy with one. */
  #moveToReview() {
    const present = this.documents.find((document) => document.id === this.documentId);
    const waiting = this.nextToReview();
    const isFree = !present || !this.documentPinned && present.state !== 'read' && waiting?.state === 'read';
    if (isFree && waiting?.id !== this.documentId)
      this.#showDocument(waiting?.id ?? '');
  }

  async #readDocument() {
    const id = this.documentId;
    const detail = id ? await get(`/v1/documents/${id}`) : null;
    if (id === this.documentId)
      this.detail = detail;
  }

  async #readSigner() {
    this.signer = await get('/v1/signer');
  }

  async #readQueue() {
    this.deliveries = (await get('/v1/queue')).deliveries ?? [];
  }

  async loadDevices() {
    this.devicesError = null;
    this.devices = null;
    this.changed();
    try {
      this.devices = (await get('/v1/devices')).devices ?? [];
    } catch (error) {
      this.devices = [];
      this.devicesError = error;
    }
    this.changed();
  }

  #look(dossierId, documentId) {
    this.dossierId = dossierId;
    this.documentId = documentId;
    const place = new URLSearchParams();
    if (dossierId)
      place.set('ho-so', dossierId);
    if (documentId)
      place.set('giay', documentId);
    history.replaceState(null, '', place.size ? `#${place}` : location.pathname);
  }

  chooseDossier(id) {
    this.#look(id, '');
    this.documentPinned = false;
    this.dossier = null;
    this.documents = [];
    this.pages = [];
    this.detail = null;
    this.refresh('dossier', 'document');
    this.changed();
  }

  chooseDocument(id) {
    this.documentPinned = true;
    if (id !== this.documentId || !this.detail)
      this.#showDocument(id);
  }

  #showDocument(id) {
    this.#look(this.dossierId, id);
    this.detail = null;
    this.refresh('document');
    this.changed();
  }

  nextToReview() {
    return this.documents.find((document) => document.state === 'read') ??
      this.documents.find((document) => document.state === 'held') ?? this.documents.at(-1);
  }

  get scanning() {
    return this.job?.state === 'running';
  }

  /* The paper that still takes pages: the last one whose scan is not finished. */
  get openDocument() {
    return this.documents.findLast((document) => document.state === 'open' && !document.scan_finished);
  }

  /* The dossier code printed on this dossier's own receipt. */
  get codeRead() {
    const receipt = this.documents.find((document) => document.type === 'receipt-slip');
    return receipt?.fields.dossier_code?.value;
  }

  pagesOf(documentId) {
    return countedPages(this.pages.filter((page) => page.document_id === documentId));
  }

  failedPagesOf(documentId) {
    return this.pages.filter((page) => page.document_id === documentId && page.state === 'failed');
  }

  /* Papers of the dossier as the daemon counts them when it is to be closed. */
  get counts() {
    const replaced = new Set(this.documents.filter(({state}) => state !== 'rejected' && state !== 'failed')
      .map(({replaces}) => replaces));
    const papers = this.documents.filter(({id, state}) => !GONE.has(state) && !replaced.has(id));
    return {said: this.dossier?.papers ?? null, scanned: papers.length,
      notCompared: papers.filter(({state, held}) => NOT_COMPARED.has(held?.from ?? state)).length,
      withoutPages: papers.filter(({id, state}) => state === 'open' && !this.pagesOf(id).length).length};
  }

  showError(error) {
    this.notice = {message: error.message, ref: error.ref, code: error.code, field: error.field};
    this.changed();
  }

  dismissNotice() {
    this.notice = null;
    this.changed();
  }

  say(text) {
    this.said = text;
    this.changed();
  }

  messageFor(code) {
    return this.messages[code] ?? '';
  }

  /* One action at a time; a refusal is shown and answered with undefined. */
  async act(action) {
    if (this.busy)
      return undefined;
    this.busy = true;
    this.notice = null;
    this.changed();
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ApiError))
        throw error;
      this.showError(error);
      if (OUTDATED.has(error.code))
        this.refresh('dossiers', 'dossier', 'document', 'signer', 'queue');
      return undefined;
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  createDossier(code, papers) {
    return this.act(async () => {
      const {dossier} = await post('/v1/dossiers', {code, papers, kind: 'counter'});
      this.chooseDossier(dossier.id);
      this.dossier = dossier;
      this.refresh('dossiers');
      return dossier;
    });
  }

  updateDossier(changes) {
    return this.act(async () => {
      const answer = await patch(`/v1/dossiers/${this.dossierId}`, changes);
      this.refresh('dossiers', 'dossier');
      return answer;
    });
  }

  closeDossier() {
    return this.act(async () => {
      await post(`/v1/dossiers/${this.dossierId}/close`);
      this.refresh('dossiers', 'dossier');
      this.say('Đã đóng hồ sơ.');
    });
  }

  scan(options) {
    if (!this.dossierId || this.scanning)
      return undefined;
    return this.act(async () => {
      const open = this.openDocument;
      const body = open && !options.document_id ? {...options, document_id: open.id} : options;
      const answer = await post(`/v1/dossiers/${this.dossierId}/scan`, body);
      const id = answer.job?.id ?? answer.job ?? answer.id;
      sessionStorage.setItem('sohoa.job', id);
      this.job = {pages: 0, ...(answer.job?.id ? answer.job : {}), id, state: 'running'};
      this.progress = null;
      await this.#loadJob(id); // it may have ended before its first event reached us
    });
  }

  cancelScan() {
    const id = this.job?.id;
    return this.scanning ? remove(`/v1/jobs/${id}`).catch((error) => this.showError(error)) : undefined;
  }

  finishPaper(id = this.openDocument?.id) {
    return this.#onDocument(id, 'finish');
  }

  reopen(id) {
    return this.#onDocument(id, 'reopen');
  }

  reject(id, reason) {
    return this.#onDocument(id, 'reject', {reason});
  }

  replace(id, reason) {
    return this.#onDocument(id, 'replace', {reason});
  }

  split(id, pageId) {
    return this.#onDocument(id, 'split', {page_id: pageId});
  }

  #onDocument(id, verb, body) {
    return this.act(async () => {
      const answer = await post(`/v1/documents/${id}/${verb}`, body);
      this.refresh('dossiers', 'dossier', 'document');
      return answer;
    });
  }

  /* A document or page that waits for a person goes back to where it was held. */
  release(kind, id) {
    return this.act(async () => {
      await post(`/v1/queue/${id}/release`, {kind});
      this.refresh('dossier', 'document', 'queue');
    });
  }

  removePage(id, reason) {
    return this.act(async () => {
      await post(`/v1/pages/${id}/remove`, {reason});
      this.refresh('dossier', 'document');
    });
  }

  /* revision: of the document as the clerk saw it when comparing. */
  confirm(id, revision, answers) {
    return this.act(async () => {
      await post(`/v1/documents/${id}/confirm`, {compared: true, revision, ...answers});
      this.say('Đã xác nhận. Máy đang ký và gửi.');
      this.documentPinned = false;
      this.refresh('dossiers', 'dossier', 'document', 'queue');
      return true;
    });
  }

  /* A key is there and waits for its password. */
  get signerLocked() {
    return this.signer?.configured !== false && !this.signer?.unlocked;
  }

  /* Throws: the dialog that asked shows the refusal itself. */
  async unlock(password) {
    await post('/v1/signer/unlock', {password});
    await this.#readSigner();
    this.changed();
  }

  lock() {
    return this.act(async () => {
      await post('/v1/signer/lock');
      await this.#readSigner();
    });
  }

  onDelivery(id, verb, body) {
    return this.act(async () => {
      await post(`/v1/queue/${id}/${verb}`, body);
      this.refresh('queue');
    });
  }

  syncNow() {
    return this.act(async () => {
      await post('/v1/sync', {reconcile: false});
      this.refresh('queue');
    });
  }
}

export const station = new Station();
