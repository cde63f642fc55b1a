/* What is asked about a wanted paper before something is done about it. Each resolves to null when given up. */
import {station} from './element.js';
import {ask} from './ask.js';
import {get} from './api.js';
import {dateForPeople, dossierName, timeForPeople} from './text.js';

const ASKERS = {owner: 'Chủ hồ sơ', presenter: 'Người nộp', other: 'Người khác'};
const FEES = {no: 'Không thu phí', yes: 'Có thu phí', exempt: 'Được miễn phí'};

/* The reason's fields: words where the list does not say it, the holder of data that cannot be used. */
function reasonFields(values) {
  const {reasons} = station.wanted.list;
  const {code, unusable} = reasons.find((one) => one.code === values.reason) ?? reasons[0];
  return [
    {name: 'reason', label: 'Lý do (được lưu cùng hồ sơ)', options: Object.fromEntries(reasons.map((one) => [one.code, one.label]))},
    ...unusable ? [{name: 'holder', label: 'Cơ quan hoặc cơ sở dữ liệu đang giữ dữ liệu (nếu biết)', isOptional: true}] : [],
    {name: 'reason_note', label: code === 'other' ? 'Ghi rõ lý do' : 'Ghi thêm (nếu cần)', isOptional: code !== 'other'}];
}

const said = (answers) => answers && Object.fromEntries(Object.entries(answers).filter(([, value]) => value));

/* {reason, reason_note?, holder?} */
export const askWhy = async (paper) => said(await ask({title: `Vì sao vẫn quét «${paper.name}»?`, fields: reasonFields, act: 'Lưu lý do'}));

/* {asked_by, asked_name?, fee} */
export const askDemand = (paper) => ask({title: `Người nộp yêu cầu số hóa «${paper.name}»`, act: 'Ghi yêu cầu',
  fields: ({asked_by: who}) => [
    {name: 'asked_by', label: 'Ai yêu cầu', options: ASKERS},
    ...who === 'other' ? [{name: 'asked_name', label: 'Tên người yêu cầu'}] : [],
    {name: 'fee', label: 'Lệ phí', options: FEES}]});

/* "12/QĐ-UBND · 05/03/2026 · hồ sơ H56.14-…", "… · Kho tỉnh" */
export const heldName = ({name, number_symbol: number, issue_date: date, dossier_code: code, held_by: by}) =>
  [number ?? name ?? 'không có số', date && dateForPeople(date), code && `hồ sơ ${code}`, by !== 'local' && station.wanted.sourceName(by)]
    .filter(Boolean).join(' · ');

const idOf = ({document_id: ours, held_id: theirs}) => ours ?? theirs;

/* One of the held papers that may be used; the only one is not asked about. */
export async function askHeld({name, held}) {
  const fit = held.filter((one) => one.fit);
  if (fit.length === 1)
    return fit[0];
  const answers = await ask({title: `Dùng lại bản nào cho «${name}»?`, act: 'Dùng lại', fields: () => [{name: 'document', label: 'Bản đã số hóa',
    isRadio: true, options: Object.fromEntries(fit.map((one) => [idOf(one), heldName(one)]))}]});
  return fit.find((one) => idOf(one) === answers?.document) ?? null;
}

/* Why a paper is sent that somebody holds already. */
export const askSend = ({name}) => ask({title: `Vì sao vẫn gửi «${name}»?`, act: 'Gửi bản mới',
  fields: () => [{name: 'note', label: 'Lý do (được lưu cùng giấy tờ)'}]});

/* For which wanted paper a held one stands: one of those handed in that are not there yet. */
export async function askWanted(held) {
  const open = station.wanted.papers.filter(({stage, state, gate}) => stage === 'component' && state !== 'have' && gate !== 'closed');
  if (!open.length) {
    station.say('Hồ sơ không còn giấy tờ nào chờ bản dùng lại.');
    return null;
  }
  const answers = await ask({title: `Dùng lại ${heldName(held)}`, act: 'Dùng lại', fields: () => [{name: 'for-paper',
    label: 'Cho giấy tờ nào của hồ sơ', options: Object.fromEntries(open.map(({code, name}) => [code, name]))}]});
  return open.find(({code}) => code === answers?.['for-paper']) ?? null;
}

const NONE = 'none';
const FREE_RESULT = {stage: 'result', code: null}; // of a procedure that no catalogue knows

/* {paper: null for none of them, why} of a document that is there. */
export async function askPaper(document) {
  const {papers} = station.wanted;
  const key = ({stage, code}) => `${stage} ${code}`;
  const knowsResult = papers.some(({stage}) => stage === 'result');
  const known = {[NONE]: 'Không phải giấy nào trong danh sách', ...Object.fromEntries(papers.map((paper) => [key(paper), paper.name])),
    ...knowsResult ? {} : {[key(FREE_RESULT)]: 'Kết quả giải quyết của hồ sơ'}};
  const now = document.stage ? key({stage: document.stage, code: document.paper_code}) : NONE;
  const options = {[now in known ? now : NONE]: known[now] ?? known[NONE], ...known};
  const find = (value) => [...papers, FREE_RESULT].find((paper) => key(paper) === value);
  const answers = await ask({title: 'Giấy này là giấy tờ nào của hồ sơ?', act: 'Ghi lại', fields: (values) => [
    {name: 'wanted-paper', label: 'Giấy tờ cần có', options},
    ...find(values['wanted-paper'])?.gate === 'reason' ? reasonFields(values) : []]});
  if (!answers)
    return null;
  const {'wanted-paper': paper, ...why} = said(answers);
  return {paper: find(paper) ?? null, why};
}

const DOSSIERS_MAX = 100;
const BY_CODE = 'code';

/* {id, name} of another open dossier, or {code, name} of one that may still have to be made. */
export async function askDossier(title) {
  const {dossiers} = await get(`/v1/dossiers?limit=${DOSSIERS_MAX}`).catch(() => ({dossiers: []}));
  const open = dossiers.filter(({id, closed_us: closed}) => !closed && id !== station.dossierId);
  const options = {...Object.fromEntries(open.map((one) => [one.id,
    `${dossierName(one)} · ${timeForPeople(one.created_us)} · ${one.documents} giấy tờ`])), [BY_CODE]: 'Hồ sơ khác, gõ mã…'};
  const answers = await ask({title, act: 'Chuyển', fields: ({dossier}) => [
    {name: 'dossier', label: 'Hồ sơ', options},
    ...!open.length || dossier === BY_CODE ? [{name: 'dossier-code', label: 'Mã hồ sơ (chưa có hồ sơ này thì máy mở hồ sơ mới)'}] : []]});
  if (!answers)
    return null;
  const {dossier: id, 'dossier-code': code} = answers;
  return id === BY_CODE ? {code, name: code} : {id, name: dossierName(open.find((one) => one.id === id))};
}
