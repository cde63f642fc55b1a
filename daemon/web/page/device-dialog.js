/* What a scanner is called here and how it scans by itself; bringing it back from a state it hangs in. */
import {html, nothing, SohoaElement, station} from './element.js';
import {deviceModel, deviceName} from './devices.js';

class SohoaDevice extends SohoaElement {
  static properties = {device: {attribute: false}};

  #error = null;
  #said = '';
  #isBusy = false;

  view() {
    const {device} = this;
    const {profiles} = station.devices;
    return html`
      <button id="device-settings" type="button" aria-label="Cài đặt máy quét" title="Cài đặt máy quét"
        @click=${() => this.#open()}>⚙</button>
      <dialog aria-labelledby="h-device">
        <form @submit=${(event) => this.#save(event)}>
          <h2 id="h-device">Máy quét ${deviceName(device)}</h2>
          ${device.label ? html`<p class="hint">${deviceModel(device)}</p>` : nothing}
          <label for="device-label">Tên tại quầy</label>
          <input id="device-label" maxlength="60" autocomplete="off" placeholder="Quầy 1" .value=${device.label ?? ''}>
          <label for="device-profile">Thiết lập quét</label>
          <select id="device-profile" ?disabled=${!profiles.length}>
            <option value="">Không dùng thiết lập riêng</option>
            ${profiles.map(({name, locked}) => html`<option value=${name} ?selected=${name === device.profile}>
              ${name}${locked ? ' (đã khóa)' : ''}</option>`)}
          </select>
          <div role="alert">${this.#error ? html`<p class="alert error"><span>${this.#error.message}
            ${this.#error.ref ? html`<small>Mã tham chiếu: ${this.#error.ref}</small>` : nothing}</span></p>` : nothing}</div>
          <p role="status">${this.#said}</p>
          <p class="buttons">
            <button type="button" ?disabled=${this.#isBusy || station.capture.isRunning}
              @click=${() => this.#reset()}>Khởi động lại máy quét</button>
            <button class="primary" ?disabled=${this.#isBusy}>Lưu</button>
            <button type="button" @click=${() => this.#dialog.close()}>Đóng</button>
          </p>
        </form>
      </dialog>`;
  }

  get #dialog() {
    return this.querySelector('dialog');
  }

  #open() {
    this.#show(null, '');
    this.#dialog.showModal();
  }

  #save(event) {
    event.preventDefault();
    const label = this.querySelector('#device-label').value.trim() || null;
    const profile = this.querySelector('#device-profile').value || null;
    const changes = {};
    if (label !== (this.device.label ?? null))
      changes.label = label;
    if (profile !== (this.device.profile ?? null))
      changes.profile = profile;
    return this.#try(async () => {
      if (Object.keys(changes).length)
        await station.devices.settle(this.device, changes);
      this.#dialog.close();
    });
  }

  #reset() {
    this.#show(null, 'Đang khởi động lại…');
    return this.#try(async () => {
      await station.devices.reset(this.device);
      this.#show(null, 'Máy quét đã khởi động lại.');
    });
  }

  async #try(action) {
    this.#isBusy = true;
    this.requestUpdate();
    try {
      await action();
    } catch (error) {
      this.#show(error, '');
    } finally {
      this.#isBusy = false;
      this.requestUpdate();
    }
  }

  #show(error, said) {
    this.#error = error;
    this.#said = said;
    this.requestUpdate();
  }
}

customElements.define('sohoa-device', SohoaDevice);
