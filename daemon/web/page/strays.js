/* Papers that lie in the wrong dossier: in a pile of several, what stands behind the receipt of another one asks; any
 * other is moved from its list. Where one went it comes back from, to its old place. */
import {post} from './api.js';
import {openQuestions} from './text.js';

const STRAY = 'other_dossier';

const codeOf = (page) => page?.starts_document?.dossier_code;
const asks = (page) => openQuestions(page).some(({code}) => code === STRAY);

export class Strays {
  #station;

  constructor(station) {
    this.#station = station;
  }

  /* First pages that ask about the same dossier as that one, in order. */
  alike(page) {
    const {documents} = this.#station;
    return documents.map(({id}) => this.#station.pagesOf(id)[0])
      .filter((first) => first && codeOf(first) === codeOf(page) && asks(first));
  }

  /* All of them into the dossier of their code. */
  moveAlike(page) {
    return this.#move(page.document_id, {code: codeOf(page), alike: true}, codeOf(page));
  }

  /* All of them belong here. */
  keepAlike(page) {
    return this.#station.act(async () => {
      const pages = this.alike(page);
      for (const {id} of pages)
        await post(`/v1/pages/${id}/answer`, {code: STRAY, answer: 'keep'});
      this.#refresh(`Đã giữ ${pages.length} giấy trong hồ sơ này.`);
      return true;
    });
  }

  /* One paper; dossier: {id} of one that is open, or {code}; name: for the ears. */
  moveOne({id}, dossier, name) {
    return this.#move(id, dossier.id ? {dossier_id: dossier.id} : {code: dossier.code}, name);
  }

  #move(id, where, name) {
    return this.#station.act(async () => {
      const {moved, from} = await post(`/v1/documents/${id}/move`, where);
      this.#refresh(`Đã chuyển ${moved.length} giấy sang hồ sơ ${name}.`);
      this.#station.edits.offerUndo('Hoàn tác chuyển hồ sơ', () => this.#bringBack(moved, from));
      return true;
    });
  }

  #bringBack(moved, from) {
    return this.#station.act(async () => {
      this.#station.edits.forget();
      for (const {id, ordinal} of [...moved].sort((a, b) => a.ordinal - b.ordinal))
        await post(`/v1/documents/${id}/move`, {dossier_id: from, ordinal});
      this.#refresh('Đã đưa giấy về hồ sơ này.');
      return true;
    });
  }

  #refresh(said) {
    this.#station.refresh('dossiers', 'dossier', 'document', 'wanted');
    this.#station.tell(said);
    this.#station.say(said);
  }
}
