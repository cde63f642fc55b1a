/* What every element of the page is: Lit's reactive element and templates, drawn into the light DOM so
 * that one plain style sheet serves all. The two Lit parts import nothing by bare name, so the page
 * needs neither bundler nor import map and keeps the policy default-src 'self'. */
import {ReactiveElement} from './node_modules/@lit/reactive-element/reactive-element.js';
import {html, nothing, render, svg} from './node_modules/lit-html/lit-html.js';
import {live} from './node_modules/lit-html/directives/live.js';
import {repeat} from './node_modules/lit-html/directives/repeat.js';
import {station} from './station.js';

export {html, live, nothing, repeat, station, svg};

export class SohoaElement extends ReactiveElement {
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    station.addEventListener('change', this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    station.removeEventListener('change', this);
  }

  handleEvent() {
    this.requestUpdate();
  }

  update(changed) {
    super.update(changed);
    render(this.view(), this);
  }
}
