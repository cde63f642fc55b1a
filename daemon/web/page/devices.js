/* The scanners of the station: which there are, what people call them, which of them this counter uses. */
import {get, patch, post} from './api.js';

const CHOSEN = 'sohoa.device'; // what the clerk chose last on this machine; nothing personal

/* What it is called in requests: what outlives plugs and ports. */
export const deviceKey = (device) => device.identity ?? device.name;
export const deviceModel = (device) => [device.vendor, device.model].filter(Boolean).join(' ');
export const deviceName = (device) => device.label || deviceModel(device) || device.name;

export class Devices {
  list = null;   // null: not asked yet
  error = null;
  profiles = []; // [{name, settings, locked}]
  facts = new Map(); // key → {max_area_mm: {source: [w, h]}}, null where the machine could not be asked
  chosen = localStorage.getItem(CHOSEN) ?? ''; // '': the station's default

  #station;

  constructor(station) {
    this.#station = station;
  }

  get present() {
    return (this.list ?? []).filter((device) => device.present !== false);
  }

  /* The one a scan would use as far as the page can know: chosen, or the only one. */
  get current() {
    if (this.chosen)
      return (this.list ?? []).find((device) => this.#isChosen(device));
    return this.present.length === 1 ? this.present[0] : undefined;
  }

  #isChosen(device) {
    return deviceKey(device) === this.chosen || device.name === this.chosen;
  }

  profileOf(device) {
    return this.profiles.find(({name}) => name === device?.profile);
  }

  choose(key) {
    this.chosen = key;
    localStorage.setItem(CHOSEN, key);
    this.#station.changed();
  }

  take(list) {
    this.list = list ?? [];
    this.error = null;
    this.#station.changed();
  }

  async load() {
    try {
      const [{devices}, {profiles}] = await Promise.all([get('/v1/devices'), get('/v1/profiles')]);
      this.profiles = profiles ?? [];
      this.take(devices);
    } catch (error) {
      this.list = [];
      this.error = error;
      this.#station.changed();
    }
  }

  /* What the machine in use can do; it is opened for that, so only on demand, and once. isAgain: what could not be
   * asked before is asked now. */
  async ask(isAgain = false) {
    const key = this.current && deviceKey(this.current);
    const isAsked = this.facts.has(key) && !(isAgain && this.facts.get(key) === null);
    if (!key || isAsked || this.current.present === false || this.#station.capture.isRunning)
      return;
    this.facts.set(key, null);
    this.facts.set(key, await get(`/v1/devices/${encodeURIComponent(key)}`).catch(() => null));
    this.#station.changed();
  }

  /* [w, h] of the largest page from that source; null: not known. */
  areaOf(source) {
    return this.facts.get(this.current && deviceKey(this.current))?.max_area_mm?.[source] ?? null;
  }

  /* changes: {label} or {profile}, null takes it away. Throws: the dialog that asked shows the refusal itself. */
  async settle(device, changes) {
    await patch(`/v1/devices/${encodeURIComponent(deviceKey(device))}`, changes);
    await this.load();
  }

  reset(device) {
    return post(`/v1/devices/${encodeURIComponent(deviceKey(device))}/reset`);
  }
}
