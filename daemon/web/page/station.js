/*
 * What the page knows of the station. The daemon holds the truth: everything here is read from it and read
 * again whenever an event says that it changed. Only which dossier is looked at (address bar), the last
 * scan's id, whether the dossier's first page was confirmed, and answers typed but not yet confirmed (this
 * tab's session storage) are the page's own.
 */
import {ApiError, get, patch, post} from './api.js';
import {Arrival} from './arrival.js';
import {Capture} from './capture.js';
import {Devices} from './devices.js';
import {DossierList} from './dossier-list.js';
import {Errand} from './errand.js';
import {follow} from './events.js';
import {Imports} from './imports.js';
import {holderOf, Lease} from './lease.js';
import {PageEdits} from './page-edits.js';
import {PaperEdits} from './paper-edits.js';
import {countedPages} from './sides.js';
import {Registers} from './registers.js';
import {Strays} from './strays.js';
import {Reconcile} from './reconcile.js';
import {Sync} from './sync.js';
import {Wanted} from './wanted.js';

const REFRESH_MS = 120;
const EVERYTHING = ['dossiers', 'dossier', 'document', 'wanted', 'signer', 'queue', 'imports', 'alarms', 'line', 'tasks'];
const TOAST_MS = 8000;

/* Refusals which say that the page shows what is no longer so. */
const OUTDATED = new Set(['STATE_CHANGED', 'NOT_FOUND', 'CODE_ALREADY_BOUND', 'VERSION_UNDER_WAY',
  'SIGNER_OTHER_PERSON']);

/* Documents that are no paper of the dossier any more. */
const GONE = new Set(['rejected', 'failed', 'superseded', 'withdrawn']);
const NOT_COMPARED = new Set(['open', 'read']);

/* What to read again when something of that kind changed: of all dossiers, and of the present one. */
const CHANGES = {
  page: {list: [], present: ['dossier', 'document']},
  import: {list: ['imports'], present: ['dossier']},
  document: {list: ['dossiers', 'signer'], present: ['dossier', 'document', 'wanted']},
  delivery: {list: ['queue', 'line'], present: ['dossier', 'document']},
  dossier: {list: ['dossiers'], present: ['dossier', 'wanted']},
  task: {list: ['tasks'], present: []},
};

class Station extends EventTarget {
  connected = true;
  expired = '';        // why a new link is needed
  notice = null;       // {message, ref, code, field, holder} of the last refused action
  said = '';           // last good news, for the live region
  messages = {};       // texts by error code

  dossier = null;
  documents = [];
  pages = [];
  dossierId = '';
  documentId = '';
  documentPinned = false; // the clerk chose it: stay there
  pageId = '';         // image of documentId that is looked at; '': its first
  detail = null;       // {document, pages, deliveries} of documentId

  signer = null;
  deliveries = [];
  me = {id: '', role: ''};

  dossierList = new DossierList(this);
  papers = new PaperEdits(this);
  edits = new PageEdits(this);
  errand = new Errand(this);
  imports = new Imports(this);
  registers = new Registers(this);
  wanted = new Wanted(this);
  strays = new Strays(this);
  reconcile = new Reconcile(this); // what the warehouses hold
  sync = new Sync(this);       // what goes to the warehouses
  capture = new Capture(this);
  devices = new Devices(this);
  arrival = new Arrival(this);
  lease = new Lease(this);
  toast = null;        // {text, isError}: news that goes away by itself
  busy = false;

  #stale = new Set();
  #timer = 0;
  #reading = Promise.resolve();
  #isReading = false;
  #acting = Promise.resolve();
  #toastTimer = 0;

  changed() {
    this.lease.follow();
    this.dispatchEvent(new Event('change'));
  }

