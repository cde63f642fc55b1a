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

  /* plan(page): {body, said, undo} for the page as it is when its turn comes, null where there is nothing to do; said
   * is for the ears, undo {text, run} or null where there is no way back. Resolves to true once it is done. */
  #edit(id, verb, plan) {
    return this.#station.act(async () => {
      const planned = plan(this.#station.pageOf(id) ?? {id});
      if (!planned)
        return undefined;
      const {body, said, undo} = planned;
      await post(`/v1/pages/${id}/${verb}`, body);
      this.undoable = undo;
      this.#station.refresh('dossier', 'document');
      this.#station.say(said);
      return true;
    });
  }

  #undo(text, id, verb, body) {
    return {text, run: () => this.#edit(id, verb, () => ({body, said: 'Đã hoàn tác.', undo: null}))};
  }

  undo() {
    return this.undoable?.run();
  }

  /* What a person with the paper at hand says of its mark; nothing brings back what was secret. */
  answerSecret({id}, isSecret, reason) {
    return this.#edit(id, 'secret', () => ({body: isSecret ? {secret: true} : {secret: false, reason}, undo: null,
      said: isSecret ? 'Đã xóa hẳn ảnh và chữ của giấy mật.' : 'Đã mở khóa; máy đang đọc giấy này.'}));
  }

  /* by: 90, 180 or 270 clockwise from how the page is shown; null: as the machine finds. */
  turn({id}, by) {
    return this.#edit(id, 'turn', ({turned_deg: turned, info}) => {
      const stands = turned ?? info?.rotation_deg ?? 0;
      return {body: {turned_deg: by === null ? null : (stands + by) % 360}, said: 'Đã xoay trang; máy đang đọc lại.',
        undo: this.#undo('Hoàn tác xoay trang', id, 'turn', {turned_deg: turned})};
    });
  }

  /* Small papers shown alone, or the whole glass as the page. */
  cut({id}, on) {
    return this.#edit(id, 'cut', () => ({body: {on}, said: on ? 'Trang chỉ còn phần giấy.' : 'Trang là cả mặt kính.',
      undo: this.#undo(on ? 'Hoàn tác cắt trang' : 'Hoàn tác bỏ cắt', id, 'cut', {on: !on})}));
  }

  /* The whole side goes to that index among the others of the paper. */
  move(side, documentId, index) {
    return this.#move(side.images[0].id, () => documentId, () => index);
  }

  /* to(page): its paper then; at(number): its index there, from the number it has now. */
  #move(id, to, at) {
    return this.#edit(id, 'move', (page) => {
      const own = this.#sidesOf(page.document_id);
      const side = own.find(({images}) => images.some((image) => image.id === id));
      const documentId = to(page);
      const others = this.#sidesOf(documentId).filter((other) => other.id !== side?.id);
      const index = side ? at(side.number) : -1;
      if (index < 0 || index > others.length)
        return null;
      const before = own.filter((other) => other.id !== side.id);
      const back = {document_id: page.document_id, position: positionAt(before, side.number - 1)};
      return {body: {document_id: documentId, position: positionAt(others, index)}, said: `Đã chuyển: nay là trang ${index + 1}.`,
        undo: before.length || documentId === page.document_id ? this.#undo('Hoàn tác chuyển trang', id, 'move', back) : null};
    });
  }

  #sidesOf(documentId) {
    return sidesOf(this.#station.pagesOf(documentId));
  }

  /* One step within its paper: -1 towards the front, 1 towards the back. */
  step(side, by) {
    return this.#move(side.images[0].id, ({document_id: own}) => own, (number) => number - 1 + by);
  }

  /* A further image of the side that `first` shows. */
  pair(page, first, kind) {
    return this.#edit(page.id, 'pair', () => ({body: {part_of: sideOf(this.#station.pageOf(first.id) ?? first), part_kind: kind},
      said: 'Đã ghép thành một trang.', undo: this.#undo('Hoàn tác ghép trang', page.id, 'pair', {part_of: null})}));
  }

  part({id}) {
    return this.#edit(id, 'pair', ({part_of: partOf, part_kind: kind}) => ({body: {part_of: null}, said: 'Đã tách thành trang riêng.',
      undo: this.#undo('Hoàn tác tách trang', id, 'pair', {part_of: partOf, part_kind: kind})}));
  }

  remove({id}, reason) {
    return this.#edit(id, 'remove', () => ({body: {reason}, said: 'Đã bỏ trang.', undo: this.#restoring(id)}));
  }

  /* What the machine asks about a page: it stays, or it goes. */
  answer({id}, code, answer) {
    const isRemoved = answer === 'removed';
    return this.#edit(id, 'answer', () => ({body: {code, answer}, said: isRemoved ? 'Đã bỏ trang.' : 'Đã giữ trang.',
      undo: isRemoved ? this.#restoring(id) : this.undoable}));
  }

  #restoring(id) {
    return this.#undo('Lấy lại trang vừa bỏ', id, 'restore', {});
  }

  restore(id) {
    return this.#edit(id, 'restore', () => ({body: {}, said: 'Đã lấy lại trang.', undo: null}));
  }
}
