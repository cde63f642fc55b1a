/* What the dossier is about: its procedure, the papers that wants, and the search for a procedure. */
import {get, post} from './api.js';

const WAIT_MS = 150; // the next letter comes sooner

export class Wanted {
  list = null;    // the daemon's answer about the dossier; null: not read yet
  search = null;  // {words, found: [procedure], hasGap, isDone}
  numbered = null; // {number, found: [held paper], isDone}: the owner's papers of that number
  isChanging = false;
  looking = null;   // id of the dossier others are being asked about

  #station;
  #lookedUp = '';   // dossier, owner and procedure about which this page has asked by itself
  #timer = 0;

  constructor(station) {
    this.#station = station;
  }

  get procedure() {
    return this.list?.procedure ?? null;
  }

  /* The procedure printed on this dossier's own receipt. */
  get procedureRead() {
    const receipt = this.#station.documents.find(({type}) => type === 'receipt-slip');
    return receipt?.fields.procedure_code?.value;
  }

  forget() {
    this.list = null;
    this.isChanging = false;
    this.numbered = null;
    this.find('');
  }

  async read() {
    const id = this.#station.dossierId;
    const list = id ? await get(`/v1/dossiers/${id}/papers`) : null;
    if (id !== this.#station.dossierId)
      return;
    this.list = list;
    this.#lookUpOnce();
  }

  /* ---- asking others ---- */

  get sources() {
    return this.list?.look_up?.sources ?? [];
  }

  /* "Kho tỉnh" of the name a source has in the settings; ours is "máy này". */
  sourceName(name) {
    return name === 'local' ? 'máy này' : this.sources.find((one) => one.name === name)?.label ?? name;
  }

  /* Nobody has to press anything: who it is about was said, and somebody was never asked. */
  #lookUpOnce() {
    const {dossier} = this.#station;
    const about = `${dossier?.id} ${dossier?.owner_id} ${this.procedure?.code}`;
    const isOpen = dossier && !dossier.closed_us && dossier.id === this.#station.dossierId;
    if (!isOpen || about === this.#lookedUp || !this.sources.length || this.sources.some(({outcome}) => outcome))
      return;
    this.#lookedUp = about;
    this.lookUp();
  }

  /* again: also those who answered today. Resolves when everybody was asked, or that was ended. */
  async lookUp(again = false) {
    const {dossierId: id} = this.#station;
    if (this.looking)
      return;
    this.looking = id;
    this.#station.changed();
    const list = await post(`/v1/dossiers/${id}/look-up`, {again})
      .catch((error) => error.code === 'CANCELLED' ? null : this.#station.showError(error) ?? null);
    this.looking = null;
    if (list && id === this.#station.dossierId)
      this.list = list;
    this.#station.changed();
    if (!list && id === this.#station.dossierId)
      this.#station.refresh('wanted');
  }

  endLookUp() {
    return this.#station.act(() => post(`/v1/dossiers/${this.looking}/look-up`, {cancel: true}));
  }

  /* What is done about a paper that turned out to be held after it was scanned: how is send, reuse or withdraw. */
  answerHit({hit}, how, note) {
    return this.#station.act(async () => {
      await post(`/v1/tasks/${hit.task_id}/close`, {how, ...note ? {note} : {}});
      this.#station.refresh('dossier', 'wanted');
      return true;
    });
  }

  /* '' ends the search. Only the answer to the last words counts. */
  find(words) {
    clearTimeout(this.#timer);
    this.search = words ? {words, found: [], hasGap: false, isDone: false} : null;
    if (words)
      this.#timer = setTimeout(() => this.#find(this.search), WAIT_MS);
    this.#station.changed();
  }

  async #find(search) {
    const answer = await get(`/v1/procedures?limit=8&q=${encodeURIComponent(search.words)}`)
      .catch((error) => this.#station.showError(error) ?? {procedures: [], gap: false});
    Object.assign(search, {found: answer.procedures, hasGap: answer.gap, isDone: true});
    this.#station.changed();
  }

  /* The number on the paper in the clerk's hand; '' ends it. */
  async findNumber(number) {
    const {dossierId} = this.#station;
    const numbered = this.numbered = number ? {number, found: [], isDone: false} : null;
    this.#station.changed();
    const answer = number && await this.#station.act(() => get(`/v1/dossiers/${dossierId}/held?number=${encodeURIComponent(number)}`));
    if (numbered === this.numbered && answer)
      Object.assign(numbered, {found: answer.held, isDone: true});
    this.#station.changed();
  }

  change() {
    this.isChanging = true;
    this.#station.changed();
  }

  /* As it was. */
  keep() {
    this.isChanging = false;
    this.find('');
  }

  get papers() {
    return this.list?.papers ?? [];
  }

  /* ---- what is done about a paper: each resolves to undefined when it was refused ---- */

  /* held: one of those held, here or elsewhere; null: it is to be scanned after all. */
  reuse(paper, held) {
    return this.#tell('reuse', paper, held?.held_id ? {held_id: held.held_id} : {document_id: held?.document_id ?? null});
  }

  /* answers: {asked_by, asked_name?, fee} */
  demand(paper, answers) {
    return this.#tell('demand', paper, answers);
  }

  #tell(verb, {stage, code}, body) {
    const {dossierId} = this.#station;
    return this.#station.act(async () => {
      const list = await post(`/v1/dossiers/${dossierId}/${verb}`, {stage, paper_code: code, ...body});
      if (dossierId === this.#station.dossierId)
        this.list = list;
      return list;
    });
  }

  /* Which paper a document is; paper null: none of them, without code: none either, of that stage. why: the reason, where one is wanted. */
  say(documentId, paper, why = {}) {
    return this.#station.act(async () => {
      const is = paper ? {stage: paper.stage, paper_code: paper.code, ...why} : {paper_code: null};
      await post(`/v1/documents/${documentId}/paper`, is);
      this.#station.refresh('dossier', 'wanted');
      return true;
    });
  }

  /* code null: none. */
  async choose(code) {
    const answer = await this.#station.updateDossier({procedure_code: code});
    if (!answer)
      return;
    this.keep();
    this.#station.refresh('wanted');
  }
}
