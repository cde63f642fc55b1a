/* After a change of dossier the first page is confirmed: does it belong here? What was there before the
 * change, and whether somebody answered, is kept over a reload of the tab. */

const KEPT = 'sohoa.arrival';

export class Arrival {
  picture = null; // canvas: the page as it was scanned, until its thumbnail is there

  #station;
  #state = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}'); // {dossierId, known: [page ids] | null, isConfirmed}
  #asked;

  constructor(station) {
    this.#station = station;
  }

  /* Somebody goes to that dossier; known: its pages, where they are known. */
  begin(dossierId, known = null) {
    if (this.#state.dossierId !== dossierId)
      this.#keep({dossierId, known, isConfirmed: false});
  }

  /* The dossier was read. */
  onPages(pages) {
    if (this.isExpected && !this.#state.known)
      this.#keep({...this.#state, known: pages.map(({id}) => id)});
    this.#tellRun();
  }

  /* A hands-free run stands still while the question is open. */
  #tellRun() {
    const asked = this.page?.id;
    if (asked === this.#asked)
      return;
    this.#asked = asked;
    this.#station.capture.onQuestion();
  }

  get isExpected() {
    const {dossierId, isConfirmed} = this.#state;
    return Boolean(dossierId) && dossierId === this.#station.dossierId && !isConfirmed;
  }

  /* The page the question is about; undefined: nothing is asked. */
  get page() {
    if (!this.isExpected || !this.#state.known)
      return undefined;
    const open = new Set(this.#station.documents.filter(({state}) => state === 'open' || state === 'read').map(({id}) => id));
    return this.#station.pages
      .filter(({id, state, document_id: paper}) => !this.#state.known.includes(id) && open.has(paper) &&
        state !== 'rejected' && state !== 'failed')
      .sort((a, b) => a.captured_us - b.captured_us || a.position - b.position)[0];
  }

  confirm() {
    this.#keep({...this.#state, isConfirmed: true});
    this.picture = null;
    this.#tellRun();
    this.#station.changed();
  }

  async refuse(reason) {
    const {page} = this;
    const {capture} = this.#station;
    capture.cancel();
    await capture.whenEnded();
    await this.#station.whenFree;
    if (!await this.#station.edits.remove(page, reason))
      return;
    if (page.replaces)
      await this.#station.edits.restore(page.replaces); // it was not this page's place
    this.picture = null;
  }

  #keep(state) {
    this.#state = state;
    sessionStorage.setItem(KEPT, JSON.stringify(state));
  }
}
