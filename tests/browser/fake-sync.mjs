/* What goes to the warehouses, as the made-up station tells it: alarms, the line, the morning report, a delivery in words. */
const LATE_US = 1795000000000000;

export function syncRoutes({deliveries, documents, pick, refuse, move, emit}) {
  const asked = []; // what was done, for the tests
  let line = {state: 'up'};
  let alarms = [];

  const waiting = () => [...deliveries.values()].filter(({state}) => state === 'queued').length;
  const heldOf = (reason) => [...deliveries.values()].filter(({state, held}) => state === 'held' && (!reason || held.reason === reason));

  const showLine = () => ({schedule: {window: '18:30-06:00', mode: 'all', targets: [{name: 'warehouse', mode: 'all', days: 0, nights_missed: 0,
    unreachable_since_us: null, next_try_us: null, waiting: waiting(), ...line}], disk: null}, transfers: [], waiting: waiting(), run: null});

  function tasks() {
    const reasons = [...new Set(heldOf().map(({held}) => held.reason))];
    return [...reasons.map((reason) => ({who: reason === 'TARGET_CONFLICT' ? 'clerk' : 'it', count: heldOf(reason).length,
      text: `${heldOf(reason).length} bản ghi gửi kho «warehouse» bị dừng.`, help: 'Xử lý rồi cho gửi tiếp.',
      command: `sohoa queue release --reason ${reason}`, action: {verb: 'release', reason, target: 'warehouse'}})),
    ...alarms.map(({who, count, text, help, command, action, machine, state}) =>
      ({who, count, text, help, command, action: {verb: action, machine, state}}))];
  }

  const report = () => ({from_us: LATE_US, to_us: LATE_US + 43200000000, alarms, tasks: tasks(), lines: [
    {name: 'sent', text: 'Đã gửi: kho đã nhận 118 bản ghi.'},
    {name: 'refused', text: `Bị từ chối: ${heldOf().length} bản ghi.`},
    {name: 'waiting', text: `Đang chờ: ${waiting()} bản ghi.`},
    {name: 'why', text: 'Vì sao: kho «warehouse» không liên lạc được từ 02:10 ngày 18/11.'},
    {name: 'tasks', text: `Việc cần làm: ${tasks().length} việc.`}]});

  function show(id) {
    const delivery = pick(deliveries, id);
    const isHeld = delivery.state === 'held';
    return {delivery, states: [{state: 'queued', label: 'Chờ gửi', at_us: delivery.created_us, event: 'create', by: 'sohoad'},
      {state: delivery.state, label: isHeld ? 'Chờ cán bộ xử lý' : 'Kho đã nhận', at_us: delivery.state_us, event: 'x', by: 'sohoad'}],
    last_error: isHeld ? {code: delivery.held.reason, ref: delivery.held.ref, at_us: delivery.state_us, text: 'Kho đã có bản khác cùng tên',
      help: 'Đối chiếu hai bản.', said: null, detail: 'x'} : null,
    next: {text: isHeld ? 'Đang dừng.' : 'Chờ đối soát với kho.', at_us: null}, command: `sohoa queue release ${id}`};
  }

  function change(verb, {reason, dry_run: isTrial}) {
    const meant = heldOf(reason);
    if (!isTrial) {
      asked.push(`${verb} ${reason ?? 'all'}`);
      for (const delivery of meant)
        move('delivery', Object.assign(delivery, {held: null, attempts: 0}), 'queued');
    }
    return {count: meant.length, left: 0};
  }

  function hold(id, {reason}) {
    const delivery = pick(deliveries, id);
    if (delivery.state !== 'queued' && delivery.state !== 'accepted')
      refuse(409, 'STATE_CHANGED', 'Trạng thái đã thay đổi.');
    asked.push(`hold ${reason}`);
    move('delivery', Object.assign(delivery, {held: {reason, from: delivery.state, ref: null}}), 'held');
    return {};
  }

  const routes = [
    ['GET', '/v1/sync', showLine],
    ['GET', '/v1/sync/report', report],
    ['GET', '/v1/sync/late', (_, __, query) => ({late: [...documents.values()].filter(({state}) => state === query.get('state')).map((document) =>
      ({id: document.id, document_id: document.id, dossier_id: document.dossier_id, dossier_code: null, type: document.type,
        state: document.state, reason: null, ref: null, since_us: LATE_US}))})],
    ['POST', '/v1/queue/retry', (_, body) => change('retry', body)],
    ['POST', '/v1/queue/release', (_, body) => change('release', body)],
    ['GET', '/v1/queue/:id', show],
    ['POST', '/v1/queue/:id/hold', hold],
    ['POST', '/v1/queue/:id/urgent', (id, {urgent}) => {
      const delivery = Object.assign(pick(deliveries, id), {urgent});
      move('delivery', delivery, delivery.state);
      return {};
    }],
  ];

  function tell({line: newLine, alarms: newAlarms}) {
    line = newLine ?? line;
    alarms = newAlarms ?? alarms;
    emit('alarms', {count: alarms.length});
  }

  function forget() {
    line = {state: 'up'};
    alarms = [];
    asked.length = 0;
  }

  return {routes, tell, forget, asked, shown: () => ({alarms})};
}
