/* Tasks and comparisons as the made-up station tells them. */
const AT_US = 1795000000000000;

const KINDS = {
  missing: {title: 'Kho không còn bản đã nhận', happened: 'Kho đã xác nhận giữ bản này, nhưng lần đối soát vừa qua không thấy nữa.',
    to_do: 'Hỏi đơn vị quản lý kho vì sao bản này mất. Nếu không phải do thu hồi, chọn «Gửi lại».',
    closings: [{how: 'resend', label: 'Gửi lại'}, {how: 'settled', label: 'Kho đã gỡ có chủ ý, không gửi lại'}]},
  different: {title: 'Bản ở kho khác bản đã gửi',
    happened: 'Nội dung kho đang giữ không còn giống bản máy này đã gửi. Máy không ghi đè lên bản ở kho.',
    to_do: 'Báo đơn vị quản lý kho kiểm tra. Khi họ đã sửa, chọn «Xem lại».',
    closings: [{how: 'look-again', label: 'Xem lại'}, {how: 'settled', label: 'Đã xử lý với đơn vị quản lý kho'}]},
};

/* others: routes that know further tasks. */
export function reconcileRoutes({emit, others}) {
  const closed = []; // for the tests
  let tasks = [], runs = [];

  const open = () => tasks.reduce((counts, {kind}) => ({...counts, [kind]: (counts[kind] ?? 0) + 1}), {});
  const run = (state, more) => ({id: '01900000-0000-7000-8000-0000000000f1', target: 'warehouse', state, way: 'listing', begun_us: AT_US,
    expected: 1200, same: 0, asked: 0, missing: 0, extra: 0, others: 40, objects: 0, code: null, ...more});

  function tell(kinds) {
    tasks = kinds.map((kind, i) => ({id: `01900000-0000-7000-8000-00000000000${i}`, kind, ...KINDS[kind], target: 'warehouse', type: 'decision',
      dossier_code: 'H41.05-261122-0008', document_id: null, dossier_id: null, opened_us: AT_US, command: 'sohoa task close …'}));
    emit('changed', {kind: 'task', id: tasks[0]?.id, state: 'open'});
  }

  function close(id, {how, note}) {
    const task = tasks.find((one) => one.id === id);
    if (!task)
      return others.find(([, pattern]) => pattern === '/v1/tasks/:id/close')[2](id, {how, note});
    tasks = tasks.filter((one) => one !== task);
    closed.push(`${task.kind} ${how} ${note ?? ''}`.trim());
    return {task};
  }

  function compare() {
    runs = [run('running', {same: 600}), ...runs.slice(1)];
    emit('reconcile', {run: runs[0]});
    setTimeout(() => {
      runs = [run('done', {same: 1198, missing: 1, asked: 1}), ...runs.slice(1)];
      emit('reconcile', {run: runs[0]});
    }, 300);
    return {targets: ['warehouse']};
  }

  const routes = [
    ['GET', '/v1/tasks', () => ({tasks, open: open()})],
    ['POST', '/v1/tasks/:id/close', close],
    ['POST', '/v1/sync', (_, {reconcile}) => reconcile ? compare() : {}],
    ['GET', '/v1/reconciles', () => ({reconciles: runs, running: runs[0]?.state === 'running' ? 'warehouse' : null, wanted: []})],
  ];
  function forget() {
    [tasks, runs, closed.length] = [[], [], 0];
  }

  return {routes, tell, closed, forget};
}
