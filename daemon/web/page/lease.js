/*
 * Whose the scanner is. While a dossier is open and this page is seen, the scanner is ours, so that its button
 * scans into that dossier; it is let go when the dossier is left, and may be handed over before.
 *
 *   free ──follow──▶ mine ──handOver──▶ given
 *    ▲                │ ▲                 │ take, or the next dossier
 *    └──dossier left──┘ └─────────────────┘
 *   other: somebody else has it; asked again until it is free
 */
import {get, post, postLast} from './api.js';
import {deviceKey} from './devices.js';

const ASK_AGAIN_MS = 5000;
const IDLE_MS = 120000; // a scanner nobody used for so long may be taken over
const RENEW_MAX_MS = 120000;

/* Who has it, as a refusal tells: "uid:1001/web-1f0a83c2 has the scanner for 480 s more". */
export function holderOf(error) {
  const [, owner = '', seconds = 0] = /^(\S+) has the scanner for (\d+) s/.exec(error.detail) ?? [];
  return {owner: owner.split('/')[0], minutesLeft: Math.ceil(seconds / 60)};
}

const path = (device) => `/v1/devices/${encodeURIComponent(device)}/lease`;

export class Lease {
  state = 'free';
  owner = '';     // of the other one
  minutesLeft = 0;
  idleMinutes = null; // since the other one used it last; null: in use, or not known

  #station;
  #held = '';     // device that is ours
  #told = '';     // what the daemon was told last
  #given = '';    // dossier in which it was handed over
  #timer = 0;
  #queue = Promise.resolve();

  constructor(station) {
    this.#station = station;
    document.addEventListener('visibilitychange', () => this.follow());
    addEventListener('pagehide', () => this.#held && postLast(path(this.#held), {to: ''}));
  }

  get #device() {
    const {devices, capture} = this.#station;
    return devices.current?.present === false ? '' : devices.current ? deviceKey(devices.current)
      : devices.chosen ? '' : capture.job?.device ?? '';
  }

  /* {device, body} as it should be now; null: the scanner is not for us. */
  get #wanted() {
    const {dossier, dossierId, openDocument, arrival, errand, me} = this.#station;
    const device = this.#device;
    if (!device || !dossier || dossier.closed_us || this.#given === dossierId)
      return null;
    if (arrival.page || errand.wish) // the button rests: handing over forgets what it does
      return {device, body: {to: me.id}};
    return {device, body: {dossier_id: dossierId, ...openDocument && {document_id: openDocument.id}}};
  }

  /* Called whenever something changed; does nothing when the daemon knows already. */
  follow() {
    if (document.visibilityState !== 'visible' || !this.#station.me.id)
      return;
    const wanted = this.#wanted;
    const told = JSON.stringify(wanted);
    if (told === this.#told)
      return;
    this.#told = told;
    this.#queue = this.#queue.then(() => this.#tell(wanted));
  }

  async #tell(wanted) {
    clearTimeout(this.#timer);
    if (this.#held && this.#held !== wanted?.device)
      await this.#letGo();
    if (!wanted) {
      this.#set('free');
      return;
    }
    try {
      const {lease} = await post(path(wanted.device), wanted.body);
      this.#held = wanted.device;
      this.#set('mine');
      this.#again(Math.min((lease.until_us / 1000 - Date.now()) / 2, RENEW_MAX_MS));
    } catch (error) {
      this.#onRefusal(error);
    }
  }

  async #onRefusal(error) {
    this.#held = '';
    Object.assign(this, holderOf(error));
    this.idleMinutes = error.code === 'DEVICE_LEASED' ? await this.#askIdle() : null;
    this.#set(error.code === 'DEVICE_LEASED' ? 'other' : 'free');
    this.#again(ASK_AGAIN_MS);
  }

  async #askIdle() {
    const {scanners = []} = await get('/v1/status').catch(() => ({}));
    const since = scanners.find(({key}) => key === this.#device)?.lease?.idle_since_us;
    const idleMs = since ? Date.now() - since / 1000 : 0;
    return idleMs >= IDLE_MS ? Math.floor(idleMs / 60000) : null;
  }

  #again(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.renew(), Math.max(ms, 1000));
  }

  /* Somebody has it now who had not. */
  onChange({device, lease}) {
    if (device !== this.#device)
      return;
    const owner = lease?.owner.split('/')[0];
    if (this.state === 'mine' && lease && owner !== this.#station.me.id.split('/')[0])
      this.#station.tell(`Cán bộ ${owner} đã nhận máy quét vì máy để lâu không dùng. ` +
        'Muốn quét tiếp, hãy báo người đó bàn giao lại.', true);
    this.renew();
  }

  renew() {
    this.#told = '';
    this.follow();
  }

  async #letGo() {
    const device = this.#held;
    this.#held = '';
    await postLast(path(device), {to: ''});
  }

  #set(state) {
    if (this.state === state && state !== 'other')
      return;
    this.state = state;
    this.#station.changed();
  }

  /* ---- what the clerk does ---- */

  async handOver() {
    this.#given = this.#station.dossierId;
    this.follow();
    await this.#queue;
    this.#set('given');
  }

  /* Who may have it though somebody else does. */
  get mayTake() {
    return this.#station.me.role === 'it' || this.idleMinutes !== null;
  }

  /* Back again; from somebody else only where that is allowed. */
  take() {
    return this.#station.act(async () => {
      this.#given = '';
      if (this.state === 'other')
        await post(path(this.#device), this.#station.me.role === 'it' ? {to: this.#station.me.id} : {take: true});
      this.renew();
    });
  }

  /* Whoever scans has the scanner again. */
  onScan() {
    this.#given = '';
  }
}
