/* What a person does to pages after the scan, and how the last of it is taken back. */
import {post} from './api.js';
import {positionAt, sideOf, sidesOf} from './sides.js';

export class PageEdits {
  undoable = null; // {text, run()}: what was done last

  #station;

  constructor(station) {
    this.#station = station;
  }

  /* Another dossier is looked at. */
  forget() {
    this.undoable = null;
  }

  offerUndo(text, run) {
    this.undoable = {text, run};
    this.#station.changed();
  }

  /* said: for the ears; undo: {text, run} or null where there is no way back. Resolves to true once it is done. */
  #edit(page, verb, body, said, undo) {
    return this.#station.act(async () => {
      await post(`/v1/pages/${page.id}/${verb}`, body);
      this.undoable = undo;
      this.#station.refresh('dossier', 'document');
      this.#station.say(said);
      return true;
    });
  }

  #undo(text, page, verb, body) {
    return {text, run: () => this.#edit(page, verb, body, 'Đã hoàn tác.', null)};
  }

  undo() {
    return this.undoable?.run();
  }

  /* by: 90, 180 or 270 clockwise from how the page is shown; null: as the machine finds. */
  turn(page, by) {
    const stands = page.turned_deg ?? page.info?.rotation_deg ?? 0;
    const body = {turned_deg: by === null ? null : (stands + by) % 360};
    return this.#edit(page, 'turn', body, 'Đã xoay trang; máy đang đọc lại.',
      this.#undo('Hoàn tác xoay trang', page, 'turn', {turned_deg: page.turned_deg}));
  }

  /* The whole side goes to that index among the others of the paper. */
  move(side, documentId, index) {
    const [page] = side.images;
    const others = this.#sidesOf(documentId).filter(({id}) => id !== side.id);
    const before = this.#sidesOf(page.document_id).filter(({id}) => id !== side.id);
    const body = {document_id: documentId, position: positionAt(others, index)};
    const back = {document_id: page.document_id, position: positionAt(before, side.number - 1)};
    return this.#edit(page, 'move', body, `Đã chuyển: nay là trang ${Math.min(index, others.length) + 1}.`,
      before.length || documentId === page.document_id ? this.#undo('Hoàn tác chuyển trang', page, 'move', back) : null);
  }

  #sidesOf(documentId) {
    return sidesOf(this.#station.pagesOf(documentId));
  }

  /* One step within its paper: -1 towards the front, 1 towards the back. */
  step(side, by) {
    const documentId = side.images[0].document_id;
    const index = side.number - 1 + by;
    return index < 0 || index >= this.#sidesOf(documentId).length ? undefined : this.move(side, documentId, index);
  }

  /* A further image of the side that `first` shows. */
  pair(page, first, kind) {
    return this.#edit(page, 'pair', {part_of: sideOf(first), part_kind: kind}, 'Đã ghép thành một trang.',
      this.#undo('Hoàn tác ghép trang', page, 'pair', {part_of: null}));
  }

  part(page) {
    return this.#edit(page, 'pair', {part_of: null}, 'Đã tách thành trang riêng.',
      this.#undo('Hoàn tác tách trang', page, 'pair', {part_of: page.part_of, part_kind: page.part_kind}));
  }

  remove(page, reason) {
    return this.#edit(page, 'remove', {reason}, 'Đã bỏ trang.', this.#restoring(page.id));
  }

  /* What the machine asks about a page: it stays, or it goes. */
  answer(page, code, answer) {
    return this.#edit(page, 'answer', {code, answer}, answer === 'removed' ? 'Đã bỏ trang.' : 'Đã giữ trang.',
      answer === 'removed' ? this.#restoring(page.id) : this.undoable);
  }

  #restoring(id) {
    return this.#undo('Lấy lại trang vừa bỏ', {id}, 'restore', {});
  }

  restore(id) {
    return this.#edit({id}, 'restore', {}, 'Đã lấy lại trang.', null);
  }
}
