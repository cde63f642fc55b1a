/* A button with a small list of actions in groups. Arrow keys go through it, Escape closes it; the focus comes
 * back to the button unless the action takes it elsewhere. */
import {html, nothing, SohoaElement, station} from './element.js';

class SohoaMenu extends SohoaElement {
  /* groups: [{name, actions: [{title, hint?, isOff?, run()}]}]; one without actions is left out. */
  static properties = {label: {}, groups: {attribute: false}};

  #isOpen = false;

  view() {
    const groups = this.groups.filter(({actions}) => actions.length);
    if (!groups.length)
      return nothing;
    return html`<div class="menu" @keydown=${(event) => this.#key(event)} @focusout=${(event) => this.#left(event)}>
      <button type="button" class="opener" aria-expanded=${String(this.#isOpen)} @click=${() => this.#toggle(!this.#isOpen)}>
        ${this.label} <span aria-hidden="true">▾</span></button>
      ${this.#isOpen ? html`<div class="menu-list">${groups.map((group) => this.#group(group))}</div>` : nothing}
    </div>`;
  }

  #group({name, actions}) {
    return html`<div role="group" aria-label=${name}>
      <small aria-hidden="true">${name}</small>
      ${actions.map((action) => html`<button type="button" ?disabled=${station.busy || action.isOff}
        @click=${() => this.#run(action)}>${action.title}${action.hint ? html`<small>${action.hint}</small>` : nothing}</button>`)}
    </div>`;
  }

  get #buttons() {
    return [...this.querySelectorAll('.menu-list button:not(:disabled)')];
  }

  async #toggle(isOpen) {
    this.#isOpen = isOpen;
    this.requestUpdate();
    await this.updateComplete;
    if (isOpen)
      this.#buttons[0]?.focus();
  }

  #close() {
    this.#toggle(false);
    this.querySelector('.opener').focus();
  }

  #run(action) {
    this.#close();
    action.run();
  }

  #left({relatedTarget}) {
    if (this.#isOpen && relatedTarget && !this.contains(relatedTarget))
      this.#toggle(false);
  }

  #key(event) {
    const steps = {ArrowDown: 1, ArrowUp: -1};
    if (!this.#isOpen)
      return;
    if (event.key === 'Escape')
      this.#close();
    else if (steps[event.key])
      this.#step(steps[event.key]);
    else
      return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(by) {
    const buttons = this.#buttons;
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  }

  #onClick = ({target}) => this.#isOpen && !this.contains(target) && this.#toggle(false);

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('click', this.#onClick);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('click', this.#onClick);
  }
}

customElements.define('sohoa-menu', SohoaMenu);
