/* What a person does about what goes to the warehouses: the one button of a task or an alarm, many at once. */
import {ask, askReason} from './ask.js';
import {station} from './station.js';

export const ACTIONS = {sync: 'Gửi ngay', reconcile: 'Đối soát ngay', queue: 'Xem danh sách', late: 'Xem danh sách', show: 'Xem bản ghi',
  release: 'Cho gửi tiếp', unlock: 'Mở khóa ký', tasks: 'Xem việc'};

const RUNNERS = {
  sync: () => station.sync.sendNow(),
  reconcile: () => station.sync.reconcile(),
  queue: ({state}) => inDialog(station.sync.showState(state ?? '')),
  late: ({machine, state}) => inDialog(station.sync.showLate(machine, state)),
  show: ({id}) => inDialog(station.sync.showDelivery(id)),
  release: ({reason, target}) => releaseMany({reason, target}),
  unlock: () => document.querySelector('sohoa-signer').askPassword(),
  tasks: () => station.sync.openTasks(),
};

const inDialog = () => document.querySelector('sohoa-sync').show();

export const runAction = (action) => RUNNERS[action.verb]?.(action);

/* After a look at how many they are. */
export async function releaseMany(wish) {
  const count = await station.sync.count('release', wish);
  if (count === undefined)
    return;
  const sure = await ask({title: `Cho gửi tiếp ${count} bản ghi?`, act: 'Cho gửi tiếp', fields: () => [],
    lines: () => [wish.reason ? `Đang dừng vì: ${station.messageFor(wish.reason) || wish.reason}` : 'Tất cả bản ghi đang dừng.']});
  if (sure)
    await station.sync.changeMany('release', wish);
}

/* In a conflict: ours is not sent. */
export async function keepTheirs(id) {
  const sure = await ask({title: 'Giữ bản của kho?', act: 'Giữ bản của kho', fields: () => [],
    lines: () => ['Bản ở kho giữ nguyên, bản của máy này không gửi nữa. Việc này không hủy được.']});
  if (sure)
    await station.sync.change('keep-theirs', [id]);
}

export async function hold(ids) {
  const reason = await askReason(ids.length > 1 ? `Dừng ${ids.length} bản ghi?` : 'Dừng bản ghi này?');
  if (reason)
    await station.sync.change('hold', ids, {reason});
}
