/* Procedures and the papers they want, as the made-up station knows them. */
const PROCEDURES = [
  {code: '1.001193', name: 'Thủ tục đăng ký khai sinh'},
  {code: '2.000528', name: 'Thủ tục đăng ký khai sinh có yếu tố nước ngoài'},
  {code: '1.000656', name: 'Thủ tục đăng ký khai tử'}];
const PAPERS = [
  {stage: 'component', code: 'GT-01', name: 'Giấy chứng sinh', type: null, duty: 'mandatory'},
  {stage: 'component', code: 'GT-02', name: 'Tờ khai đăng ký khai sinh', type: 'declaration', duty: 'on_demand'},
  {stage: 'component', code: 'GT-03', name: 'Thẻ căn cước', type: 'citizen-id', duty: 'never'},
  {stage: 'result', code: 'KQ.G15.000031', name: 'Giấy khai sinh', type: 'birth-certificate', duty: 'mandatory'}];
const RULES = {id: 'nd118-tt03', instruments: 'NĐ 118/2025, TT 03/2025, TT 01/2023'};

const fold = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase();

export function wantedRoutes({pick, dossiers, documentsOf}) {
  const stateOf = ({duty, stage}, found) => found.length ? 'have'
    : duty !== 'mandatory' ? duty : stage === 'result' ? 'awaited' : 'missing';

  function papersOf(dossier) {
    const known = PROCEDURES.find(({code}) => code === dossier.procedure_code);
    const papers = (known ? PAPERS : []).map((paper) => {
      const found = documentsOf(dossier).filter(({type, state}) => type && type === paper.type && state !== 'rejected').map(({id}) => id);
      return {...paper, documents: found, state: stateOf(paper, found)};
    });
    return {procedure: dossier.procedure_code ? {code: dossier.procedure_code, name: known?.name ?? null} : null,
      received_on: dossier.procedure_code ? '2026-03-05' : null, rule_set: dossier.procedure_code ? RULES : null,
      gap: Boolean(dossier.procedure_code && !known), papers, others: []};
  }

  return [
    ['GET', '/v1/procedures', (_, __, query) => {
      const words = fold(query.get('q'));
      const found = PROCEDURES.filter(({code, name}) => code.startsWith(words) || fold(name).includes(words));
      return {procedures: found, gap: !found.length && /^\d\.\d{6}$/.test(query.get('q'))};
    }],
    ['GET', '/v1/dossiers/:id/papers', (id) => papersOf(pick(dossiers, id))],
  ];
}
