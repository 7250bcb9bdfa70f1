"""The auditor finds nothing in honest books, and every kind of violation in cooked ones. Run: python3 -m unittest -v"""

import contextlib
import hashlib
import io
import json
import os
import sqlite3
import tempfile
import unittest

import audit
import p256

# As much of the bank's tables as the auditor reads, without the locks that would keep anybody from cooking them.
TABLES = """
CREATE TABLE account (account_id, customer_id, number, currency, booked);
CREATE TABLE entry (entry_id, at, intent_id);
CREATE TABLE posting (entry_id, account_id, minor, currency);
CREATE TABLE movement (movement_id, account_id, status, minor, intent_id, entry_id);
CREATE TABLE device (device_id, approval_key);
CREATE TABLE security_notice (kind, device_id);
CREATE TABLE receipt_key (kid, key, nbf, exp);
CREATE TABLE decision (device_id, intent_id, intent BLOB, approval BLOB, outcome, reason, entry_id, receipt);
"""
NOON = 1_772_020_800
INTENT, REFUSED, DRAFT = "i-paid", "i-refused", "i-draft"


class Key:
    """A signing key for tests: what it signs with must never sign anything else."""

    def __init__(self, secret):
        self.secret = secret
        self.point = p256.to_affine(p256.multiply(p256.G, secret))

    def jwk(self):
        x, y = (p256.encode(number.to_bytes(32, "big")) for number in self.point)
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, message):
        digest = hashlib.sha256(message).digest()
        k = int.from_bytes(hashlib.sha256(self.secret.to_bytes(32, "big") + digest).digest(), "big") % p256.N
        r = p256.to_affine(p256.multiply(p256.G, k))[0] % p256.N
        s = pow(k, -1, p256.N) * (int.from_bytes(digest, "big") + r * self.secret) % p256.N
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


BANK, PHONE, STRANGER = Key(0xBA4C), Key(0x9803E), Key(0x5774)


def intent(name, minor="1250"):
    terms = {
        "kind": "transfer",
        "from": {"account": "6222000000000001"},
        "to": {"account": "6222000000000002", "name": "Li Na"},
        "amount": {"currency": "CNY", "minor": minor},
        "note": "",
    }
    whole = {"id": name, "device": "d-1", "created": "2026-02-25T11:59:00Z", "expires": "2026-02-25T12:04:00Z", "terms": terms}
    return json.dumps(whole, separators=(",", ":"), sort_keys=True).encode()


def receipt(name, data, approval, key=BANK, **changed):
    payload = {
        "device_id": "d-1",
        "intent_id": name,
        "intent_sha256": p256.encode(hashlib.sha256(data).digest()),
        "approval_sha256": p256.encode(hashlib.sha256(approval).digest()),
        "outcome": "executed",
        "iat": NOON,
        "entry_id": "e-1",
    }
    payload.update(changed)
    payload = {member: value for member, value in payload.items() if value is not None}
    header = {"alg": "ES256", "kid": "k-1", "typ": "guichet-receipt+jwt"}
    signed = ".".join(p256.encode(json.dumps(part).encode()) for part in (header, payload))
    return f"{signed}.{p256.encode(key.sign(signed.encode()))}"


REFUSAL = {"outcome": "refused", "reason": "expired", "entry_id": None}


