/* The register of the made-up station's folder of old scans. */
export const FOLDER = {name: 'ket-qua-cu', path: '/srv/old', kind: 'backlog', feed: null, problem: null};
const ROW = {register_id: '01890000-0000-7000-8000-000000000001', line: 4, file: 'sổ 2019.csv', path: 'scan-1.jpg',
  values: {number_symbol: '12/QĐ-UBND', issue_date: '2019-03-05', owner_name: 'Trần Văn Mẫu'}, texts: {}};
const ROWS = [{...ROW, line: 6, path: 'scan-9.jpg'}, {...ROW, line: 7, path: 'scan-8.jpg', values: {}, texts: {issue_date: '32/3/2019'}}];

const SHEETS = ['Năm 1998', 'Năm 2019'];

export function registerRoutes({refuse, pick, documents, move, faults}) {
  let inUse = null;

  const column = (heading, key, field, said) => ({heading, key, field: said[key] ?? field, by: said[key] ? 'map' : field ? 'words' : '', twice: false});
  const saidOf = (query) => Object.fromEntries((query.get('map') ?? '').split(',').filter(Boolean).map((pair) => pair.split(':')));

  function read(query) {
    const said = saidOf(query), isBook = query.get('file')?.endsWith('.xlsx'), isSecond = query.get('sheet') === SHEETS[1];
    const columns = [column('STT', 'stt', null, said), column('Số ký hiệu', 'so_ky_hieu', 'number_symbol', said), column('Ngày ký', 'ngay_ky', 'issue_date', said),
      column('Mã lưu', 'ma_luu', isSecond ? 'path' : null, said)];
    const isFound = columns.some(({field}) => field === 'path');
    return {columns, ...isBook ? {sheet_names: SHEETS} : {}, rows: isFound ? isSecond ? 5 : 3 : 0, left_out: 1, unread: {issue_date: 1}, note_count: 2, problem: isFound ? null : 'no headings found', sheets: 0,
      notes: [{line: 5, column: 'issue_date', why: 'not in the form of this field, kept as text'}, {line: 7, why: 'a total, left out'}]};
  }

  const status = () => ({registers: inUse ? [inUse] : [], map: {}, joining: false, rows: 3, documents: 3, joined: 2, rows_alone: 2, documents_alone: 0,
    questions: 0, double_rows: 0, differing: 1, rows_purged: 1, differs: {issue_date: 1}});

  const routes = [
    ['GET', '/v1/imports/:id/register', status],
    ['POST', '/v1/imports/:id/register', (_, __, query) => {
      const told = read(query);
      if (query.get('dry_run') !== '1' && told.problem)
        refuse(422, 'REGISTER_BAD', 'Không thấy bảng đăng ký nào trong tệp này.');
      if (query.get('dry_run') === '1')
        return told;
      inUse = {id: ROW.register_id, name: `sổ 2019${query.has('sheet') ? ` ${query.get('sheet')}` : ''}`, file: query.get('file'), state: 'current', rows: 3, imported_us: Date.now() * 1000};
      return {...told, register: inUse};
    }],
    ['GET', '/v1/imports/:id/register/list', (_, __, query) => {
      if (faults().register)
        refuse(409, faults().register, 'Máy đang bận. Thử lại sau ít phút.');
      if (query.get('list') === 'rows-purged')
        return {items: [{register_id: ROW.register_id, file: ROW.file, line: 9, purged: true}], more: false};
      return {items: query.get('list') === 'rows-alone' ? ROWS
        : [{document_id: [...documents.keys()].at(-1), dossier_id: [...documents.values()].at(-1)?.dossier_id, files: ['scan-1.jpg'], why: null, fields: ['issue_date']}],
      more: false};
    }],
    ['POST', '/v1/documents/:id/register', (id, {register_id: row, line}) => {
      const document = pick(documents, id);
      document.register = row ? {state: 'joined', why: 'person', said_by: 'uid:0', row: {...ROW, line}} : {state: 'alone', why: null, said_by: 'uid:0', row: null};
      move('document', document, document.state);
      return {register: document.register};
    }],
  ];
  return {routes, forget: () => (inUse = null)};
}

export const REGISTER_ROW = ROW;
