/* Whose case the dossier is, who brought it and how: said by a person; what was read is only offered. */
import {html, nothing, SohoaElement, station} from './element.js';

const OWNER_KINDS = {person: 'Cá nhân', business: 'Doanh nghiệp', agency: 'Cơ quan nhà nước', other: 'Tổ chức khác'};
const BASES = {self: 'Chính chủ hồ sơ', authorised: 'Người được ủy quyền', guardian: 'Cha mẹ, người giám hộ',
  post: 'Nhân viên bưu chính', other: 'Người khác'};
const CHANNELS = {direct: 'Trực tiếp', online: 'Trực tuyến', post: 'Bưu chính công ích', vneid: 'VNeID'};

/* Papers that say who stands at the counter, or whose case it is. */
const TELLING = new Set(['citizen-id', 'receipt-slip']);

class SohoaPeople extends SohoaElement {
  #isChanging = false;
  #dossierId = '';
  #problem = '';

  view() {
    const {dossier} = station;
    if (!dossier)
      return nothing;
    if (dossier.id !== this.#dossierId)
      this.#begin(dossier.id);
    return html`${this.#isChanging && !dossier.closed_us ? this.#form(dossier) : this.#said(dossier)}
      ${dossier.closed_us || this.#isChanging ? nothing : this.#offers(dossier)}`;
  }

  #begin(id) {
    this.#dossierId = id;
    this.#isChanging = false;
    this.#problem = '';
  }

  #said(dossier) {
    const {owner_name: name, owner_id: id, owner_old_id: old, channel, presenter_name: other, presenter_basis: basis} = dossier;
    const presenter = basis === 'self' ? 'chính chủ' : [other, BASES[basis]?.toLowerCase()].filter(Boolean).join(', ');
    return html`<p class="people"><span>Chủ hồ sơ: <b>${name || id ? [name, id].filter(Boolean).join(' · ') : 'chưa nhập'}</b>${
      old ? html` (CMND cũ ${old})` : nothing}${presenter ? html` · Người nộp: ${presenter}` : nothing}${channel ? html` · ${CHANNELS[channel]}` : nothing}</span>
      ${dossier.closed_us ? nothing : html`<button id="change-people" type="button" ?disabled=${station.busy}
        @click=${() => this.#change(true)}>${name || id ? 'Sửa' : 'Nhập'}</button>`}</p>`;
  }

  async #change(isChanging) {
    this.#isChanging = isChanging;
    this.#problem = '';
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector(isChanging ? '#owner-name' : '#change-people')?.focus();
  }

  #form(dossier) {
    return html`<form class="people-form" aria-label="Chủ hồ sơ và người nộp" @submit=${(event) => this.#save(event)}
        @keydown=${(event) => event.key === 'Escape' && this.#change(false)}>
      ${this.#text('owner_name', 'Chủ hồ sơ', dossier)}
      ${this.#text('owner_id', 'Số định danh, CMND hoặc mã số thuế', dossier)}
      ${this.#text('owner_old_id', 'Số CMND cũ (9 chữ số, nếu có)', dossier)}
      ${this.#choice('owner_kind', 'Đối tượng', OWNER_KINDS, dossier)}
      ${this.#choice('channel', 'Kênh nộp', CHANNELS, dossier)}
      ${this.#choice('presenter_basis', 'Người nộp là', BASES, dossier)}
      ${this.#text('presenter_name', 'Tên người nộp (nếu khác chủ hồ sơ)', dossier)}
      ${this.#text('presenter_id', 'Số định danh người nộp', dossier)}
      ${this.#problem ? html`<p class="alert error" role="alert">${this.#problem}</p>` : nothing}
      <div class="buttons"><button class="primary" ?disabled=${station.busy}>Lưu</button>
        <button type="button" @click=${() => this.#change(false)}>Thôi</button></div></form>`;
  }

  #text(name, label, dossier) {
    const id = name.replaceAll('_', '-');
    return html`<label for=${id}>${label}</label>
      <input id=${id} name=${name} autocomplete="off" spellcheck="false" maxlength="500" .value=${dossier[name] ?? ''}>`;
  }

  #choice(name, label, texts, dossier) {
    const id = name.replaceAll('_', '-');
    return html`<label for=${id}>${label}</label>
      <select id=${id} name=${name}><option value="">Chưa rõ</option>
        ${Object.entries(texts).map(([word, text]) => html`<option value=${word} ?selected=${word === dossier[name]}>${text}</option>`)}
      </select>`;
  }

  async #save(event) {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(event.target)].map(([name, text]) => [name, text.trim() || null]));
    const unlike = Object.entries(values).filter(([name, value]) => value !== (station.dossier[name] ?? null));
    if (!unlike.length || await station.updateDossier(Object.fromEntries(unlike)))
      this.#change(false);
    else
      this.#refused(event.target);
  }

  /* The daemon names the field it does not take. */
  #refused(form) {
    const field = form.elements[station.notice?.field];
    this.#problem = field?.name === 'owner_old_id'
      ? 'Số CMND cũ có 9 chữ số và chỉ ghi bên cạnh số định danh 12 chữ số của cùng người. Xem lại hai số trên giấy.'
      : field?.name.endsWith('_id') ? 'Số này không đúng: số định danh có 12 chữ số, CMND 9, mã số thuế 10 hoặc 13. Xem lại từng chữ số trên giấy.' : '';
    this.requestUpdate();
    field?.focus();
  }

  /* Of papers of this dossier: a card may be the owner's or the presenter's, so a person says whose. */
  #offers(dossier) {
    if (dossier.owner_old_id_read)
      return this.#offerOld(dossier.owner_old_id_read);
    if (dossier.owner_id || dossier.owner_name)
      return nothing;
    const found = station.documents.filter(({type, state}) => TELLING.has(type) && state !== 'rejected')
      .map((document) => ({document, name: read(document, 'owner_name'), id: read(document, 'owner_id')}))
      .find(({name, id}) => name || id);
    return found ? this.#offer(found) : nothing;
  }

  /* Papers of before bear it: without it they are not found. */
  #offerOld(old) {
    return html`<p class="offer">Mã QR trên căn cước của chủ hồ sơ ghi số CMND cũ: <b>${old}</b>
      <button id="take-old-id" type="button" ?disabled=${station.busy}
        @click=${() => station.updateDossier({owner_old_id: old})}>Ghi số này để tìm giấy cũ</button></p>`;
  }

  #offer({document, name, id}) {
    const person = {owner_name: name, owner_id: id};
    return html`<p class="offer">Đọc được trên ${document.type === 'citizen-id' ? 'căn cước' : 'giấy tiếp nhận'}:
      <b>${[name, id].filter(Boolean).join(' · ')}</b>
      <button id="take-owner" type="button" ?disabled=${station.busy} @click=${() => station.updateDossier(person)}>Là chủ hồ sơ</button>
      ${document.type !== 'citizen-id' || station.dossier.presenter_name ? nothing : html`
        <button id="take-presenter" type="button" ?disabled=${station.busy}
          @click=${() => station.updateDossier({presenter_name: name, presenter_id: id})}>Là người nộp</button>`}</p>`;
  }
}

/* As a person confirmed it, else as the machine read it. */
function read({fields, confirmed}, name) {
  return (confirmed && name in confirmed ? confirmed[name] : fields[name]?.value) ?? null;
}

customElements.define('sohoa-people', SohoaPeople);
