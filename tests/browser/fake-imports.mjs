/* Files that come into the made-up station: sent by the page, or scanned by a copying machine into its folder. */
import {FOLDER} from './fake-register.mjs';

const MESSAGES = {FORMAT_UNKNOWN: 'Tệp này không phải ảnh hoặc PDF đọc được. Chọn tệp JPEG, PNG, TIFF hoặc PDF, hoặc quét bản giấy; tệp Word, Excel chỉ được đọc chữ, không thành trang.',
  PDF_ENCRYPTED: 'Tệp PDF có mật khẩu nên không đọc được. Đề nghị người nộp gửi bản không đặt mật khẩu.'};

export function importRoutes({faults, refuse, pick, emit, now, pageMs, dossiers, documents, newDocument, addPage, finish}) {
  const items = new Map();
  const folders = [
    {name: 'photocopy', path: '/srv/scan', kind: 'scan', feed: null, problem: null}];

  function moveTo(item, state, code) {
    Object.assign(item, {state, problem: code ? {code, message: MESSAGES[code]} : null});
    emit('changed', {kind: 'import', id: item.id, state, dossier_id: item.dossier_id});
  }

  function work(item) {
    moveTo(item, 'taken');
    setTimeout(() => {
      if (!items.has(item.id))
        return undefined;
      if (faults().file)
        return moveTo(item, 'refused', faults().file);
      const document = item.document_id ? pick(documents, item.document_id) : newDocument(pick(dossiers, item.dossier_id));
      addPage(dossiers.get(item.dossier_id), document, {pages: 0, body: {}}, 'file');
      finish(document);
      return moveTo(item, 'done');
    }, pageMs);
  }

  function take(name, dossierId, documentId, bytes) {
    const item = {id: String(now()), folder: 'upload', path: name, size_bytes: bytes, kind: 'pdf', present: true,
      duplicate_of: null, dossier_id: dossierId, document_id: documentId, pages: null};
    items.set(item.id, item);
    work(item);
    return item;
  }

  /* What a copying machine brought while no dossier was chosen. */
  const strays = () => (faults().stray ?? []).map((path, i) => ({id: `stray-${i}`, folder: 'photocopy', path, kind: 'jpeg', present: true,
    state: 'waiting', duplicate_of: null, dossier_id: null, document_id: null, pages: null, problem: null}));

  const routes = [
    ['GET', '/v1/imports', () => ({imports: [...folders, ...faults().backlog ? [FOLDER] : []].map((folder) => ({...folder, passed_over: faults().passed ?? null}))})],
    ['GET', '/v1/imports/:id/items', (name, _, query) => ({items: [...items.values(), ...strays()]
      .filter(({folder, state}) => folder === name && (!query.get('state') || state === query.get('state'))).reverse()})],
    ['POST', '/v1/imports/upload', (_, {bytes}, query) => {
      if (faults().upload)
        refuse(507, faults().upload, 'Ổ đĩa đã đầy. Không đưa thêm giấy vào máy; báo bộ phận kỹ thuật giải phóng chỗ trống.');
      return {item: take(query.get('name'), query.get('dossier_id'), query.get('document_id'), bytes)};
    }],
    ['POST', '/v1/imports/:id/feed', (name, {dossier_id: dossierId, waiting}) => {
      if (dossierId && !waiting && strays().length)
        refuse(409, 'FEED_WAITING', 'Có tệp từ máy photocopy đến trước khi chọn hồ sơ nhận.', `import_feed: ${strays().length} files wait: say waiting take or leave`);
      const folder = folders.find((one) => one.name === name);
      folder.feed = dossierId && {dossier_id: dossierId, since_us: now(), until_us: (Date.now() + 600000) * 1000};
      return {imports: folders};
    }],
    ['POST', '/v1/imports/:id/items/:item/retry', (_, __, ___, [, id]) => {
      work(pick(items, id));
      return {item: items.get(id)};
    }],
  ];

  function forget() {
    items.clear();
    folders.forEach((folder) => (folder.feed = null));
  }

  return {routes, forget};
}
