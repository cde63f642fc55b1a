/* Pages of the made-up station as a person changes them: turned, moved, paired, taken out and back; papers split and
 * joined. `rows` and functions of fake-sohoad.mjs. */
export function pageRoutes({pages, documents, faults, pick, refuse, move, emit, newDocument, newDossier, dossiers, recognize, readWhenReady}) {
  const counts = ({state}) => state !== 'rejected' && state !== 'failed';
  const pagesOf = (id) => [...pages.values()].filter((page) => page.document_id === id && counts(page))
    .sort((a, b) => a.position - b.position);
  const sideOf = (page) => page.part_of ?? page.id;

  /* 1, 2, 3… again, the images of a side together. */
  function renumber(id) {
    const own = pagesOf(id);
    const place = (page) => (own.find((other) => other.id === sideOf(page)) ?? page).position;
    own.sort((a, b) => place(a) - place(b) || (sideOf(a) < sideOf(b) ? -1 : sideOf(a) > sideOf(b)) ||
      (a.id !== sideOf(a)) - (b.id !== sideOf(b)) || a.position - b.position).forEach((page, i) => (page.position = i + 1));
  }

  function changed(id) {
    renumber(id);
    const document = documents.get(id);
    if (document.state === 'read')
      move('document', document, 'open');
    emit('changed', {kind: 'document', id, state: document.state, dossier_id: document.dossier_id});
    setTimeout(() => readWhenReady(document), 50);
  }

  /* Between numbers position-1 and position. */
  function place(page, documentId, position) {
    Object.assign(page, {document_id: documentId, position: Infinity});
    renumber(documentId);
    for (const other of pagesOf(documentId))
      other.position += other.position >= position;
    page.position = position;
    changed(documentId);
  }

  function takeOut(page) {
    move('page', page, 'rejected');
    changed(page.document_id);
  }

  /* Where a page that was just scanned goes. */
  function settle(page, {position, replaces, part_of: partOf, part_kind: kind}) {
    const old = pages.get(replaces);
    if (old && counts(old)) {
      Object.assign(page, {replaces, part_of: old.part_of, part_kind: old.part_kind});
      const {position: at} = old;
      takeOut(old);
      place(page, page.document_id, at);
    } else if (partOf) {
      Object.assign(page, {part_of: sideOf(pages.get(partOf)), part_kind: kind});
      renumber(page.document_id);
    } else if (position) {
      place(page, page.document_id, position);
    }
  }

  const edit = (name, act) => ['POST', `/v1/pages/:id/${name}`, (id, body) => {
    if (faults().edit)
      refuse(409, faults().edit, 'Thao tác này không hợp với trạng thái hiện tại nên chưa được ghi. Xem lại rồi làm tiếp.');
    act(pick(pages, id), body);
    return {page: pages.get(id)};
  }];

  /* A card that lies at 30 40 of the upright image, as the page or not. */
  function showCut(page, on) {
    const [width, height] = page.info.rotation_deg % 180 ? [54, 86] : [86, 54];
    Object.assign(page, {cut_off: !on, cut_mm: on ? [30, 40, width, height] : null, width_mm: on ? width : 210, height_mm: on ? height : 297});
  }

  const routes = [
    edit('turn', (page, {turned_deg: turned}) => {
      Object.assign(page, {turned_deg: turned, info: null});
      move('page', page, 'captured');
      changed(page.document_id);
      recognize(page);
    }),
    edit('cut', (page, {on}) => {
      showCut(page, on);
      emit('changed', {kind: 'page', id: page.id, state: page.state, dossier_id: page.dossier_id});
    }),
    edit('move', (page, {document_id: to, position}) => {
      const from = page.document_id;
      place(page, to, position);
      for (const other of [...pages.values()].filter(({part_of: of, document_id: at}) => of === page.id && at === from))
        other.document_id = to;
      changed(from);
      renumber(to);
      if (!pagesOf(from).length)
        move('document', documents.get(from), 'rejected');
    }),
    edit('remove', takeOut),
    edit('answer', (page, {code, answer}) => {
      page.questions.find((question) => question.code === code).answer = answer;
      if (answer === 'removed')
        takeOut(page);
      changed(page.document_id);
    }),
    edit('restore', (page) => {
      const heir = [...pages.values()].find((other) => other.replaces === page.id && counts(other));
      const position = heir?.position ?? page.position;
      if (heir)
        takeOut(heir);
      page.separator = null;
      move('page', page, page.info ? 'recognized' : 'captured');
      place(page, page.document_id, position);
    }),
    edit('pair', (page, {part_of: partOf, part_kind: kind}) => {
      Object.assign(page, partOf ? {part_of: sideOf(pick(pages, partOf)), part_kind: kind} : {part_of: null, part_kind: null});
      changed(page.document_id);
    }),
    ['GET', '/v1/pages/:id/joined', (id) => {
      if (faults().apart)
        refuse(409, 'PARTS_DO_NOT_MEET', 'Chưa thấy chỗ các phần gối lên nhau.');
      return {type: 'image/svg+xml', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="637" ' +
        `viewBox="0 0 420 297"><rect width="420" height="297" fill="#fff"/><text x="20" y="40" font-size="20">${pick(pages, id).position}</text></svg>`)};
    }],
    ['POST', '/v1/documents/:id/split', (id, {page_id: pageId}) => {
      const {position} = pick(pages, pageId);
      const next = newDocument(dossiers.get(documents.get(id).dossier_id));
      next.scan_finished = documents.get(id).scan_finished;
      for (const page of pagesOf(id).filter(({position: at}) => at >= position))
        page.document_id = next.id;
      changed(id);
      changed(next.id);
      return {document: next};
    }],
    ['POST', '/v1/documents/:id/move', (id, {dossier_id: to, code, alike, ordinal}) => {
      const {dossier_id: from} = pick(documents, id);
      const target = to ?? ([...dossiers.values()].find((dossier) => dossier.code === code && !dossier.closed_us) ?? newDossier({code})).id;
      const moved = alike ? [...documents.values()].filter((document) => document.dossier_id === from && document.state !== 'rejected' &&
        pagesOf(document.id)[0]?.starts_document?.dossier_code === code) : [documents.get(id)];
      const told = moved.map((document) => ({id: document.id, ordinal: document.ordinal}));
      for (const document of moved) {
        Object.assign(document, {dossier_id: target, ordinal: ordinal ?? document.ordinal});
        pagesOf(document.id).forEach((page) => Object.assign(page, {dossier_id: target}));
        changed(document.id);
      }
      emit('changed', {kind: 'dossier', id: from, state: '', dossier_id: from});
      return {dossier_id: target, from, moved: told, document: documents.get(id)};
    }],
    ['POST', '/v1/documents/:id/join', (id, {with: other}) => {
      const last = pagesOf(id).length;
      for (const page of pagesOf(other))
        Object.assign(page, {document_id: id, position: page.position + last});
      move('document', pick(documents, other), 'rejected');
      changed(id);
      return {document: documents.get(id)};
    }],
  ];
  return {routes, settle, showCut};
}
