#!/usr/bin/env python3
"""An auditor of the sandbox bank's books, who shares no line with the bank and none with the phone.

    audit.py BANK.SQLITE [--phone REPORT.JSON] [--settled]

reads the bank's file, read-only and in one snapshot, also while the bank runs, and proves from it:

  conservation   in every currency all postings sum to zero, each entry by itself too, and each balance is its postings
  pairs          an executed transfer is one entry of two postings: its amount from the account it names, to the one it names
  once           an intent moved money at most once, and no entry names an intent that was not executed
  time           nothing was executed after the expiry that stands in what was approved
  seen           what was executed was approved: by the device's key, over these very bytes
  receipts       each receipt verifies with a key of the bank in force, and says what the books say
  rows           each posting of an intent to a customer's account is one row that the customer sees, of the same amount, and no
                 row is more or less than its posting

and with the list of a phone (an object with "payments": [{"id", "stage"}...]):

  phone          confirmed is executed and executed is known; rejected is refused; drafts are nothing to the bank
  settled        with --settled, nothing is left on its way

It needs nothing but Python 3.9's own library. docs/protocol.md section 9 says what intents, approvals and receipts are. Exit code
0 if everything holds, 1 if not (each violation on a line of its own), 2 if the books cannot be read.
"""

import argparse
import collections
import contextlib
import datetime
import hashlib
import json
import sqlite3
import sys
import urllib.parse

import p256

DOMAIN = b"GUICHET-INTENT-V1\n"
# How far ahead of the bank's clock an intent may have been made, in seconds (docs/protocol.md section 9.4).
AHEAD_S = 60


