#include "daemon/model/register_column.h"

#include <string.h>

/* Headings of registers as they are in use, in the form of catalog_heading. */
static const struct {
    const char *key, *aliases;
} columns[REGISTER_COLUMN_COUNT] = {
    [FIELD_number_symbol] =
        {"number_symbol", "number_symbol so_ky_hieu so_va_ky_hieu so_ki_hieu so_hieu so_van_ban "
                          "so_ky_hieu_van_ban so_va_ky_hieu_van_ban so_ky_hieu_vb so_hieu_van_ban "
                          "so_vb so_quyet_dinh so_qd so_cong_van so_giay_phep so_giay_chung_nhan "
                          "so_giay so_van_bang so_giay_to so_kh"},
    [FIELD_issue_date] =
        {"issue_date", "issue_date ngay ngay_thang ngay_thang_nam ngay_ban_hanh ngay_cap ngay_ky "
                       "ngay_van_ban ngay_vb ngay_thang_van_ban ngay_thang_nam_van_ban ngay_qd "
                       "ngay_quyet_dinh ngay_thang_nam_ban_hanh ngay_thang_ban_hanh "
                       "ngay_thang_nam_cap ngay_cap_giay"},
    [FIELD_issue_place] = {"issue_place", "issue_place noi_ban_hanh dia_danh"},
    [FIELD_issuer] = {"issuer", "issuer co_quan_ban_hanh co_quan_cap noi_cap don_vi_ban_hanh "
                                "don_vi_cap tac_gia tac_gia_van_ban co_quan_ban_hanh_van_ban"},
    [FIELD_abstract] = {"abstract",
                        "abstract trich_yeu trich_yeu_noi_dung noi_dung noi_dung_trich_yeu ve_viec "
                        "v_v trich_yeu_van_ban noi_dung_van_ban trich_yeu_noi_dung_van_ban "
                        "ten_loai_va_trich_yeu_noi_dung ten_loai_va_trich_yeu_noi_dung_van_ban"},
    [FIELD_signer] = {"signer", "signer nguoi_ky nguoi_ky_van_ban ho_ten_nguoi_ky "
                                "ho_va_ten_nguoi_ky"},
    [FIELD_owner_name] = {"owner_name",
                          "owner_name chu_giay_to ten_chu_giay_to ho_ten ho_va_ten ho_ten_cong_dan "
                          "ten_cong_dan ten_to_chuc ten_to_chuc_ca_nhan ten_ca_nhan_to_chuc "
                          "to_chuc_ca_nhan ca_nhan_to_chuc chu_so_huu chu_ho_so ten_chu_ho_so "
                          "ho_ten_chu_ho_so nguoi_duoc_cap ho_ten_nguoi_duoc_cap "
                          "ho_va_ten_nguoi_duoc_cap chu_su_dung chu_su_dung_dat ten_chu_su_dung"},
    [FIELD_owner_id] =
        {"owner_id", "owner_id so_dinh_danh so_dinh_danh_ca_nhan ma_dinh_danh so_cccd cccd so_cmnd "
                     "cmnd so_cmnd_cccd cmnd_cccd so_cccd_cmnd cccd_cmnd can_cuoc so_can_cuoc "
                     "so_giay_to_tuy_than ma_so_thue mst ma_so_doanh_nghiep "
                     "so_dinh_danh_chu_giay_to"},
    [FIELD_owner_birth_date] = {"owner_birth_date", "owner_birth_date ngay_sinh sinh_ngay "
                                                    "ngay_thang_nam_sinh"},
    [FIELD_valid_until] = {"valid_until",
                           "valid_until thoi_han thoi_han_hieu_luc ngay_het_han ngay_het_hieu_luc "
                           "hieu_luc_den co_gia_tri_den"},
    [FIELD_no_expiry] = {"no_expiry", "no_expiry khong_thoi_han"},
    [FIELD_valid_scope] = {"valid_scope", "valid_scope pham_vi pham_vi_hieu_luc"},
    [FIELD_dossier_code] = {"dossier_code", "dossier_code ma_ho_so ma_ho_so_tthc so_bien_nhan"},
    [FIELD_procedure_code] = {"procedure_code", "procedure_code ma_thu_tuc ma_tthc ma_so_tthc "
                                                "ma_thu_tuc_hanh_chinh"},
    [FIELD_doc_name] = {"doc_name", "doc_name ten_giay_to ten_van_ban ten_tai_lieu"},
    [REGISTER_PATH] =
        {"path",
         "path file duong_dan duong_dan_file duong_dan_tep ten_file ten_tep tep ten_tap_tin "
         "tap_tin file_name file_scan ten_file_scan ten_tep_scan file_pdf ten_file_pdf "
         "file_dinh_kem tep_dinh_kem ten_anh thu_muc ten_thu_muc link"},
    [REGISTER_TYPE] = {"type", "type loai_giay_to loai_van_ban ten_loai ten_loai_van_ban "
                               "the_loai loai loai_vb"},
    [REGISTER_NUMBER] = {"number", "number so"},
    [REGISTER_SYMBOL] = {"symbol", "symbol ky_hieu ki_hieu ky_hieu_van_ban"},
    [REGISTER_IGNORED] = {"-", "-"},
};

const char register_column_keys[] =
    "number_symbol issue_date issue_place issuer abstract signer owner_name owner_id "
    "owner_birth_date valid_until no_expiry valid_scope dossier_code procedure_code doc_name path "
    "type number symbol -";

const char *register_column_key(int column)
{
    return column >= 0 && column < REGISTER_COLUMN_COUNT ? columns[column].key : "";
}

int register_column_from_key(const char *key)
{
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++)
        if (strcmp(columns[i].key, key) == 0)
            return i;
    return REGISTER_UNKNOWN;
}

static bool is_listed(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; size && (at = strstr(at, word)); at += size)
        if ((at == words || at[-1] == ' ') && (!at[size] || at[size] == ' '))
            return true;
    return false;
}

int register_column_of(const char *heading)
{
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++)
        if (is_listed(columns[i].aliases, heading))
            return i;
    return REGISTER_UNKNOWN;
}
