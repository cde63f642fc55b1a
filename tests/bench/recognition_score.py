#!/usr/bin/env python3
"""Scores the lines of recognition_pages against a corpus.

usage: recognition_score.py CORPUS < lines.jsonl   (TURN=90 in the environment as for the program)

Word F1 is order-free after NFC: words are runs of letters, digits, / . - with the edges stripped,
case kept; the mean is over written sheets.
"""
import collections
import json
import os
import re
import statistics
import sys
import unicodedata


def words(text):
    text = unicodedata.normalize("NFC", text)
    found = (w.strip("/.-") for w in re.findall(r"[^\W_]+(?:[/.\-]*[^\W_]+)*", text))
    return collections.Counter(w for w in found if w)


def f1(truth, read):
    common = sum((truth & read).values())
    return 2 * common / max(1, sum(truth.values()) + sum(read.values()))


def main():
    corpus, turn = sys.argv[1], int(os.environ.get("TURN", "0"))
    verbose = "-v" in sys.argv
    documents = {}
    for line in open(os.path.join(corpus, "truth.jsonl"), encoding="utf-8"):
        document = json.loads(line)
        documents[document["id"]] = document
    scores, skew, seconds = collections.defaultdict(list), [], []
    wrong_turn, unsure, wrong_blank, codes, false_codes = [], [], [], [0, 0], []
    asked = 0
    for line in sys.stdin:
        if not line.startswith("{"):
            continue
        page = json.loads(line)
        name, file = page["path"].split("/")[-2:]
        document, number = documents[name], int(re.sub(r"\D", "", file))
        sheet, info = document["sheets"][number - 1], page["page"]
        seconds.append(page["seconds"])
        where = f"{name}/{file}"
        if info["blank"] != bool(sheet.get("blank")):
            wrong_blank.append(where)
        if number == 1:
            wanted = {c["text"] for c in document.get("codes", [])}
            got = {c["text"] for c in page["codes"]}
            codes[0] += len(wanted & got)
            codes[1] += len(wanted)
            false_codes += [f"{where}: {c}" for c in got - wanted]
            if wanted - got:
                false_codes.append(f"{where}: missed {wanted - got}")
        elif page["codes"]:
            false_codes.append(f"{where}: {page['codes']}")
        if sheet.get("blank"):
            continue
        right = (-(sheet["turned_degrees_cw"] + turn)) % 360
        if info["rotation_score"] < 0.5:
            unsure.append(where)
        elif info["rotation_deg"] != right:
            wrong_turn.append(f"{where}: {info['rotation_deg']} for {right}, {info['rotation_score']:.2f}")
        skew.append((abs(info["skew_deg"] - sheet["skew_degrees"]), where))
        truth = open(os.path.join(corpus, name, file.replace(".jpg", ".txt")), encoding="utf-8").read()
        score = f1(words(truth), words(page["text"]))
        scores[document["condition"]].append(score)
        scores["all"].append(score)
        if verbose:
            missing = words(truth) - words(page["text"])
            extra = words(page["text"]) - words(truth)
            print(f"{score:.4f} {document['condition']:6} {where} {page['seconds']} skew {skew[-1][0]:.2f}"
                  f" q={info['quality']} -{' '.join(missing)[:200]} +{' '.join(extra)[:200]}")
    for condition in ("clean", "normal", "hard", "all"):
        if scores[condition]:
            print(f"F1 {condition:6} {statistics.mean(scores[condition]):.4f}  ({len(scores[condition])} sheets)")
    skew.sort()
    print(f"skew error: median {skew[len(skew) // 2][0]:.3f}, 95th {skew[int(len(skew) * 0.95)][0]:.3f}, "
          f"worst {[(round(s, 2), w) for s, w in skew[-4:]]}")
    print(f"turn wrong {wrong_turn}, unsure {unsure}; blank wrong {wrong_blank}")
    print(f"codes {codes[0]} of {codes[1]}, others {false_codes}")
    steps = [sum(s[i] for s in seconds) / len(seconds) for i in range(4)]
    print("seconds a page: image %.3f clean %.3f codes %.3f text %.3f, all %.3f" % (*steps, sum(steps)))


main()
