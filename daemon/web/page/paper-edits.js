/* What a person does to a whole paper of the dossier. Each resolves to undefined when it was refused. */
import {post} from './api.js';
import {sidesOf} from './sides.js';

/* Its pages may go elsewhere, others may come. */
const COLLECTED = new Set(['open', 'read']);
const isLoose = ({state, passed_through: isSignedFile}) => COLLECTED.has(state) && !isSignedFile;

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

  withdraw(id, {reason, wrongPerson}) {
    return this.#settle(`/v1/documents/${id}/withdraw`, {reason, wrong_person: wrongPerson}, 'Đã thu hồi giấy này; các kho đang được báo.');
  }

  undoWithdraw(id) {
    return this.#settle(`/v1/documents/${id}/withdraw/undo`, undefined, 'Đã hủy thu hồi.');
  }

  /* Of a delivery in conflict: ours is not sent. */
  keepTheirs(deliveryId) {
    return this.#settle(`/v1/queue/${deliveryId}/keep-theirs`, undefined, 'Giữ bản của kho.');
  }

  handedOver() {
    return this.#settle(`/v1/dossiers/${this.#station.dossierId}/handed-over`, undefined, 'Đã ghi: kết quả đã trao.');
  }

  #settle(path, body, news) {
    return this.#station.act(async () => {
      const answer = await post(path, body);
      this.#station.refresh('dossiers', 'dossier', 'document', 'queue', 'wanted');
      this.#station.tell(news);
      return answer;
    });
  }

  /* The paper before this one, where pages can still go behind its own. */
  before(paper) {
    const {documents} = this.#station;
    const before = documents[documents.findIndex(({id}) => id === paper?.id) - 1];
    return before && isLoose(before) && isLoose(paper) ? before : undefined;
  }

  /* '' where that side can begin another paper. */
  whyNotSplit(paper, side) {
    if (!paper || !side)
      return 'Không tách được: chưa chọn trang nào.';
    if (!isLoose(paper))
      return 'Không tách được: giấy này đã đối chiếu xong, hoặc là tệp đã ký.';
    return side.number > 1 ? '' : 'Không tách được: trang đang chọn đã là trang đầu của giấy. Chọn trang đầu của giấy kế rồi bấm lại.';
  }

  /* From that page on another paper; the page stays in view. */
  async split(id, pageId) {
    const done = await this.#split(id, pageId);
    if (done)
      this.#offerUndo('Hoàn tác tách giấy', () => this.#join(id, done.document.id));
    return done;
  }

  async #split(id, pageId) {
    const done = await this.#edit(id, 'split', {page_id: pageId});
    if (done)
      await this.#show(pageId, (number) => `Đã tách: từ trang này là Giấy ${number}.`);
    return done;
  }

  /* The pages of the second paper go behind those of the first. */
  async join(firstId, secondId) {
    const [first] = sidesOf(this.#station.pagesOf(secondId));
    const done = await this.#join(firstId, secondId);
    if (done)
      this.#offerUndo('Hoàn tác gộp giấy', () => this.#split(firstId, first.images[0].id));
    return done;
  }

  async #join(firstId, secondId) {
    const [first] = sidesOf(this.#station.pagesOf(secondId));
    const done = await this.#edit(firstId, 'join', {with: secondId});
    if (done)
      await this.#show(first?.images[0].id, (number) => `Đã gộp vào Giấy ${number}.`);
    return done;
  }

  #offerUndo(text, run) {
    const {edits} = this.#station;
    edits.offerUndo(text, () => {
      edits.forget();
      return run();
    });
  }

  /* Once it is known where that page is now. */
  async #show(pageId, said) {
    const station = this.#station;
    await station.settled();
    const page = station.pageOf(pageId);
    if (!page)
      return;
    station.showPage(page);
    station.say(said(station.numberOf(page.document_id)));
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
