# What the scripts of this folder share. Sourced after station.sh.
#
#   review_unlock                     the clerk's key
#   review_scan DOSSIER [JSON]        one sheet, read                                   → the document's id
#   review_answers ID                 the body of a confirmation that leaves open what the machine asks
#   review_confirm ID                 sends it
#   review_status METHOD PATH [JSON]  the call's HTTP status; its answer in $station/answer.json
#   review_delivery ID                the document's first delivery
#   review_delivery_is ID STATE

review_unlock() {
    station_call POST /v1/signer/unlock "{\"password\": \"$password\"}" >/dev/null || station_fail 'no unlock'
}

review_scan() {
    local job document
    station_pile 1
    job=$(station_scan "$@")
    [ "$(jq -r .state <<<"$job")" = 'done' ] || station_fail "the scan: $job"
    document=$(jq -r .document_id <<<"$job")
    station_document "$document" read >/dev/null
    printf '%s\n' "$document"
}

review_answers() {
    station_call GET "/v1/documents/$1" | jq -c '{compared: true, fields:
        [.document.fields | to_entries[] | select(.value.needs_person or .value.value == null)
         | {key, value: (if .key == "doc_name" then "Giấy tờ" else null end)}] | from_entries}
        + if .document.revision then {revision: .document.revision} else {} end'
}

review_confirm() {
    station_call POST "/v1/documents/$1/confirm" "$(review_answers "$1")" >/dev/null ||
        station_fail "not confirmed: $(cat "$station/answer.json")"
}

review_status() {
    local options=(-s --max-time 60 --unix-socket "$socket" -X "$1" -o "$station/answer.json" -w '%{http_code}')
    [ $# -lt 3 ] || options+=(-H 'Content-Type: application/json' --data-binary "$3")
    curl "${options[@]}" "http://localhost$2"
}

review_delivery() { station_call GET "/v1/documents/$1" | jq -c '.deliveries[0]'; }
review_delivery_is() { [ "$(review_delivery "$1" | jq -r .state)" = "$2" ]; }

# The records in the warehouse of that document.
review_records() {
    find "$station/warehouse" -name '*.json' ! -name '.*' -exec jq -c --arg id "$1" 'select(.record_id == $id)' {} +
}
