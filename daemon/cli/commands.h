#ifndef SOHOA_CLI_COMMANDS_H
#define SOHOA_CLI_COMMANDS_H

#include "daemon/cli/cli.h"

/* The one table of commands (commands.c) and the functions of its rows, a file for each noun. */

extern const struct cli_command cli_commands[];

int cmd_device_list(const struct cli *cli, const struct cli_args *args);
int cmd_device_show(const struct cli *cli, const struct cli_args *args);
int cmd_device_test(const struct cli *cli, const struct cli_args *args);
int cmd_device_reset(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_device_setting_options[];
extern const struct cli_option cmd_device_lease_options[];
int cmd_device_label(const struct cli *cli, const struct cli_args *args);
int cmd_device_profile(const struct cli *cli, const struct cli_args *args);
int cmd_device_lease(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_profile_set_options[];
extern const struct cli_option cmd_profile_remove_options[];
int cmd_profile_list(const struct cli *cli, const struct cli_args *args);
int cmd_profile_set(const struct cli *cli, const struct cli_args *args);
int cmd_profile_remove(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_separator_print_options[];
int cmd_separator_print(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_dossier_list_options[];
extern const struct cli_option cmd_dossier_create_options[];
extern const struct cli_option cmd_dossier_update_options[];
extern const struct cli_option cmd_dossier_close_options[];
extern const struct cli_option cmd_dossier_reuse_options[];
extern const struct cli_option cmd_dossier_demand_options[];
extern const struct cli_option cmd_document_paper_options[];
extern const struct cli_option cmd_report_unusable_options[];
extern const struct cli_option cmd_report_incidents_options[];
extern const struct cli_option cmd_document_withdraw_options[];
extern const struct cli_option cmd_report_rates_options[];
int cmd_dossier_list(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_show(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_create(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_update(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_held(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_dossier_look_up_options[];
int cmd_dossier_look_up(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_reuse(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_demand(const struct cli *cli, const struct cli_args *args);
int cmd_document_paper(const struct cli *cli, const struct cli_args *args);
int cmd_report_rates(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_flags(const struct cli *cli, const struct cli_args *args);
int cmd_report_incidents(const struct cli *cli, const struct cli_args *args);
int cmd_report_unusable(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_papers(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_handed_over(const struct cli *cli, const struct cli_args *args);
int cmd_dossier_close(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_scan_options[];
int cmd_scan(const struct cli *cli, const struct cli_args *args);
int cmd_scan_continue(const struct cli *cli, const struct cli_args *args);
int cmd_scan_next(const struct cli *cli, const struct cli_args *args);
int cmd_scan_finish(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_document_confirm_options[];
extern const struct cli_option cmd_document_reason_options[];
extern const struct cli_option cmd_document_copy_options[];
int cmd_document_form(const struct cli *cli, const struct cli_args *args);
int cmd_document_copy(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_document_split_options[];
extern const struct cli_option cmd_document_file_options[];
extern const struct cli_option cmd_document_alto_options[];
int cmd_document_show(const struct cli *cli, const struct cli_args *args);
int cmd_document_confirm(const struct cli *cli, const struct cli_args *args);
int cmd_document_finish(const struct cli *cli, const struct cli_args *args);
int cmd_document_reopen(const struct cli *cli, const struct cli_args *args);
int cmd_document_reject(const struct cli *cli, const struct cli_args *args);
int cmd_document_split(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_document_join_options[];
int cmd_document_join(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_document_move_options[];
int cmd_document_move(const struct cli *cli, const struct cli_args *args);
int cmd_document_code(const struct cli *cli, const struct cli_args *args);
int cmd_document_withdraw(const struct cli *cli, const struct cli_args *args);
int cmd_document_replace(const struct cli *cli, const struct cli_args *args);
int cmd_document_file(const struct cli *cli, const struct cli_args *args);
int cmd_document_alto(const struct cli *cli, const struct cli_args *args);
int cmd_document_release(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_page_remove_options[];
extern const struct cli_option cmd_page_turn_options[];
extern const struct cli_option cmd_page_move_options[];
extern const struct cli_option cmd_page_pair_options[];
extern const struct cli_option cmd_page_secret_options[];
int cmd_page_secret(const struct cli *cli, const struct cli_args *args);
int cmd_page_release(const struct cli *cli, const struct cli_args *args);
int cmd_page_answer(const struct cli *cli, const struct cli_args *args);
int cmd_page_remove(const struct cli *cli, const struct cli_args *args);
int cmd_page_cut(const struct cli *cli, const struct cli_args *args);
int cmd_page_turn(const struct cli *cli, const struct cli_args *args);
int cmd_page_move(const struct cli *cli, const struct cli_args *args);
int cmd_page_pair(const struct cli *cli, const struct cli_args *args);
int cmd_page_restore(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_import_add_options[];
extern const struct cli_option cmd_import_feed_options[];
extern const struct cli_option cmd_import_show_options[];
int cmd_import_add(const struct cli *cli, const struct cli_args *args);
int cmd_import_feed(const struct cli *cli, const struct cli_args *args);
int cmd_import_retry(const struct cli *cli, const struct cli_args *args);
int cmd_import_text(const struct cli *cli, const struct cli_args *args);
int cmd_import_list(const struct cli *cli, const struct cli_args *args);
int cmd_import_show(const struct cli *cli, const struct cli_args *args);
int cmd_import_look(const struct cli *cli, const struct cli_args *args);
int cmd_import_rescan(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_import_register_options[];
extern const struct cli_option cmd_document_register_options[];
int cmd_import_register(const struct cli *cli, const struct cli_args *args);
int cmd_document_register(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_catalog_import_options[];
extern const struct cli_option cmd_catalog_show_options[];
extern const struct cli_option cmd_catalog_find_options[];
int cmd_catalog_import(const struct cli *cli, const struct cli_args *args);
int cmd_catalog_list(const struct cli *cli, const struct cli_args *args);
int cmd_catalog_show(const struct cli *cli, const struct cli_args *args);
int cmd_catalog_find(const struct cli *cli, const struct cli_args *args);
int cmd_catalog_verify(const struct cli *cli, const struct cli_args *args);
int cmd_catalog_gaps(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_model_import_options[];
int cmd_model_status(const struct cli *cli, const struct cli_args *args);
int cmd_model_train(const struct cli *cli, const struct cli_args *args);
int cmd_model_cancel(const struct cli *cli, const struct cli_args *args);
int cmd_model_rollback(const struct cli *cli, const struct cli_args *args);
int cmd_model_export(const struct cli *cli, const struct cli_args *args);
int cmd_model_import(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_queue_list_options[];
extern const struct cli_option cmd_queue_many_options[];
extern const struct cli_option cmd_queue_hold_options[];
int cmd_queue_list(const struct cli *cli, const struct cli_args *args);
int cmd_queue_show(const struct cli *cli, const struct cli_args *args);
int cmd_queue_retry(const struct cli *cli, const struct cli_args *args);
int cmd_queue_hold(const struct cli *cli, const struct cli_args *args);
int cmd_queue_keep_theirs(const struct cli *cli, const struct cli_args *args);
int cmd_queue_release(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_queue_urgent_options[];
int cmd_queue_urgent(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_sync_now_options[];
extern const struct cli_option cmd_sync_reconcile_options[];
extern const struct cli_option cmd_sync_report_options[];
extern const struct cli_option cmd_sync_late_options[];
int cmd_sync_now(const struct cli *cli, const struct cli_args *args);
int cmd_sync_report(const struct cli *cli, const struct cli_args *args);
int cmd_sync_late(const struct cli *cli, const struct cli_args *args);
int cmd_sync_status(const struct cli *cli, const struct cli_args *args);
int cmd_sync_reconcile(const struct cli *cli, const struct cli_args *args);
int cmd_sync_restored(const struct cli *cli, const struct cli_args *args);
extern const struct cli_option cmd_sync_export_options[];
int cmd_sync_export(const struct cli *cli, const struct cli_args *args);
int cmd_sync_take(const struct cli *cli, const struct cli_args *args);
int cmd_sync_import_receipts(const struct cli *cli, const struct cli_args *args);
int cmd_sync_sticks(const struct cli *cli, const struct cli_args *args);
int cmd_sync_lost(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_task_list_options[];
extern const struct cli_option cmd_task_close_options[];
int cmd_task_list(const struct cli *cli, const struct cli_args *args);
int cmd_task_show(const struct cli *cli, const struct cli_args *args);
int cmd_task_close(const struct cli *cli, const struct cli_args *args);

extern const struct cli_option cmd_signer_unlock_options[];
int cmd_signer_show(const struct cli *cli, const struct cli_args *args);
int cmd_signer_unlock(const struct cli *cli, const struct cli_args *args);
int cmd_signer_lock(const struct cli *cli, const struct cli_args *args);

int cmd_status(const struct cli *cli, const struct cli_args *args);
int cmd_open(const struct cli *cli, const struct cli_args *args);
int cmd_version(const struct cli *cli, const struct cli_args *args);
int cmd_completion_bash(const struct cli *cli, const struct cli_args *args);

#endif
