/* Papers that are taken back, warehouses that are told, results that wait to be handed over, as the made-up station does it. */
export function withdrawRoutes({dossiers, documents, deliveries, pick, refuse, move, emit, now}) {
  const own = (document) => [...deliveries.values()].filter(({document_id: id}) => id === document.id);
  const answer = (document) => ({document, deliveries: own(document)});
  const sha256 = '5b1c'.repeat(16);

  /* The warehouses are told and answer, as one cue of the test. */
  function tell() {
    for (const delivery of deliveries.values())
      if (delivery.state === 'withdrawing') {
        Object.assign(delivery.withdrawal, {begun_us: now(), ended_us: now(), receipt: {name: 'x.withdrawn', sha256, removed: false}});
        documents.get(delivery.document_id).withdrawal.may_undo = false;
        move('delivery', delivery, 'withdrawn');
      }
  }

  function withdraw(document, {reason, wrong_person: wrong = false}) {
    if (!reason)
      refuse(400, 'BAD_JSON', 'Thiếu lý do.', "'reason' is missing");
    document.withdrawal = {reason, wrong_person: wrong, asked_us: now(), asked_by: 'uid:1000/web-0a', may_undo: true, from: document.state};
    move('document', document, 'withdrawn');
    for (const delivery of own(document)) {
      delivery.withdrawal = {reason_code: wrong ? 'wrong-person' : 'withdrawn', replaced_by: null, begun_us: null, ended_us: null, receipt: null,
        from: delivery.state};
      move('delivery', delivery, 'withdrawing');
    }
    const dossier = dossiers.get(document.dossier_id);
    if (wrong)
      dossier.incidents = [{id: 'i', kind: 'wrong-person', document_id: document.id, noted_us: now(), notify_before_us: now() + 72 * 3600e6}];
    emit('changed', {kind: 'dossier', id: dossier.id, state: 'open', dossier_id: dossier.id});
  }

  function undo(document) {
    if (!document.withdrawal?.may_undo)
      refuse(409, 'WITHDRAW_BEGUN', 'Kho đã được báo thu hồi nên không hủy được nữa.');
    for (const delivery of own(document)) {
      move('delivery', delivery, delivery.withdrawal.from);
      delivery.withdrawal = null;
    }
    dossiers.get(document.dossier_id).incidents = [];
    move('document', document, document.withdrawal.from);
    document.withdrawal = null;
  }

  const routes = [
    ['POST', '/v1/documents/:id/withdraw', (id, body) => {
      withdraw(pick(documents, id), body);
      return answer(documents.get(id));
    }],
    ['POST', '/v1/documents/:id/withdraw/undo', (id) => {
      undo(pick(documents, id));
      return answer(documents.get(id));
    }],
    ['POST', '/v1/dossiers/:id/handed-over', (id) => {
      const dossier = Object.assign(pick(dossiers, id), {handed_over: {us: now(), by: 'uid:1000'}, waits_for_handover: 0});
      emit('changed', {kind: 'dossier', id, state: 'open', dossier_id: id});
      return {dossier};
    }],
    ['POST', '/v1/queue/:id/keep-theirs', (id) => {
      const delivery = Object.assign(pick(deliveries, id), {held: null,
        withdrawal: {reason_code: 'withdrawn', replaced_by: null, begun_us: 1, ended_us: now(), receipt: {kept_theirs: true}}});
      move('delivery', delivery, 'withdrawn');
      return {delivery};
    }],
  ];
  return {routes, tell};
}
