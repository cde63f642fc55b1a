/* What is asked before a paper is taken back, or when a warehouse holds something else under its name. */
import {station} from './element.js';
import {ask} from './ask.js';

/* What becomes of it there, by the state it is in. */
const OUTLOOK = {
  queued: 'chưa gửi, sẽ không gửi nữa.', sending: 'đang gửi: gửi xong sẽ báo thu hồi ngay.', sent: 'đang chờ kho xác nhận: xác nhận xong sẽ báo thu hồi ngay.',
  accepted: 'đã nhận: máy báo thu hồi và chờ biên nhận.', reconciled: 'đã nhận: máy báo thu hồi và chờ biên nhận.',
  withdrawing: 'đang được báo thu hồi.', withdrawn: 'đã thu hồi.', rejected: 'đã từ chối bản này.', failed: 'không có bản này.',
};

/* How the last try to send ended is not known: it may have arrived. */
const isTried = ({state, filed, attempts}) => state === 'queued' && filed && attempts > 0;

function outlook(delivery) {
  const text = isTried(delivery) ? 'đã thử gửi, có thể đã tới: máy báo thu hồi và chờ biên nhận.'
    : OUTLOOK[delivery.held?.from ?? delivery.state] ?? 'máy báo thu hồi và chờ biên nhận.';
  return `Kho «${delivery.target}»: ${text}`;
}

const INCIDENT = 'Hồ sơ được đánh dấu là sự cố dữ liệu cá nhân. Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15) và Nghị định 356/2025/NĐ-CP yêu cầu '
  + 'thông báo vi phạm trong 72 giờ: báo ngay người phụ trách.';

/* Resolves to {reason, wrongPerson}, or null. */
export async function askWithdraw(deliveries) {
  const answers = await ask({
    title: 'Thu hồi giấy này', act: 'Thu hồi',
    lines: ({wrong}) => [
      ...deliveries.length ? deliveries.map(outlook) : ['Giấy này chưa gửi kho nào.'],
      'Mã kết quả số hóa của giấy bị hủy và không cấp lại.',
      ...wrong ? [INCIDENT] : [],
      'Có 20 giây để hủy thu hồi, trước khi kho đầu tiên được báo.',
    ],
    fields: () => [{name: 'reason', label: 'Lý do (lưu ở máy này, không gửi đi)'},
      {name: 'wrong', label: 'Giấy đã tới nhầm người (người không liên quan đã xem được)', isTick: true}],
  });
  return answers && {reason: answers.reason, wrongPerson: Boolean(answers.wrong)};
}

/* Resolves to 'theirs', 'replace' or 'withdraw', or null. */
export async function askConflict({target, said}) {
  const answers = await ask({
    title: `Kho «${target}» có bản khác dưới cùng tên`, act: 'Chọn',
    lines: () => [said ?? 'Kho không cho biết nội dung bản của kho.', 'Phần mềm không ghi đè lên bản của kho. So bản của kho với bản giấy rồi chọn.'],
    fields: () => [{name: 'how', label: 'Làm gì với bản này?', isRadio: true, options: {
      theirs: 'Giữ bản của kho, không gửi bản của máy này', replace: 'Quét lại thành bản thay thế, gửi dưới tên mới',
      withdraw: 'Thu hồi giấy này ở mọi kho'}}],
  });
  return answers?.how ?? null;
}

export const conflictOf = (paper) => station.deliveriesOf(paper.id).find(({held}) => held?.reason === 'TARGET_CONFLICT');