class Audit:
    """The books, and what is wrong with them."""

    def __init__(self, connection):
        self.db = connection
        self.db.row_factory = sqlite3.Row
        self.violations = []
        self.counts = collections.Counter()
        self.accounts = {row["account_id"]: row for row in self.db.execute("SELECT * FROM account")}
        self.postings = collections.defaultdict(list)
        for row in self.db.execute("SELECT * FROM posting"):
            self.postings[row["entry_id"]].append(row)
        self.entries = {row["entry_id"]: row for row in self.db.execute("SELECT * FROM entry")}
        self.devices = {row["device_id"]: row for row in self.db.execute("SELECT * FROM device")}
        self.decisions = list(self.db.execute("SELECT * FROM decision"))
        self.receipt_keys = {row["kid"]: row for row in self.db.execute("SELECT * FROM receipt_key")}

    def finds(self, rule, what):
        """Notes a violation."""
        self.violations.append(f"{rule}: {what}")

    def run(self, phone=None, settled=False):
        """Looks at everything."""
        self.conservation()
        self.rows()
        self.once()
        for decision in self.decisions:
            self.counts[decision["outcome"]] += 1
            self.decision(decision)
        if phone is not None:
            self.phone(phone, settled)

    def conservation(self):
        """Money is neither made nor lost."""
        total, booked = collections.Counter(), collections.Counter()
        for entry_id, postings in self.postings.items():
            sums = collections.Counter()
            for posting in postings:
                sums[posting["currency"]] += posting["minor"]
                total[posting["currency"]] += posting["minor"]
                booked[posting["account_id"]] += posting["minor"]
                account = self.accounts.get(posting["account_id"])
                if account is None or account["currency"] != posting["currency"]:
                    self.finds("conservation", f"entry {entry_id} posts where no such account is")
            if any(sums.values()):
                self.finds("conservation", f"entry {entry_id} does not sum to zero")
            if entry_id not in self.entries:
                self.finds("conservation", f"postings of an entry that is not there: {entry_id}")
        for entry_id in self.entries.keys() - self.postings.keys():
            self.finds("conservation", f"entry {entry_id} has no postings")
        for currency, sum_ in total.items():
            self.counts[f"postings in {currency}"] = sum_
            if sum_ != 0:
                self.finds("conservation", f"all postings in {currency} sum to {sum_}")
        for account_id, account in self.accounts.items():
            if account["booked"] != booked[account_id]:
                self.finds("conservation", f"account {account_id} is not the sum of its postings")

    def rows(self):
        """What customers see is what was posted."""
        seen = collections.Counter()
        minors = {(p["entry_id"], p["account_id"]): p["minor"] for ps in self.postings.values() for p in ps}
        for row in self.db.execute("SELECT * FROM movement WHERE status = 'booked'"):
            place = (row["entry_id"], row["account_id"])
            seen[place] += 1
            if minors.get(place) != row["minor"]:
                self.finds("rows", f"row {row['movement_id']} is not its posting")
        for entry_id, account_id in minors:
            account, entry = self.accounts.get(account_id), self.entries.get(entry_id)
            is_customers = account is not None and account["customer_id"] is not None
            # What an account was opened with is no row; what an intent moved has to be one.
            least = int(is_customers and entry is not None and entry["intent_id"] is not None)
            if not least <= seen[entry_id, account_id] <= int(is_customers):
                times = seen[entry_id, account_id]
                self.finds("rows", f"entry {entry_id} is seen {times} times on {account_id}")

    def once(self):
        """An intent moves money at most once."""
        executed = collections.Counter(d["intent_id"] for d in self.decisions if d["outcome"] == "executed")
        debits = collections.Counter()
        for entry_id, entry in self.entries.items():
            if entry["intent_id"] is None:
                continue
            if executed[entry["intent_id"]] == 0:
                self.finds("once", f"entry {entry_id} is of an intent that was not executed")
            for posting in self.postings[entry_id]:
                account = self.accounts.get(posting["account_id"])
                if posting["minor"] < 0 and account is not None and account["customer_id"] is not None:
                    debits[entry["intent_id"], posting["account_id"]] += 1
        for (intent_id, account_id), times in debits.items():
            if times > 1:
                self.finds("once", f"intent {intent_id} took money from {account_id} {times} times")
        for intent_id, times in executed.items():
            if times > 1:
                self.finds("once", f"intent {intent_id} was executed for {times} devices")

    def decision(self, decision):
        """One intent that was decided: what was approved, what was done, and what the receipt says of it."""
        name = decision["intent_id"]
        try:
            intent = json.loads(decision["intent"])
            expires, created = seconds(intent["expires"]), seconds(intent["created"])
            if (intent["id"], intent["device"]) != (name, decision["device_id"]):
                self.finds("seen", f"intent {name} was kept under another name or device")
            decided_at = self.receipt(decision)
            if decision["outcome"] != "executed":
                if decision["entry_id"] is not None:
                    self.finds("receipts", f"intent {name} was refused and has an entry")
                return
            self.approved(decision)
            self.pair(decision, intent["terms"])
            entry = self.entries.get(decision["entry_id"])
            for at in filter(lambda at: at is not None, (decided_at, entry and entry["at"])):
                if not created - AHEAD_S <= at <= expires:
                    self.finds("time", f"intent {name} was executed at {at}, not within {created}..{expires}")
        except (KeyError, TypeError, ValueError) as error:
            self.finds("receipts", f"intent {name} cannot be read: {error!r}")

    def approved(self, decision):
        """By the device's own key; a key that was replaced since is not kept by the bank."""
        renewed = "SELECT 1 FROM security_notice WHERE kind = 'approval_key_renewed' AND device_id = ?"
        if self.db.execute(renewed, [decision["device_id"]]).fetchone():
            self.counts["approved by keys replaced since"] += 1
            return
        key = p256.point_of(json.loads(self.devices[decision["device_id"]]["approval_key"]))
        if not p256.verifies(key, DOMAIN + decision["intent"], decision["approval"]):
            self.finds("seen", f"intent {decision['intent_id']} was executed and not approved")
        self.counts["approvals verified"] += 1

    def pair(self, decision, terms):
        """A transfer that arrives now is two postings, of opposite sign, between the accounts it names."""
        name = decision["intent_id"]
        if terms["kind"] != "transfer" or terms.get("arrives", "now") != "now":
            self.counts["executed, of kinds whose entries are not judged"] += 1
            return
        entry = self.entries.get(decision["entry_id"])
        if entry is None or entry["intent_id"] != name:
            self.finds("pairs", f"intent {name} was executed without an entry of its own")
            return
        number = {account_id: account["number"] for account_id, account in self.accounts.items()}
        posted = sorted(
            (p["minor"], p["currency"], number.get(p["account_id"])) for p in self.postings[entry["entry_id"]]
        )
        minor, currency = int(terms["amount"]["minor"]), terms["amount"]["currency"]
        due = sorted(
            [(-minor, currency, terms["from"]["account"]), (minor, currency, terms["to"]["account"])]
        )
        if posted != due:
            self.finds("pairs", f"intent {name} says {due}, the books {posted}")
        rows = self.db.execute("SELECT minor FROM movement WHERE intent_id = ?", [name]).fetchall()
        if [row["minor"] for row in rows] != [-minor]:
            self.finds("rows", f"intent {name} stands on {len(rows)} rows, not on its payer's one")

    def receipt(self, decision):
        """What the bank signed. Returns when it decided, in seconds since 1970."""
        name = decision["intent_id"]
        head, body, signature = decision["receipt"].split(".")
        header, payload = json.loads(p256.decode(head)), json.loads(p256.decode(body))
        key = self.receipt_keys.get(header.get("kid"))
        if key is None or (header.get("alg"), header.get("typ")) != ("ES256", "guichet-receipt+jwt"):
            self.finds("receipts", f"the receipt of {name} is by no receipt key of the bank")
            return payload["iat"]
        signed = f"{head}.{body}".encode("ascii")
        if not p256.verifies(p256.point_of(json.loads(key["key"])), signed, p256.decode(signature)):
            self.finds("receipts", f"the receipt of {name} does not verify")
        if not key["nbf"] <= payload["iat"] <= key["exp"]:
            self.finds("receipts", f"the receipt of {name} was signed outside its key's time")
        said = {
            "device_id": decision["device_id"],
            "intent_id": name,
            "intent_sha256": p256.encode(hashlib.sha256(decision["intent"]).digest()),
            "approval_sha256": p256.encode(hashlib.sha256(decision["approval"]).digest()),
            "outcome": decision["outcome"],
            "reason": decision["reason"],
            "entry_id": decision["entry_id"],
        }
        for member, due in said.items():
            if payload.get(member) != due:
                self.finds("receipts", f"the receipt of {name} says {member} {payload.get(member)!r}, the books {due!r}")
        entry = self.entries.get(decision["entry_id"])
        if entry is not None and entry["at"] != payload["iat"]:
            self.finds("receipts", f"the receipt of {name} has another time than its entry")
        self.counts["receipts verified"] += 1
        return payload["iat"]

    def phone(self, report, settled):
        """What the phone says is so, and it knows of everything that the bank did for it."""
        outcomes = {decision["intent_id"]: decision["outcome"] for decision in self.decisions}
        proofs = {"confirmed": "executed", "rejected": "refused", "draft": None, "review": None, "not_sent": None}
        listed = set()
        for payment in report["payments"]:
            name, stage, outcome = payment["id"], payment["stage"], outcomes.get(payment["id"])
            if name in listed:
                self.finds("phone", f"payment {name} is on the list twice")
            listed.add(name)
            if stage in proofs and proofs[stage] != outcome:
                self.finds("phone", f"payment {name} is {stage} on the phone and {outcome} at the bank")
            if stage not in proofs and stage not in ("sending", "unknown"):
                self.finds("phone", f"payment {name} is {stage}, whatever that is")
            if settled and stage not in proofs:
                self.finds("settled", f"payment {name} is still {stage}")
            self.counts[f"{stage} on the phone"] += 1
        for name in outcomes.keys() - listed:
            self.finds("phone", f"payment {name} was {outcomes[name]}, and the phone does not know it")


