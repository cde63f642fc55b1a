/* Procedures, the papers they want and what is done about each, as the made-up station knows them. */
const PROCEDURES = [
  {code: '1.001193', name: 'Thủ tục đăng ký khai sinh'},
  {code: '2.000528', name: 'Thủ tục đăng ký khai sinh có yếu tố nước ngoài'},
  {code: '1.000656', name: 'Thủ tục đăng ký khai tử'}];
const PAPERS = [
  {stage: 'component', code: 'GT-01', name: 'Giấy chứng sinh', type: null, duty: 'mandatory', never: null},
  {stage: 'component', code: 'GT-02', name: 'Tờ khai đăng ký khai sinh', type: 'declaration', duty: 'on_demand', never: null},
  {stage: 'component', code: 'GT-03', name: 'Thẻ căn cước', type: 'citizen-id', duty: 'never', never: 'shown'},
  {stage: 'output', code: 'GT-04', name: 'Ý kiến của công an xã', type: null, duty: 'never', never: 'exempt'},
  {stage: 'result', code: 'KQ.G15.000031', name: 'Giấy khai sinh', type: 'birth-certificate', duty: 'mandatory', never: null}];
const RULES = {id: 'nd118-tt03', instruments: 'NĐ 118/2025, TT 03/2025, TT 01/2023'};
const REASONS = [
  {code: 'data_not_exploitable', label: 'Có dữ liệu nhưng không khai thác được', unusable: true},
  {code: 'not_the_same', label: 'Giấy tìm thấy không phải giấy này', unusable: false},
  {code: 'other', label: 'Lý do khác (ghi rõ)', unusable: false}];

/* Whoever has this number was here before. */
export const KNOWN_OWNER = '001099000001';
const HELD = [
  {held_by: 'local', document_id: '01890000-0000-7000-8000-00000000000a', dossier_id: '01890000-0000-7000-8000-00000000000b',
    dossier_code: 'H56.14-251120-0004', result_code: '001099000001.GCS.12.01', name: 'Giấy chứng sinh', type: null,
    number_symbol: '12/GCS', issue_date: '2025-11-18', issuer: 'Trạm y tế xã Mẫu', valid_until: null, class: 2, validity: 'unknown', fit: true},
  {held_by: 'local', document_id: '01890000-0000-7000-8000-00000000000c', dossier_id: '01890000-0000-7000-8000-00000000000b',
    dossier_code: 'H56.14-201120-0004', result_code: '001099000001.GCS.9.01', name: 'Giấy chứng sinh', type: null,
    number_symbol: '9/GCS', issue_date: '2020-11-18', issuer: 'Trạm y tế xã Mẫu', valid_until: '2021-01-01', class: 2, validity: 'expired', fit: false}];

const fold = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase();

