/* The one dialog that asks before something is done: reasons and choices. */
import {html, live, nothing, SohoaElement} from './element.js';

class SohoaAsk extends SohoaElement {
  #question = {title: '', fields: () => []};
  #values = {};
  #answer = () => {};

  /* {title, fields(values): [{name, label, options?: {value: text}, isRadio?, isTick?, isOptional?}], lines?(values): what will happen, act}: a
   * field without options is text, which may be left empty where it isOptional, or a tick. */
  ask(question) {
    this.#question = question;
    this.#values = {};
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.requestUpdate();
      this.updateComplete.then(() => this.querySelector('dialog').showModal());
    });
  }

  view() {
    const {title, fields, lines, act = 'Thực hiện'} = this.#question;
    return html`<dialog aria-labelledby="h-ask" @close=${() => this.#answer(null)}>
      <form @submit=${(event) => this.#submit(event)}>
        <h2 id="h-ask">${title}</h2>
        ${lines ? html`<ul class="lines" aria-live="polite">${lines(this.#values).map((line) => html`<li>${line}</li>`)}</ul>` : nothing}
        ${fields(this.#values).map((field) => this.#field(field))}
        <p class="buttons">
          <button class="primary">${act}</button>
          <button type="button" @click=${() => this.querySelector('dialog').close()}>Thôi</button>
        </p>
      </form>
    </dialog>`;
  }

  #field(field) {
    if (field.isRadio)
      return this.#radios(field);
    if (field.isTick)
      return html`<label class="tick"><input id=${field.name} type="checkbox" .checked=${live(Boolean(this.#values[field.name]))}
        @change=${(event) => this.#set(field.name, event.target.checked)}> ${field.label}</label>`;
    const {name, label, options} = field;
    const input = options ? html`<select id=${name} @change=${(event) => this.#set(name, event.target.value)}>
        ${Object.entries(options).map(([value, text]) => html`
          <option value=${value} ?selected=${value === this.#value(field)}>${text}</option>`)}</select>`
      : html`<input id=${name} autocomplete="off" ?required=${!field.isOptional} maxlength="200" .value=${live(this.#values[name] ?? '')}
          @input=${(event) => this.#set(name, event.target.value)}>`;
    return html`<label for=${name}>${label}</label>${input}`;
  }

  #radios(field) {
    return html`<fieldset><legend>${field.label}</legend>
      ${Object.entries(field.options).map(([value, text]) => html`<label class="tick"><input type="radio" name=${field.name}
        .checked=${live(value === this.#value(field))} @change=${() => this.#set(field.name, value)}> ${text}</label>`)}
    </fieldset>`;
  }

  /* As chosen, else the first there is. */
  #value({name, options, isTick}) {
    const value = this.#values[name];
    if (isTick)
      return Boolean(value);
    return options && !(value in options) ? Object.keys(options)[0] : value?.trim();
  }

  #set(name, value) {
    this.#values[name] = value;
    this.requestUpdate();
  }

  #submit(event) {
    event.preventDefault();
    const fields = this.#question.fields(this.#values);
    const answers = Object.fromEntries(fields.map((field) => [field.name, this.#value(field)]));
    if (!fields.every(({name, isOptional, isTick}) => isOptional || isTick || answers[name]))
      return;
    this.#answer(answers);
    this.querySelector('dialog').close();
  }
}

customElements.define('sohoa-ask', SohoaAsk);

export const ask = (question) => document.querySelector('sohoa-ask').ask(question);

/* Whatever takes something out says why; null: given up. */
export async function askReason(title) {
  const answers = await ask({title, fields: () => [{name: 'reason', label: 'Lý do (được lưu cùng giấy tờ)'}]});
  return answers?.reason ?? null;
}
