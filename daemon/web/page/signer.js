/* Who signs, and is the key open. The password goes from the dialog straight to the daemon and is kept
 * nowhere. */
import {html, nothing, SohoaElement, station} from './element.js';

class SohoaSigner extends SohoaElement {
  #answered = null; // resolves askPassword
  #error = null;
  #busy = false;

  view() {
    return html`
      <p class="signer">${this.#about()}</p>
      <dialog aria-labelledby="h-password" @close=${() => this.#closed()}>
        <form @submit=${(event) => this.#submit(event)}>
          <h2 id="h-password">Mở khóa chữ ký số</h2>
          <label for="password">Mật khẩu của khóa ký</label>
          <input id="password" type="password" autocomplete="off" required>
          <div role="alert">${this.#error ? html`<p class="alert error"><span>${this.#error.message}
            ${this.#error.ref ? html`<small>Mã tham chiếu: ${this.#error.ref}</small>` : nothing}</span></p>`
            : nothing}</div>
          <p class="buttons">
            <button class="primary" ?disabled=${this.#busy}>Mở khóa</button>
            <button type="button" @click=${() => this.#dialog.close()}>Thôi</button>
          </p>
        </form>
      </dialog>`;
  }

  #about() {
    const signer = station.signer;
    if (!signer)
      return nothing;
    if (!signer.configured)
      return html`<strong>Máy này chưa cài khóa ký: giấy tờ sẽ chờ ký. Báo bộ phận kỹ thuật.</strong>`;
    if (station.signerLocked)
      return html`Chữ ký: chưa mở khóa
        <button type="button" @click=${() => this.askPassword()}>Mở khóa</button>`;
    return html`Người ký: ${signer.signer?.name}
      <button type="button" @click=${() => station.lock()}>Khóa lại</button>`;
  }

  get #dialog() {
    return this.querySelector('dialog');
  }

  /* true once the key is open, false when the person gave up. */
  askPassword() {
    this.#show(null);
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }

  async #submit(event) {
    event.preventDefault();
    const input = this.querySelector('#password');
    const password = input.value;
    input.value = '';
    this.#busy = true;
    this.#show(null);
    try {
      await station.unlock(password);
      this.#dialog.close();
    } catch (error) {
      this.#show(error);
      input.focus();
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }

  #show(error) {
    this.#error = error;
    this.requestUpdate();
  }

  #closed() {
    this.querySelector('#password').value = '';
    this.#answered?.(!station.signerLocked);
    this.#answered = null;
  }
}

customElements.define('sohoa-signer', SohoaSigner);