  async start() {
    const place = new URLSearchParams(location.hash.slice(1));
    this.dossierId = place.get('ho-so') ?? '';
    this.documentId = place.get('giay') ?? '';
    this.arrival.begin(this.dossierId);
    follow('/v1/events', (name, data) => this.#onEvent(name, data),
      (connected, isRefused) => this.#onConnection(connected, isRefused));
    this.messages = await get('messages.json').catch(() => ({}));
    this.refresh(...EVERYTHING);
    this.devices.load();
    this.capture.restore();
  }

  #onConnection(connected, isRefused) {
    const back = connected && !this.connected;
    this.connected = connected;
    if (connected)
      this.expired = '';
    if (isRefused)
      this.#askWhyRefused();
    if (back) {
      this.refresh(...EVERYTHING);
      this.capture.reload();
      this.lease.renew();
      if (this.devices.error)
        this.devices.load();
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
    const heard = {
      hello: () => this.#onHello(data),
      progress: () => this.capture.onProgress(data),
      job: () => this.capture.onJob(data),
      devices: () => this.devices.take(data.devices),
      lease: () => this.lease.onChange(data),
      button: () => this.#onButton(data),
      alarms: () => this.refresh('alarms', 'line'),
      transfer: () => this.sync.onTransfer(data),
      power: () => this.refresh('line'),
      reconcile: () => this.reconcile.onRun(data),
      changed: () => this.#onChanged(data),
    };
    heard[name]();
  }

  #onHello({missed, principal}) {
    this.me = principal ?? this.me;
    if (missed)
      this.refresh(...EVERYTHING);
    this.changed();
  }

