#ifndef SOHOA_HTTP_API_H
#define SOHOA_HTTP_API_H

/* The handlers named in routes.c, one file per noun. Each turns the request into one call of the
 * application (app.h) or fails it. */

struct call;

void api_status_get(struct call *call);
void api_events_get(struct call *call);

void api_devices_list(struct call *call);
void api_devices_get(struct call *call);
void api_devices_test(struct call *call);
void api_devices_reset(struct call *call);
void api_devices_lease(struct call *call);
void api_devices_set(struct call *call);
void api_profiles_list(struct call *call);
void api_profiles_set(struct call *call);
void api_profiles_remove(struct call *call);

void api_dossiers_list(struct call *call);
void api_dossiers_create(struct call *call);
void api_dossiers_get(struct call *call);
void api_dossiers_update(struct call *call);
void api_dossiers_close(struct call *call);
void api_dossiers_handed_over(struct call *call);
void api_dossiers_held(struct call *call);
void api_dossiers_reuse(struct call *call);
void api_dossiers_look_up(struct call *call);
void api_dossiers_looked_up(struct call *call);
void api_dossiers_demand(struct call *call);
void api_dossiers_papers(struct call *call);
void api_dossiers_scan(struct call *call);

void api_jobs_get(struct call *call);
void api_jobs_cancel(struct call *call);
void api_jobs_continue(struct call *call);
void api_jobs_next(struct call *call);
void api_jobs_confirm(struct call *call);
void api_jobs_finish(struct call *call);
void api_jobs_preview(struct call *call);

void api_documents_get(struct call *call);
void api_documents_paper(struct call *call);
void api_reports_unusable(struct call *call);
void api_reports_rates(struct call *call);
void api_reports_incidents(struct call *call);
void api_dossiers_flags(struct call *call);
void api_documents_file(struct call *call);
void api_documents_finish(struct call *call);
void api_documents_reopen(struct call *call);
void api_documents_confirm(struct call *call);
void api_documents_reject(struct call *call);
void api_documents_form(struct call *call);
void api_documents_split(struct call *call);
void api_documents_join(struct call *call);
void api_documents_move(struct call *call);
void api_documents_replace(struct call *call);
void api_documents_withdraw(struct call *call);
void api_documents_withdraw_undo(struct call *call);
void api_documents_set_code(struct call *call);

void api_pages_thumb(struct call *call);
void api_pages_words(struct call *call);
void api_pages_image(struct call *call);
void api_pages_joined(struct call *call);
void api_pages_move(struct call *call);
void api_pages_remove(struct call *call);
void api_pages_release(struct call *call);
void api_pages_turn(struct call *call);
void api_pages_cut(struct call *call);
void api_pages_restore(struct call *call);
void api_pages_pair(struct call *call);
void api_pages_answer(struct call *call);
void api_pages_blank(struct call *call);
void api_pages_secret(struct call *call);

void api_signer_show(struct call *call);
void api_signer_unlock(struct call *call);
void api_signer_lock(struct call *call);

void api_queue_get(struct call *call);
void api_queue_retry_many(struct call *call);
void api_queue_release_many(struct call *call);
void api_queue_hold_many(struct call *call);
void api_sync_report(struct call *call);
void api_sync_late(struct call *call);
void api_metrics_get(struct call *call);
void api_queue_list(struct call *call);
void api_queue_release(struct call *call);
void api_queue_hold(struct call *call);
void api_queue_keep_theirs(struct call *call);
void api_queue_urgent(struct call *call);
void api_dossiers_urgent(struct call *call);
void api_sync_get(struct call *call);
void api_sync_start(struct call *call);

void api_sticks_list(struct call *call);
void api_sticks_export(struct call *call);
void api_sticks_take(struct call *call);
void api_sticks_lost(struct call *call);
void api_sticks_receipts(struct call *call);

void api_reconciles_list(struct call *call);
void api_reconciles_get(struct call *call);
void api_sync_restored(struct call *call);

void api_tasks_list(struct call *call);
void api_tasks_get(struct call *call);
void api_tasks_close(struct call *call);

void api_imports_list(struct call *call);
void api_imports_items(struct call *call);
void api_imports_look(struct call *call);
void api_imports_feed(struct call *call);
void api_imports_retry(struct call *call);
void api_imports_text(struct call *call);
void api_imports_upload(struct call *call);

void api_registers_get(struct call *call);
void api_registers_import(struct call *call);
void api_registers_list(struct call *call);
void api_registers_join(struct call *call);
void api_documents_register(struct call *call);

void api_catalogs_list(struct call *call);
void api_catalogs_get(struct call *call);
void api_catalogs_rows(struct call *call);
void api_catalogs_import(struct call *call);
void api_catalogs_verify(struct call *call);
void api_catalogs_gaps(struct call *call);
void api_procedures_find(struct call *call);
void api_procedures_papers(struct call *call);

void api_models_status(struct call *call);
void api_models_file(struct call *call);
void api_models_train(struct call *call);
void api_models_cancel(struct call *call);
void api_models_rollback(struct call *call);
void api_models_import(struct call *call);

void api_open_link(struct call *call);
void api_open_session(struct call *call);
void api_web_index(struct call *call);
void api_web_file(struct call *call);

#endif
