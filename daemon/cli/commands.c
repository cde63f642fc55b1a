#include "daemon/cli/commands.h"

#ifdef SOHOA_HAS_PROCESS
#include "daemon/cli/cmd_process.h"
#endif
#include "daemon/cli/help.h"

#include <stdio.h>

const struct cli_command cli_commands[] = {
    {"device", "list", "", NULL, "scanners the daemon sees", cmd_device_list},
    {"device", "show", "DEVICE", NULL, "one scanner: sources and options", cmd_device_show},
    {"device", "test", "DEVICE", NULL, "scan a corner of the glass, or only open a feeder",
     cmd_device_test},
    {"device", "reset", "DEVICE", NULL, "bring back one that hangs", cmd_device_reset},
    {"device", "label", "DEVICE [LABEL]", cmd_device_setting_options,
     "its name for people, or --none", cmd_device_label},
    {"device", "profile", "DEVICE [PROFILE]", cmd_device_setting_options,
     "how it scans unless asked otherwise, or --none", cmd_device_profile},
    {"device", "lease", "DEVICE", cmd_device_lease_options, "take it for yourself, or hand it over",
     cmd_device_lease},
    {"profile", "list", "", NULL, "kept ways of scanning", cmd_profile_list},
    {"profile", "set", "PROFILE", cmd_profile_set_options, "keep a way of scanning",
     cmd_profile_set},
    {"profile", "remove", "PROFILE", cmd_profile_remove_options,
     "forget it unless a scanner uses it", cmd_profile_remove},
    {"separator", "print", "", cmd_separator_print_options,
     "a sheet to lay between papers, as SVG to print", cmd_separator_print},
    {"dossier", "list", "", cmd_dossier_list_options, "dossiers, newest first", cmd_dossier_list},
    {"dossier", "show", "DOSSIER", NULL, "one dossier with its documents", cmd_dossier_show},
    {"dossier", "create", "", cmd_dossier_create_options, "begin a dossier", cmd_dossier_create},
    {"dossier", "update", "DOSSIER", cmd_dossier_update_options,
     "bind the code, say how many papers and written sides, which procedure", cmd_dossier_update},
    {"dossier", "flags", "DOSSIER", NULL, "what the portal will count of it", cmd_dossier_flags},
    {"dossier", "papers", "DOSSIER", NULL, "papers its procedure wants, and which are there",
     cmd_dossier_papers},
    {"dossier", "reuse", "DOSSIER PAPER [DOCUMENT]", cmd_dossier_reuse_options,
     "a held document instead of a scan, or --undo", cmd_dossier_reuse},
    {"dossier", "demand", "DOSSIER PAPER", cmd_dossier_demand_options,
     "the citizen asks for a paper to be digitized", cmd_dossier_demand},
    {"dossier", "close", "DOSSIER", cmd_dossier_close_options,
     "close it when papers and documents are equal", cmd_dossier_close},
    {"scan", "continue", "JOB", NULL, "scan the rest of a paper whose scan failed",
     cmd_scan_continue},
    {"scan", "next", "JOB", NULL, "next page of a hands-free scan", cmd_scan_next},
    {"scan", "finish", "JOB", NULL, "that was the last page of a hands-free scan", cmd_scan_finish},
    {"scan", NULL, "DOSSIER", cmd_scan_options, "scan one paper into a dossier", cmd_scan},
    {"document", "show", "DOCUMENT", NULL, "one document: fields, pages, deliveries",
     cmd_document_show},
    {"document", "confirm", "DOCUMENT", cmd_document_confirm_options,
     "confirm what a person compared with the paper", cmd_document_confirm},
    {"document", "finish", "DOCUMENT", NULL, "no more pages for it: read it", cmd_document_finish},
    {"document", "reopen", "DOCUMENT", NULL, "take more pages after it was read",
     cmd_document_reopen},
    {"document", "form", "DOCUMENT FORM", NULL,
     "in which form it was handed in; none takes it back", cmd_document_form},
    {"document", "copy", "DOCUMENT yes|no", cmd_document_copy_options,
     "what the supervisor said of a photocopy or certified copy", cmd_document_copy},
    {"document", "reject", "DOCUMENT", cmd_document_reason_options, "refuse it, with a reason",
     cmd_document_reject},
    {"document", "split", "DOCUMENT", cmd_document_split_options, "begin a new document at a page",
     cmd_document_split},
    {"document", "join", "DOCUMENT", cmd_document_join_options,
     "put the pages of another one behind its own", cmd_document_join},
    {"document", "register", "DOCUMENT [REGISTER] [LINE]", cmd_document_register_options,
     "the row it is in its folder's register, --none or --auto", cmd_document_register},
    {"document", "replace", "DOCUMENT", cmd_document_reason_options,
     "begin a new version, with a reason", cmd_document_replace},
    {"document", "code", "DOCUMENT CODE", NULL,
     "the real result code in place of a provisional one", cmd_document_code},
    {"document", "paper", "DOCUMENT [PAPER]", cmd_document_paper_options,
     "which wanted paper it is, or --none", cmd_document_paper},
    {"document", "file", "DOCUMENT", cmd_document_file_options, "get its signed PDF",
     cmd_document_file},
#ifdef SOHOA_HAS_PROCESS
    {"document", "alto", "DOCUMENT", cmd_document_alto_options, "get its words with boxes (ALTO 4)",
     cmd_document_alto},
#endif
    {"document", "release", "DOCUMENT", NULL, "end a hold: work on it goes on",
     cmd_document_release},
    {"page", "answer", "PAGE CODE keep|removed", NULL, "answer what the machine asks about it",
     cmd_page_answer},
    {"page", "turn", "PAGE", cmd_page_turn_options, "say which side is up", cmd_page_turn},
    {"page", "cut", "PAGE on|off", NULL, "show its small papers alone, or the whole glass",
     cmd_page_cut},
    {"page", "move", "PAGE", cmd_page_move_options, "put it elsewhere, or into another paper",
     cmd_page_move},
    {"page", "pair", "PAGE", cmd_page_pair_options, "one more image of another page's side",
     cmd_page_pair},
    {"page", "remove", "PAGE", cmd_page_remove_options, "take it out, with a reason",
     cmd_page_remove},
    {"page", "restore", "PAGE", NULL, "undo a removal", cmd_page_restore},
    {"page", "secret", "PAGE yes|no", cmd_page_secret_options,
     "is a locked paper secret? yes removes it for good", cmd_page_secret},
    {"page", "release", "PAGE", NULL, "end a hold: it is read again", cmd_page_release},
    {"import", "list", "", NULL, "folders that paper comes in as files", cmd_import_list},
    {"import", "show", "FOLDER", cmd_import_show_options, "its files", cmd_import_show},
    {"import", "look", "FOLDER", NULL, "look now, try again what waits", cmd_import_look},
    {"import", "add", "FILE...", cmd_import_add_options, "hand files over for a dossier",
     cmd_import_add},
    {"import", "retry", "FOLDER ITEM", NULL,
     "try a stopped file again, or one whose paper was rejected", cmd_import_retry},
    {"import", "text", "FOLDER ITEM", NULL, "what a Word or register file says", cmd_import_text},
    {"import", "feed", "FOLDER [DOSSIER]", cmd_import_feed_options,
     "the dossier that a copier's folder feeds, or --none", cmd_import_feed},
    {"import", "rescan", "FOLDER", NULL, "copies below what the law asks: to be scanned again",
     cmd_import_rescan},
    {"import", "register", "FOLDER [FILE]", cmd_import_register_options,
     "take the register kept beside its scans; without FILE: what joined and what did not",
     cmd_import_register},
    {"catalog", "import", "KIND FILE", cmd_catalog_import_options,
     "take a code list from CSV, TSV, xlsx or JSON", cmd_catalog_import},
    {"catalog", "list", "[KIND]", NULL, "catalogues and their versions", cmd_catalog_list},
    {"catalog", "show", "KIND CODE", cmd_catalog_show_options, "what a code is", cmd_catalog_show},
    {"catalog", "find", "KIND WORD...", cmd_catalog_find_options, "codes by words of their names",
     cmd_catalog_find},
    {"catalog", "verify", "", NULL, "are they as imported, and do they fit together",
     cmd_catalog_verify},
    {"catalog", "gaps", "", NULL, "what was looked for and is in none", cmd_catalog_gaps},
    {"queue", "list", "", cmd_queue_list_options, "deliveries to the warehouses", cmd_queue_list},
    {"queue", "show", "DELIVERY", NULL, "one delivery", cmd_queue_show},
    {"queue", "retry", "DELIVERY", NULL, "try again now", cmd_queue_retry},
    {"queue", "hold", "DELIVERY", cmd_queue_hold_options, "do not send for now", cmd_queue_hold},
    {"queue", "release", "DELIVERY", NULL, "end a hold", cmd_queue_release},
    {"sync", "now", "", NULL, "send what waits", cmd_sync_now},
    {"sync", "status", "", NULL, "what waits, and since when", cmd_sync_status},
    {"sync", "reconcile", "", NULL, "compare with what the warehouses hold", cmd_sync_reconcile},
    {"signer", "show", "", NULL, "who signs, and is the key open", cmd_signer_show},
    {"signer", "unlock", "", cmd_signer_unlock_options, "open the signing key", cmd_signer_unlock},
    {"signer", "lock", "", NULL, "wipe the signing key from memory", cmd_signer_lock},
    {"report", "rates", "", cmd_report_rates_options,
     "rates of digitization as QĐ 766 scores them, and what does not count", cmd_report_rates},
    {"report", "unusable", "", cmd_report_unusable_options,
     "data that exists but could not be used, for its holders", cmd_report_unusable},
    {"status", NULL, "", NULL, "state of the station", cmd_status},
    {"open", NULL, "", NULL, "print a one-time link to the clerk's page", cmd_open},
#ifdef SOHOA_HAS_PROCESS
    {"process", NULL, "INPUT...", cmd_process_options,
     "files to searchable PDF/A and data, without the daemon", NULL, cmd_process},
#endif
    {"version", NULL, "", NULL, "version of this program", cmd_version},
    {"completion", "bash", "", NULL, "print a bash completion script", cmd_completion_bash},
    {0},
};

int cmd_version(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    if (cli->json)
        puts("{\"version\": \"" SOHOA_VERSION "\"}");
    else
        puts("sohoa " SOHOA_VERSION);
    return CLI_DONE;
}

int cmd_completion_bash(const struct cli *cli, const struct cli_args *args)
{
    (void)cli;
    (void)args;
    help_print_completion(cli_commands);
    return CLI_DONE;
}
