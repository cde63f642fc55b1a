/* Papers with the mark of a secret one, as the made-up station locks and purges them; and the form a paper was handed in. */
export function secretRoutes({pages, documents, pick, refuse, move, emit}) {
  const lockOf = (document) => [...pages.values()].some(({document_id: id, secret}) => id === document.id && secret && !secret.answer);

  /* The last page that came turns out to carry a mark. */
  function mark(level, isFile) {
    const page = [...pages.values()].at(-1);
    const document = pick(documents, page.document_id);
    page.secret = {level, found_us: page.captured_us, due_us: isFile ? null : page.captured_us + 900000000, answer: null};
    page.held = {reason: 'SECRET_MARK', from: 'captured', ref: null};
    if (isFile)
      page.device = 'import/kho-cu';
    document.fields = {};
    for (const own of pages.values())
      if (own.document_id === document.id)
        Object.assign(own, {info: null, locked: true});
    document.locked = true;
    move('page', page, 'held');
    move('document', document, 'open');
  }

  function purge(document) {
    for (const own of pages.values())
      if (own.document_id === document.id)
        move('page', Object.assign(own, {locked: false, purged: {reason: 'SECRET_MARK', begun_us: 1, by: 'uid:0'}}), 'rejected');
    document.locked = false;
    move('document', document, 'rejected');
  }

  const routes = [
    ['POST', '/v1/pages/:id/secret', (id, {secret, reason}) => {
      const page = pick(pages, id);
      const document = pick(documents, page.document_id);
      if (!secret && !reason)
        refuse(400, 'BAD_ARGUMENT', 'Thiếu lý do.', "'reason' is missing");
      page.secret.answer = secret ? 'secret' : 'not_secret';
      page.secret.reason = reason ?? null;
      if (secret)
        purge(document);
      else {
        document.locked = lockOf(document);
        for (const own of pages.values())
          if (own.document_id === document.id)
            own.locked = document.locked;
        move('page', Object.assign(page, {held: null}), 'captured');
        emit('changed', {kind: 'document', id: document.id, state: document.state, dossier_id: document.dossier_id});
      }
      return {page};
    }],
  ];
  /* Rules from 15-9-2025 on: the supervisor decides about copies. */
  routes.push(['POST', '/v1/documents/:id/form', (id, {submitted_form: form, ...decision}) => {
    const document = pick(documents, id);
    if (form !== undefined)
      Object.assign(document, {submitted_form: form, copy_decision: null,
        copy_rule: ['photocopy', 'certified_copy'].includes(form) ? 'supervisor' : null});
    else
      document.copy_decision = {...decision, decided_us: 1, by: 'uid:0'};
    move('document', document, document.state);
    return {document};
  }]);
  return {routes, mark};
}