export function wantedRoutes({pick, refuse, emit, dossiers, documents, documentsOf, now}) {
  const done = (dossier) => (dossier.done ??= {reuse: {}, demand: {}, reasons: []});
  const stateOf = ({duty, stage}, found, reuse) => found.length || reuse ? 'have'
    : duty !== 'mandatory' ? duty : stage === 'result' ? 'awaited' : 'missing';

  function gateOf({duty, never}, held, reuse, demand) {
    if (never === 'shown' || never === 'secret')
      return 'closed';
    if (never || reuse || held.some(({fit}) => fit))
      return 'reason';
    return duty === 'on_demand' && !demand ? 'demand' : null;
  }

  const isPaper = (document, paper) => document.paper_from === 'said' ? document.paper_code === paper.code
    : Boolean(document.type) && document.type === paper.type;

  function showPaper(dossier, paper) {
    const {reuse, demand, reasons} = done(dossier);
    const found = documentsOf(dossier).filter((one) => one.state !== 'rejected' && isPaper(one, paper)).map(({id}) => id);
    const held = paper.code === 'GT-01' && dossier.owner_id === KNOWN_OWNER ? HELD : [];
    const given = reasons.filter(({code}) => code === paper.code);
    const gate = gateOf(paper, held, reuse[paper.code], demand[paper.code]);
    const isExplained = gate === 'reason' && found.every((id) => given.some(({document_id: about}) => about === id));
    return {...paper, documents: found, earlier: [], held, reuse: reuse[paper.code] ?? null, demand: demand[paper.code] ?? null,
      reasons: given, gate, asks: found.length && !isExplained ? gate : null, state: stateOf(paper, found, reuse[paper.code])};
  }

  const lacksOf = (dossier) => [...dossier.procedure_code ? [] : ['received_on', 'procedure'],
    ...dossier.owner_id ? [] : ['owner_id'], ...dossier.channel ? [] : ['channel'], 'result'];

  function papersOf(dossier) {
    const known = PROCEDURES.find(({code}) => code === dossier.procedure_code);
    return {procedure: dossier.procedure_code ? {code: dossier.procedure_code, name: known?.name ?? null} : null,
      received_on: dossier.procedure_code ? '2026-03-05' : null, rule_set: dossier.procedure_code ? RULES : null,
      gap: Boolean(dossier.procedure_code && !known), papers: (known ? PAPERS : []).map((paper) => showPaper(dossier, paper)), others: [],
      lacks: lacksOf(dossier), reasons: REASONS, look_up: dossier.owner_id && known ? {asked: ['local'], at_us: now(), answers: 2} : null};
  }

  /* Says which paper a document is, where that passes the gate. */
  function say(dossier, document, {paper_code: code, stage, reason, reason_note: note, holder}) {
    const paper = code && showPaper(dossier, PAPERS.find((one) => one.code === code));
    if (paper?.gate === 'closed')
      refuse(409, 'PAPER_SHOWN_ONLY', 'Giấy này chỉ xuất trình để đối chiếu, không được số hóa.');
    if (paper?.gate === 'reason' && !reason)
      refuse(409, 'PAPER_HELD', 'Giấy này của chủ hồ sơ đã có bản số hóa nên máy chưa quét.');
    if (paper?.gate === 'demand')
      refuse(409, 'PAPER_ON_DEMAND', 'Giấy này chỉ số hóa khi người nộp yêu cầu nên máy chưa quét.');
    const {id} = document ?? {};
    if (reason)
      done(dossier).reasons.push({document_id: id, code, reason, note, holder});
    return Object.assign(document ?? {}, {stage: paper?.stage ?? stage ?? null, paper_code: code, paper_from: 'said'});
  }

  const told = (dossier) => {
    emit('changed', {kind: 'dossier', id: dossier.id, state: null, dossier_id: dossier.id});
    return papersOf(dossier);
  };

  /* Before the feeder starts: refuses, or answers what to do with the document once it is there. */
  function atGate(dossier, body) {
    if (!body.paper_code)
      return () => {};
    say({...dossier, done: structuredClone(done(dossier))}, null, body);
    return (document) => say(dossier, document, body);
  }

  const routes = [
    ['GET', '/v1/procedures', (_, __, query) => {
      const words = fold(query.get('q'));
      const found = PROCEDURES.filter(({code, name}) => code.startsWith(words) || fold(name).includes(words));
      return {procedures: found, gap: !found.length && /^\d\.\d{6}$/.test(query.get('q'))};
    }],
    ['GET', '/v1/dossiers/:id/papers', (id) => papersOf(pick(dossiers, id))],
    ['GET', '/v1/dossiers/:id/held', (id, _, query) => {
      const isKnown = pick(dossiers, id).owner_id === KNOWN_OWNER;
      return {held: isKnown ? HELD.filter(({number_symbol: number}) => number.split('/')[0] === query.get('number').split('/')[0]) : [],
        look_up: isKnown ? {asked: ['local'], at_us: now(), answers: 1} : null};
    }],
    ['POST', '/v1/dossiers/:id/reuse', (id, {paper_code: code, document_id: source}) => {
      const dossier = pick(dossiers, id);
      const held = HELD.find(({document_id: one}) => one === source);
      if (source && !held?.fit)
        refuse(409, 'REUSE_EXPIRED', 'Giấy đã lưu hết hạn nên không dùng lại được.');
      done(dossier).reuse[code] = held && {id: 'r', class: held.class, taken_us: now(), taken_by: 'uid:1000', source: held};
      return told(dossier);
    }],
    ['POST', '/v1/dossiers/:id/demand', (id, {paper_code: code, ...demand}) => {
      const dossier = pick(dossiers, id);
      done(dossier).demand[code] = demand.asked_by ? {...demand, asked_on: '2026-03-05'} : null;
      return told(dossier);
    }],
    ['POST', '/v1/documents/:id/paper', (id, body) => {
      const document = pick(documents, id);
      say(pick(dossiers, document.dossier_id), document, body);
      emit('changed', {kind: 'document', id, state: document.state, dossier_id: document.dossier_id});
      return {document};
    }],
  ];
  return {routes, atGate};
}
