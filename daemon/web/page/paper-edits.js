/* What a person does to a whole paper of the dossier. Each resolves to undefined when it was refused. */
import {post} from './api.js';

export class PaperEdits {
  #station;

  constructor(station) {
    this.#station = station;
  }

  #edit(id, verb, body) {
    return this.#station.act(() => this.#tell(id, verb, body));
  }

  async #tell(id, verb, body) {
    const answer = await post(`/v1/documents/${id}/${verb}`, body);
    this.#station.refresh('dossiers', 'dossier', 'document');
    return answer;
  }

  finish(id) {
    return this.#edit(id, 'finish');
  }

  /* The one that still takes pages; true where it was finished meanwhile. */
  finishOpen() {
    return this.#station.act(() => {
      const {openDocument} = this.#station;
      return openDocument ? this.#tell(openDocument.id, 'finish') : true;
    });
  }

  reopen(id) {
    return this.#edit(id, 'reopen');
  }

  reject(id, reason) {
    return this.#edit(id, 'reject', {reason});
  }

  /* form null: nobody says. */
  sayForm(id, form) {
    return this.#edit(id, 'form', {submitted_form: form});
  }

  /* decision: {allowed, decider, reason}. */
  decideCopy(id, decision) {
    return this.#edit(id, 'form', decision);
  }

  replace(id, reason) {
    return this.#edit(id, 'replace', {reason});
  }

  split(id, pageId) {
    return this.#edit(id, 'split', {page_id: pageId});
  }

  /* The pages of the second paper go behind those of the first. */
  async join(firstId, secondId) {
    const joined = await this.#edit(firstId, 'join', {with: secondId});
    if (joined)
      this.#station.chooseDocument(firstId);
    return joined;
  }

  /* revision: of the document as the clerk saw it when comparing. */
  confirm(id, revision, answers) {
    const station = this.#station;
    return station.act(async () => {
      await post(`/v1/documents/${id}/confirm`, {compared: true, revision, ...answers});
      station.say('Đã xác nhận. Máy đang ký và gửi.');
      station.arrival.confirm(); // whoever compared the paper knows whose it is
      station.documentPinned = false;
      station.refresh('dossiers', 'dossier', 'document', 'queue');
      return true;
    });
  }
}