class Books(unittest.TestCase):
    """Books with one payment, one refusal and one entry without an intent; and a phone that knows of both."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "bank.sqlite")
        self.db = sqlite3.connect(self.file)
        self.addCleanup(self.db.close)
        # Nothing here has to survive a power cut.
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.executescript(TABLES)
        self.phone = {"payments": [{"id": INTENT, "stage": "confirmed"}, {"id": REFUSED, "stage": "rejected"}]}
        self.settled = True
        self.cook("INSERT INTO receipt_key VALUES ('k-1', ?, ?, ?)", json.dumps(BANK.jwk()), NOON - 9, NOON + 9)
        self.cook("INSERT INTO device VALUES ('d-1', ?)", json.dumps(PHONE.jwk()))
        self.account("a-1", "c-1", "6222000000000001", 98_750)
        self.account("a-2", "c-2", "6222000000000002", 1_250)
        self.account("own", None, "1000", -100_000)
        self.entry("e-0", None, [("own", -100_000, None), ("a-1", 100_000, None)])
        self.entry("e-1", INTENT, [("a-1", -1_250, INTENT), ("a-2", 1_250, None)])
        for name, decided in ((INTENT, {}), (REFUSED, REFUSAL)):
            data = intent(name)
            approval = PHONE.sign(audit.DOMAIN + data)
            said = {"outcome": "executed", "reason": None, "entry_id": "e-1", **decided}
            row = [name, data, approval, said["outcome"], said["reason"], said["entry_id"]]
            self.cook(
                "INSERT INTO decision VALUES ('d-1', ?, ?, ?, ?, ?, ?, ?)", *row, receipt(name, data, approval, **said)
            )

    def cook(self, sql, *values):
        with self.db:
            self.assertNotEqual(self.db.execute(sql, values).rowcount, 0, "nothing was cooked")

    def account(self, account_id, customer, number, booked):
        self.cook("INSERT INTO account VALUES (?, ?, ?, 'CNY', ?)", account_id, customer, number, booked)

    def entry(self, entry_id, intent_id, postings):
        self.cook("INSERT INTO entry VALUES (?, ?, ?)", entry_id, NOON, intent_id)
        for account_id, minor, shown_intent in postings:
            self.cook("INSERT INTO posting VALUES (?, ?, ?, 'CNY')", entry_id, account_id, minor)
            if account_id != "own":
                row = [f"{entry_id}-{account_id}", account_id, minor, shown_intent, entry_id]
                self.cook("INSERT INTO movement VALUES (?, ?, 'booked', ?, ?, ?)", *row)

    def rules(self):
        """The rules that the auditor finds broken."""
        with contextlib.closing(audit.open_books(self.file)) as books:
            found = audit.Audit(books)
            found.run(self.phone, self.settled)
        return {violation.split(":")[0] for violation in found.violations}

    def receipt_again(self, key=BANK, **changed):
        data = intent(INTENT)
        again = receipt(INTENT, data, PHONE.sign(audit.DOMAIN + data), key, **changed)
        self.cook("UPDATE decision SET receipt = ? WHERE intent_id = ?", again, INTENT)


class HonestBooks(Books):
    def test_nothing_is_found(self):
        self.assertEqual(self.rules(), set())

    def test_the_books_cannot_be_written_to(self):
        with contextlib.closing(audit.open_books(self.file)) as books:
            with self.assertRaises(sqlite3.OperationalError):
                books.execute("DELETE FROM decision")

    def test_a_file_that_is_no_books_is_not_audited(self):
        self.assertEqual(self.exit_code(self.file + ".none"), 2)
        self.assertEqual(self.exit_code(__file__), 2)

    def test_the_exit_code_says_whether_something_was_found(self):
        self.assertEqual(self.exit_code(self.file), 0)
        self.cook("UPDATE account SET booked = booked + 1 WHERE account_id = 'a-2'")
        self.assertEqual(self.exit_code(self.file), 1)

    def exit_code(self, *arguments):
        silence = io.StringIO()
        with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            return audit.main(arguments)


class CookedBooks(Books):
    def test_money_out_of_nowhere(self):
        self.cook("UPDATE posting SET minor = 1251 WHERE entry_id = 'e-1' AND account_id = 'a-2'")
        self.assertIn("conservation", self.rules())

    def test_a_balance_that_is_not_its_postings(self):
        self.cook("UPDATE account SET booked = booked + 1 WHERE account_id = 'a-2'")
        self.assertEqual(self.rules(), {"conservation"})

    def test_a_posting_in_a_currency_the_account_does_not_have(self):
        self.cook("UPDATE posting SET currency = 'USD' WHERE entry_id = 'e-1'")
        self.assertIn("conservation", self.rules())

    def test_an_entry_without_postings(self):
        self.cook("INSERT INTO entry VALUES ('e-9', ?, NULL)", NOON)
        self.assertEqual(self.rules(), {"conservation"})

    def test_a_payment_to_somebody_else(self):
        self.account("a-3", "c-3", "6222000000000003", 1_250)
        self.cook("UPDATE posting SET account_id = 'a-3' WHERE entry_id = 'e-1' AND account_id = 'a-2'")
        self.cook("UPDATE movement SET account_id = 'a-3' WHERE movement_id = 'e-1-a-2'")
        self.cook("UPDATE account SET booked = 0 WHERE account_id = 'a-2'")
        self.assertEqual(self.rules(), {"pairs"})

    def test_a_payment_of_another_amount(self):
        self.cook("UPDATE posting SET minor = minor * 2 WHERE entry_id = 'e-1'")
        self.cook("UPDATE movement SET minor = minor * 2 WHERE entry_id = 'e-1'")
        self.cook("UPDATE account SET booked = 97500 WHERE account_id = 'a-1'")
        self.cook("UPDATE account SET booked = 2500 WHERE account_id = 'a-2'")
        self.assertIn("pairs", self.rules())

    def test_a_payment_made_twice(self):
        self.entry("e-2", INTENT, [("a-1", -1_250, None), ("a-2", 1_250, None)])
        self.cook("UPDATE account SET booked = 97500 WHERE account_id = 'a-1'")
        self.cook("UPDATE account SET booked = 2500 WHERE account_id = 'a-2'")
        self.assertEqual(self.rules(), {"once"})

    def test_an_entry_of_an_intent_that_was_refused(self):
        self.cook("UPDATE entry SET intent_id = ? WHERE entry_id = 'e-0'", REFUSED)
        self.assertEqual(self.rules(), {"once"})

    def test_an_execution_after_the_expiry(self):
        late = NOON + 241
        self.cook("UPDATE receipt_key SET exp = ?", late)
        self.cook("UPDATE entry SET at = ? WHERE entry_id = 'e-1'", late)
        self.receipt_again(iat=late)
        self.assertEqual(self.rules(), {"time"})

    def test_an_execution_nobody_approved(self):
        data = intent(INTENT)
        approval = STRANGER.sign(audit.DOMAIN + data)
        again = receipt(INTENT, data, approval)
        self.cook("UPDATE decision SET approval = ?, receipt = ? WHERE intent_id = ?", approval, again, INTENT)
        self.assertEqual(self.rules(), {"seen"})

    def test_other_bytes_than_were_approved(self):
        data = intent(INTENT, minor="9999")
        self.cook("UPDATE decision SET intent = ? WHERE intent_id = ?", data, INTENT)
        self.assertEqual(self.rules(), {"pairs", "receipts", "rows", "seen"})

    def test_bytes_kept_under_another_name(self):
        self.cook("UPDATE decision SET intent = ? WHERE intent_id = ?", intent("i-other"), REFUSED)
        self.assertEqual(self.rules(), {"receipts", "seen"})

    def test_a_receipt_by_somebody_else(self):
        self.receipt_again(key=STRANGER)
        self.assertEqual(self.rules(), {"receipts"})

    def test_a_receipt_outside_its_keys_time(self):
        self.cook("UPDATE receipt_key SET nbf = ?", NOON + 1)
        self.assertEqual(self.rules(), {"receipts"})

    def test_a_receipt_that_says_something_else(self):
        for changed in ({"entry_id": "e-0"}, REFUSAL, {"device_id": "d-2"}, {"intent_sha256": "x"}, {"iat": NOON + 1}):
            with self.subTest(changed):
                self.receipt_again(**changed)
                self.assertEqual(self.rules(), {"receipts"})

    def test_a_receipt_that_cannot_be_read(self):
        self.cook("UPDATE decision SET receipt = 'none' WHERE intent_id = ?", INTENT)
        self.assertEqual(self.rules(), {"receipts"})

    def test_a_row_that_is_missing_altered_or_there_twice(self):
        self.cook("UPDATE movement SET minor = minor + 1 WHERE movement_id = 'e-0-a-1'")
        self.assertEqual(self.rules(), {"rows"})
        self.cook("DELETE FROM movement WHERE movement_id = 'e-0-a-1'")
        self.assertEqual(self.rules(), set(), "the twin: what an account was opened with")
        for name in ("one", "two"):
            self.cook("INSERT INTO movement VALUES (?, 'a-1', 'booked', 100000, NULL, 'e-0')", name)
        self.assertEqual(self.rules(), {"rows"})

    def test_a_payment_that_its_payee_does_not_see(self):
        self.cook("DELETE FROM movement WHERE movement_id = 'e-1-a-2'")
        self.assertEqual(self.rules(), {"rows"})


class APhoneThatIsWrong(Books):
    def says(self, stage, name=INTENT):
        self.phone["payments"] = [one for one in self.phone["payments"] if one["id"] != name]
        self.phone["payments"].append({"id": name, "stage": stage})
        return self.rules()

    def test_confirmed_and_refused(self):
        self.assertEqual(self.says("confirmed", REFUSED), {"phone"})

    def test_rejected_and_executed(self):
        self.assertEqual(self.says("rejected"), {"phone"})

    def test_not_sent_and_executed(self):
        for stage in ("not_sent", "draft", "review"):
            self.assertEqual(self.says(stage), {"phone"})

    def test_confirmed_and_unknown_to_the_bank(self):
        self.assertEqual(self.says("confirmed", DRAFT), {"phone"})
        self.assertEqual(self.says("draft", DRAFT), set(), "the twin")

    def test_a_payment_it_has_forgotten(self):
        self.phone["payments"].pop(0)
        self.assertEqual(self.rules(), {"phone"})

    def test_a_payment_twice_on_the_list(self):
        self.phone["payments"].append(self.phone["payments"][0])
        self.assertEqual(self.rules(), {"phone"})

    def test_a_payment_that_is_never_settled(self):
        for stage in ("unknown", "sending"):
            self.assertEqual(self.says(stage), {"settled"})
        self.settled = False
        self.assertEqual(self.says("unknown"), set(), "the twin: it may take a while")

    def test_a_stage_that_does_not_exist(self):
        self.assertEqual(self.says("done"), {"phone", "settled"})


class Signatures(unittest.TestCase):
    def test_a_signature_of_rfc_6979_verifies_and_no_other_message_does(self):
        # RFC 6979 appendix A.2.5, with SHA-256 over "sample".
        key = p256.point_of(
            {
                "kty": "EC",
                "crv": "P-256",
                "x": p256.encode(bytes.fromhex("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6")),
                "y": p256.encode(bytes.fromhex("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")),
            }
        )
        signature = bytes.fromhex(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        )
        self.assertTrue(p256.verifies(key, b"sample", signature))
        self.assertFalse(p256.verifies(key, b"simple", signature))
        self.assertFalse(p256.verifies(STRANGER.point, b"sample", signature))

    def test_what_is_no_signature_does_not_verify(self):
        message = b"sample"
        signature = BANK.sign(message)
        self.assertTrue(p256.verifies(BANK.point, message, signature))
        zero, order = bytes(32), p256.N.to_bytes(32, "big")
        for bad in (b"", signature[:-1], signature + b"\0", zero + signature[32:], signature[:32] + zero, order + signature[32:]):
            self.assertFalse(p256.verifies(BANK.point, message, bad))

    def test_a_point_beside_the_curve_is_no_key(self):
        jwk = {**BANK.jwk(), "y": STRANGER.jwk()["y"]}
        with self.assertRaises(ValueError):
            p256.point_of(jwk)


if __name__ == "__main__":
    unittest.main()