def seconds(time):
    """Seconds since 1970 of an RFC 3339 time in UTC with whole seconds and Z."""
    parsed = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")
    return int(parsed.replace(tzinfo=datetime.timezone.utc).timestamp())


def open_books(file):
    """One snapshot of the bank's file, which nobody here can write to."""
    connection = sqlite3.connect(f"file:{urllib.parse.quote(file)}?mode=ro", uri=True, timeout=10)
    connection.isolation_level = None
    connection.execute("BEGIN")
    return connection


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("books", metavar="BANK.SQLITE", help="the sandbox bank's file")
    parser.add_argument("--phone", metavar="REPORT.JSON", help="the list of payments that a phone shows")
    parser.add_argument("--settled", action="store_true", help="nothing may be on its way any more")
    options = parser.parse_args(arguments)
    try:
        report = None
        if options.phone:
            with open(options.phone, encoding="utf-8") as file:
                report = json.load(file)
        with contextlib.closing(open_books(options.books)) as books:
            audit = Audit(books)
            audit.run(report, options.settled)
    except (OSError, ValueError, sqlite3.Error) as error:
        print(f"the audit could not be made: {error}", file=sys.stderr)
        return 2
    for violation in audit.violations:
        print(violation)
    counts = ", ".join(f"{count} {what}" for what, count in sorted(audit.counts.items()))
    print(f"{len(audit.violations)} violations; {len(audit.entries)} entries, {counts}")
    return 1 if audit.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
