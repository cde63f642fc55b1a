// Does a dossier look as regulations 11.2 say? Independent of the station's mapping: the names, lengths and
// enumerations are written down here once more. The answer is the Vietnamese text a receiver would give, or null.
const isText = (max) => (value) => typeof value === 'string' && [...value].length <= max;
const isOneOf = (...values) => (value) => values.includes(value);
const isMoment = (value) => {
  const parts = typeof value === 'string' && value.match(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/);
  if (!parts) return false;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
};

const dossier = {
  MaHoSo: [isText(50), true],
  MaTTHC: [isText(50), true],
  TenTTHC: [isText(1000), false],
  MaLinhVuc: [isText(50), false],
  KenhThucHien: [isOneOf('1', '2', '3'), true],
  ChuHoSo: [isText(500), true],
  LoaiDoiTuong: [isOneOf('1', '2', '3', '4'), true],
  SoGiayToChuHoSo: [isText(50), false],
  TrichYeuHoSo: [isText(1000), false],
  NgayTiepNhan: [isMoment, true],
  NgayNopHoSo: [isMoment, false],
  TrangThaiHoSo: [isOneOf('1', '2', '3', '4', '5', '6', '7', '8', '9', '10'), true],
  DonViXuLy: [isText(500), false],
  NoiNopHoSo: [isText(50), false],
  HoSoCoThanhPhanSoHoa: [isOneOf(0, 1), true],
  DinhDanhCHS: [Array.isArray, false],
  TaiLieuNop: [Array.isArray, true],
  DanhSachGiayToKetQua: [Array.isArray, true],
};
const paper = {
  TepDinhKemId: [isText(100), true],
  TenTepDinhKem: [isText(4000), false],
  IsDeleted: [isOneOf(0, 1), false],
  MaThanhPhanHoSo: [isText(200), false],
  DuongDanTaiTepTin: [isText(2000), false],
  DuocSoHoa: [isOneOf(0, 1), false],
  DuocTaiSuDung: [isOneOf(0, 1, 2), false],
  DuocLayTuKhoDMQG: [isOneOf(0, 1), false],
  MaKetQuaThayThe: [isText(200), false],
};
const result = {
  TenGiayTo: [isText(2000), false],
  MaThanhPhanHoSo: [isText(200), false],
  GiayToId: [isText(100), true],
  DuongDanTepTinKetQua: [isText(2000), false],
  MaGiayToKetQua: [isText(200), false],
  AnGiayTo: [isOneOf(0, 1), false],
  IsDeleted: [isOneOf(0, 1), false],
};
const identity = {LoaiDinhDanh: [isOneOf('1', '2'), false], SoDinhDanh: [isText(50), true]};

function judge(value, rules, partial = false) {
  for (const key of Object.keys(value)) if (!rules[key]) return `Trường ${key} không có trong quy định`;
  for (const [key, [fits, must]] of Object.entries(rules)) {
    if (value[key] === undefined || value[key] === null) {
      if (must && !partial) return `Thiếu trường ${key}`;
    } else if (!fits(value[key])) {
      return `Trường ${key} không hợp lệ`;
    }
  }
  return null;
}

export function judgeDossier(value, isUpdating, fileIsThere) {
  let fault = judge(value, dossier, isUpdating);
  for (const one of value.DinhDanhCHS ?? []) fault ??= judge(one, identity);
  for (const one of value.TaiLieuNop ?? []) fault ??= judge(one, paper);
  for (const one of value.DanhSachGiayToKetQua ?? []) fault ??= judge(one, result);
  for (const one of [...(value.TaiLieuNop ?? []), ...(value.DanhSachGiayToKetQua ?? [])]) {
    const url = one.DuongDanTaiTepTin ?? one.DuongDanTepTinKetQua;
    if (!fault && url && !fileIsThere(url)) fault = 'Không tìm thấy tệp tin tại đường dẫn đã khai báo';
    if (!fault && one.DuocSoHoa === 1 && !url) fault = 'Giấy tờ được số hóa phải có tệp tin';
  }
  return fault;
}
