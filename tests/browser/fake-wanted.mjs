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

/* Owners about whom others are asked: each has papers at the warehouse, is asked about while the line is down, or after a long pause; of
 * the last one a paper was scanned before anybody could be asked. */
export const FAR = {held: '001099000017', offline: '001099000025', aged: '001099000033', slow: '001099000041', late: '001099000058'};
const FAR_HELD = {held_by: 'kho', held_id: '01890000-0000-7000-8000-0000000000aa', document_id: null, dossier_id: null, dossier_code: null,
  result_code: 'KQ.G15.000040', name: 'Giấy chứng sinh', type: null, number_symbol: '31/GCS', issue_date: '2024-02-03', issuer: 'Bệnh viện Mẫu',
  valid_until: null, class: 3, validity: 'unknown', fit: true, has_file: true};
const DAY_US = 86400e6;
const SILENT = {outcome: 'offline', error: 'TARGET_UNREACHABLE', found: 0};

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
    const found = documentsOf(dossier).filter((one) => one.state !== 'rejected' && one.state !== 'withdrawn' && isPaper(one, paper)).map(({id}) => id);
    const held = heldOf(dossier, paper);
    const given = reasons.filter(({code}) => code === paper.code);
    const gate = gateOf(paper, held, reuse[paper.code], demand[paper.code]);
    const isLate = dossier.owner_id === FAR.late && paper.code === 'KQ.G15.000031' && found.length && !done(dossier).hitClosed;
    const hit = isLate ? {task_id: '01890000-0000-7000-8000-0000000000bb', document_id: found[0], held_by: 'kho'} : null;
    const isExplained = gate === 'reason' && found.every((id) => given.some(({document_id: about}) => about === id));
    return {...paper, documents: found, earlier: [], held, reuse: reuse[paper.code] ?? null, demand: demand[paper.code] ?? null,
      reasons: given, gate, hit, asks: found.length && !isExplained ? gate : null, state: stateOf(paper, found, reuse[paper.code])};
  }

  const isFar = ({owner_id: owner}) => Object.values(FAR).includes(owner);

  function heldOf(dossier, {code}) {
    if (code !== 'GT-01')
      return [];
    const isTold = dossier.owner_id === FAR.aged || dossier.owner_id === FAR.held && done(dossier).lookedUp;
    return dossier.owner_id === KNOWN_OWNER ? HELD : isTold ? [FAR_HELD] : [];
  }

  function sourcesOf(dossier) {
    const realNow = () => Date.now() * 1000; // ages are told by the browser's clock
    const never = {outcome: null, asked_us: null, answered_us: null, fresh: false, found: 0, error: null};
    const asked = {asked_us: realNow(), answered_us: realNow(), fresh: true, error: null};
    const [kho, cong] = !done(dossier).lookedUp ? [never, never]
      : dossier.owner_id === FAR.offline ? [{...never, ...SILENT, asked_us: realNow()}, {...asked, outcome: 'none', found: 0}]
      : dossier.owner_id === FAR.aged ? [{...never, ...SILENT, asked_us: realNow(), answered_us: realNow() - 3 * DAY_US - 1e6, found: 1}, never]
      : [{...asked, outcome: 'hit', found: 1}, never];
    return isFar(dossier) ? [{name: 'kho', label: 'Kho tỉnh', ...kho}, {name: 'cong', label: 'Cổng quốc gia', ...cong}] : [];
  }

  /* Of one owner it takes until somebody ends it. */
  async function lookUp(dossier, {cancel}) {
    if (cancel) {
      done(dossier).end?.();
      return {cancelled: true};
    }
    if (dossier.owner_id === FAR.slow && !done(dossier).wasEnded) {
      await new Promise((resolve) => Object.assign(done(dossier), {end: resolve}));
      done(dossier).wasEnded = true;
      refuse(409, 'CANCELLED', 'Đã dừng.');
    }
    done(dossier).lookedUp = true;
    return papersOf(dossier);
  }

  const lacksOf = (dossier) => [...dossier.procedure_code ? [] : ['received_on', 'procedure'],
    ...dossier.owner_id ? [] : ['owner_id'], ...dossier.channel ? [] : ['channel'], 'result'];

  function papersOf(dossier) {
    const known = PROCEDURES.find(({code}) => code === dossier.procedure_code);
    return {procedure: dossier.procedure_code ? {code: dossier.procedure_code, name: known?.name ?? null} : null,
      received_on: dossier.procedure_code ? '2026-03-05' : null, rule_set: dossier.procedure_code ? RULES : null,
      gap: Boolean(dossier.procedure_code && !known), papers: (known ? PAPERS : []).map((paper) => showPaper(dossier, paper)), others: [],
      lacks: lacksOf(dossier), reasons: REASONS, look_up: dossier.owner_id && known ? {asked: ['local'], at_us: now(), answers: 2, sources: sourcesOf(dossier)} : null};
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
    ['POST', '/v1/dossiers/:id/look-up', (id, body) => lookUp(pick(dossiers, id), body)],
    ['POST', '/v1/tasks/:id/close', (id, {how, note}) => {
      const dossier = [...dossiers.values()].find(({owner_id: owner}) => owner === FAR.late);
      if (how === 'send' && !note)
        refuse(400, 'BAD_ARGUMENT', 'Chưa nêu lý do.');
      done(dossier).hitClosed = how;
      if (how !== 'send')
        documentsOf(dossier).forEach((one) => Object.assign(one, {state: 'withdrawn'}));
      return {task: {id}};
    }],
    ['POST', '/v1/dossiers/:id/reuse', (id, {paper_code: code, document_id: source, held_id: far}) => {
      const dossier = pick(dossiers, id);
      const held = far === FAR_HELD.held_id ? FAR_HELD : HELD.find(({document_id: one}) => one === source);
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