  #onChanged(data) {
    const {list, present} = CHANGES[data.kind] ?? CHANGES.document;
    this.refresh(...list);
    if (!data.dossier_id || data.dossier_id === this.dossierId)
      this.refresh(...present);
  }

  /* The machine's own button: pressed for this dossier, pressed for nothing, or what came of it. */
  #onButton({error, action, device, label, owner}) {
    if (error)
      this.tell(`Nút trên máy quét: ${error.message}`, true);
    else if (action?.dossier_id === this.dossierId)
      this.tell('Đã bấm nút trên máy quét: đang quét vào hồ sơ này.');
    else if (!action && this.arrival.page && device === this.capture.job?.device)
      this.tell('Nút trên máy quét chưa có tác dụng: hãy trả lời «Đúng hồ sơ này?» trước.', true);
    else if (!action && this.errand.wish)
      this.tell('Nút trên máy quét chưa có tác dụng lúc này: bấm Quét trên màn hình để quét vào đúng chỗ đã chọn.', true);
    else if (!action && owner === null)
      this.tell(`Đã bấm nút trên máy «${label ?? device}» nhưng chưa ai nhận máy. Mở hồ sơ rồi bấm lại.`, true);
  }

  tell(text, isError = false) {
    clearTimeout(this.#toastTimer);
    this.toast = {text, isError};
    this.#toastTimer = setTimeout(() => {
      this.toast = null;
      this.changed();
    }, TOAST_MS);
    this.changed();
  }

  /* Marks what to read again; several marks within a moment are one reading. */
  refresh(...what) {
    if (!what.length && !this.#stale.size)
      return;
    for (const part of what)
      this.#stale.add(part);
    if (!this.#timer)
      this.#reading = new Promise((resolve) => {
        this.#timer = setTimeout(() => this.#readStale().finally(resolve), REFRESH_MS);
      });
  }

  /* Once everything that is known by now to have changed is read; what changes meanwhile is not waited for. */
  async settled() {
    const isBehind = this.#isReading && this.#stale.size > 0;
    if (this.#timer)
      await this.#reading;
    if (isBehind)
      await this.#reading;
  }

  async #readStale() {
    const stale = this.#stale;
    this.#stale = new Set();
    this.#isReading = true;
    const readers = {
      dossiers: () => this.dossierList.read(),
      dossier: () => this.#readDossier(),
      document: () => this.#readDocument(),
      wanted: () => this.wanted.read(),
      signer: () => this.#readSigner(),
      queue: () => this.#readQueue(),
      imports: () => this.imports.read(),
      alarms: () => this.sync.readAlarms(),
      line: () => this.sync.readLine(),
      tasks: () => this.reconcile.read(),
    };
    await Promise.all([...stale].map((part) => readers[part]().catch((error) => this.#onReadError(error))));
    this.#isReading = false;
    this.#timer = 0;
    if (this.#stale.size)
      this.refresh();
    this.changed();
  }

  #onReadError(error) {
    if (error.code !== 'DAEMON_UNREACHABLE')
      this.showError(error);
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
    this.pages = answer.pages ?? [];
    this.documents = (answer.documents ?? []).filter((document) => !this.#isNoPaper(document));
    this.arrival.onPages(this.pages);
    this.#moveToReview();
  }

  /* An empty feeder, or an only page that was taken away: no paper came of it. */
  #isNoPaper({id, state}) {
    return state === 'rejected' && !this.pagesOf(id).length;
  }

  /* The number of a paper among those that are papers. */
  numberOf(documentId) {
    return this.documents.findIndex(({id}) => id === documentId) + 1;
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

  #look(dossierId, documentId) {
    if (documentId !== this.documentId)
      this.pageId = '';
    this.dossierId = dossierId;
    this.documentId = documentId;
    const place = new URLSearchParams();
    if (dossierId)
      place.set('ho-so', dossierId);
    if (documentId)
      place.set('giay', documentId);
    history.replaceState(null, '', place.size ? `#${place}` : location.pathname);
  }

  /* pages: of a dossier that was just made, []. */
  chooseDossier(id, pages) {
    this.#look(id, '');
    this.arrival.begin(id, pages?.map((page) => page.id));
    this.documentPinned = false;
    this.dossier = null;
    this.documents = [];
    this.pages = [];
    this.detail = null;
    this.edits.forget();
    this.errand.drop();
    this.wanted.forget();
    this.refresh('dossier', 'document', 'wanted', 'imports');
    this.changed();
  }

  chooseDocument(id) {
    this.documentPinned = true;
    if (id !== this.documentId || !this.detail)
      this.#showDocument(id);
  }

  /* A page of the dossier, with its paper. */
  showPage(page) {
    this.chooseDocument(page.document_id);
    this.pageId = page.id;
    this.changed();
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

  /* As the station knows it now: what was drawn may be older. */
  pageOf(id) {
    return this.pages.find((page) => page.id === id);
  }

  documentOf(id) {
    return this.documents.find((document) => document.id === id);
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

  /* Sheets that parted papers; they stood in or behind that one. */
  separatorsOf(documentId) {
    return this.pages.filter((page) => page.document_id === documentId && page.state === 'rejected' && page.separator);
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

  /* All of the paper that is looked at; of the others, those that are not done. */
  deliveriesOf(documentId) {
    const known = this.detail?.document.id === documentId ? this.detail.deliveries : undefined;
    return known ?? this.deliveries.filter((delivery) => delivery.document_id === documentId);
  }

  showError(error) {
    this.notice = {message: error.message, ref: error.ref, code: error.code, field: error.field,
      holder: holderOf(error).owner};
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

  /* One action at a time, and on what is so: what an event said has changed is read before. A refusal is shown and
   * answered with undefined; so is what was meant for a dossier that was left meanwhile. */
  act(action) {
    if (this.busy)
      return Promise.resolve(undefined);
    const acting = this.#act(action);
    this.#acting = acting.catch(() => null);
    return acting;
  }

  /* Once no action runs. */
  get whenFree() {
    return this.#acting;
  }

  async #act(action) {
    const {dossierId} = this;
    this.busy = true;
    this.notice = null;
    this.changed();
    try {
      await this.settled();
      return dossierId === this.dossierId ? await action() : undefined;
    } catch (error) {
      if (!(error instanceof ApiError))
        throw error;
      this.showError(error);
      if (OUTDATED.has(error.code))
        this.refresh(...EVERYTHING);
      if (error.code === 'DEVICE_LEASED')
        this.lease.renew();
      return undefined;
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  createDossier(code, papers) {
    return this.act(async () => {
      const {dossier} = await post('/v1/dossiers', {code, papers, kind: 'counter'});
      this.chooseDossier(dossier.id, []);
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

  /* isCounted: the clerk counted, where no number was said. */
  closeDossier(isCounted = false) {
    return this.act(async () => {
      await post(`/v1/dossiers/${this.dossierId}/close`, isCounted ? {counted: true} : undefined);
      this.refresh('dossiers', 'dossier');
      this.say('Đã đóng hồ sơ.');
    });
  }

  /* A document or page that waits for a person goes back to where it was held. */
  release(kind, id) {
    return this.act(async () => {
      await post(`/v1/queue/${id}/release`, {kind});
      this.refresh('dossier', 'document', 'queue');
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
